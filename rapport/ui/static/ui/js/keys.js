// One-letter keys outside of fields. Anything with data-key="x" is pressed by x; menus open. ? shows the list.
import { actOf, isShortcut, keyOf, writes } from "ui/pressed.js";

function press(target) {
  if (target.matches("details")) {
    target.open = true;
    if (target.matches(".panel")) target.querySelector("input:not([type=hidden]), select")?.focus();
    else if (!target.querySelector("[data-first]")) target.querySelector(".menu__item")?.focus();
  } else if (target.matches("input, textarea")) target.focus();
  else target.click();
}

function search() {
  const field = document.querySelector("[data-search]");
  const fold = document.querySelector("details[data-rail]");
  if (fold?.offsetParent) fold.open = true;
  field?.focus();
  field?.select();
}

const here = (one) => one.offsetParent || one.matches("[data-hidden-key]") || one.closest("details[data-menu]:not([open])")?.offsetParent;

// Each message has its menu: the one in focus is meant, or the newest.
function carrier(letter) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(letter)}"]`)].filter(here);
  const inFocus = all.find((one) => one.closest("[data-entry]")?.contains(document.activeElement));
  return inFocus ?? all.findLast((one) => one.closest("[data-entry]")) ?? all[0];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  // The editor calls Escape handled without leaving, so this comes before that is asked.
  if (event.key === "Escape" && writes(event.target) && !event.target.closest("dialog")) return event.target.blur();
  if (!isShortcut(event)) return;
  const act = actOf(event);
  const target = act ? null : carrier(keyOf(event));
  if (act === "help") help();
  else if (act === "search") search();
  else if (act === "undo") document.querySelector("#toasts button")?.click();
  else if (target) press(target);
  else return;
  event.preventDefault();
});

const help = () => document.getElementById("keys")?.showModal();

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) help();
  if (event.target.matches("dialog")) event.target.close();
});
