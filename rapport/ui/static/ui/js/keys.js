// One-letter keys outside of fields. Anything with data-key="x" is pressed by x; menus open. ? shows the list.
const writing = (element) => element.closest?.("input, textarea, select, [contenteditable=true], dialog[open]");

function press(target) {
  if (target.matches("details")) {
    target.open = true;
    if (!target.querySelector("[data-first]")) target.querySelector(".menu__item")?.focus();
  } else if (target.matches("input, textarea")) target.focus();
  else target.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  // The editor calls Escape handled without leaving, so this comes before that is asked.
  if (event.key === "Escape" && writing(event.target) && !event.target.closest("dialog")) {
    event.target.blur();
    return;
  }
  if (event.defaultPrevented || writing(event.target)) return;
  if (event.key === "?") return help(event);
  if (event.key === "/") {
    const field = document.querySelector("[data-search]");
    const fold = document.querySelector("details[data-rail]");
    if (fold?.offsetParent) fold.open = true;
    field?.focus();
    field?.select();
    event.preventDefault();
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.offsetParent || one.matches("[data-hidden-key]"));
  if (!target) return;
  event.preventDefault();
  press(target);
});

function help(event) {
  event?.preventDefault();
  document.getElementById("keys")?.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) help();
  if (event.target.matches("dialog")) event.target.close();
});
