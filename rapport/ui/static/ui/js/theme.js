// Light, dark or as the device wishes: kept in a cookie, so that the server renders the next page right at once.
document.addEventListener("change", (event) => {
  const choice = event.target.closest?.("[data-theme-choice] input");
  if (!choice) return;
  if (choice.value) document.documentElement.dataset.theme = choice.value;
  else delete document.documentElement.dataset.theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${choice.value}; path=/; max-age=31536000; samesite=lax${secure}`;
});
