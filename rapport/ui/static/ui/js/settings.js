// Searching the settings by keyboard: Enter opens the best find, arrows walk the finds.
const form = document.querySelector("[data-settings-search]");
const found = document.getElementById("settings-found");

form.addEventListener("submit", (event) => {
  const list = found.querySelector("ul");
  // Words typed so fast that their finds are not here yet go to the server as a plain search.
  if (list?.dataset.query !== form.q.value) return;
  event.preventDefault();
  list.querySelector("a").click();
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [form.q, ...found.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  if (!step || at < 0 || stops.length < 2) return;
  event.preventDefault();
  stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
});
