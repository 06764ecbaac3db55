// One-letter keys outside of fields. Anything with data-key="x" is pressed by x; menus open. ? shows the list.
import { actOf, isShortcut, keyOf, writes } from "ui/pressed.js";

function press(target) {
  if (target.matches("details")) {
    target.open = true;
    if (!target.querySelector("[data-first]")) target.querySelector(".menu__item")?.focus();
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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  // The editor calls Escape handled without leaving, so this comes before that is asked.
  if (event.key === "Escape" && writes(event.target) && !event.target.closest("dialog")) return event.target.blur();
  if (!isShortcut(event)) return;
  const act = actOf(event);
  const target = act ? null : [...document.querySelectorAll(`[data-key="${CSS.escape(keyOf(event))}"]`)].find(here);
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
