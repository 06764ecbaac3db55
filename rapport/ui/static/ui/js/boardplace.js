// The menu of a card, in a dialog: for fingers, for the keyboard (g), and for columns that are far away.
import { board, current, select } from "ui/board.js";
import { actOf } from "ui/pressed.js";

const dialog = document.getElementById("places");
const sheet = document.getElementById("places-sheet");

async function open(link) {
  sheet.replaceChildren();
  await window.htmx.ajax("GET", link.getAttribute("href"), { target: sheet, swap: "innerHTML" });
  if (!sheet.firstElementChild) return; // refused, and said so
  document.getElementById("places-title").textContent = link.getAttribute("aria-label");
  dialog.showModal();
  sheet.querySelector("button")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#lanes .tile__move");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  select(link.closest(".row"), false);
  open(link);
});

document.addEventListener("keydown", (event) => {
  const link = actOf(event) === "card_to" && "moves" in board.dataset && current()?.querySelector(".tile__move");
  if (!link) return;
  event.preventDefault();
  open(link);
});

for (const name of ["rapport:done", "rapport:refused"]) document.addEventListener(name, () => { if (dialog.open) dialog.close(); });
