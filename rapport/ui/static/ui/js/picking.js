// Picking several rows for a bulk act: x, Shift+j/k and Shift+click for a range, Shift+x for all shown, Escape for none.
import { actOf, writes } from "ui/pressed.js";
import { current, inMenu, select, step } from "ui/rows.js";

const boxes = () => [...document.querySelectorAll("#rows .row:not(.is-leaving) .row__pick input")];
const box = (row) => row?.querySelector(".row__pick input");
const bulk = () => document.getElementById("bulk");
let anchor = null;

function count() {
  const picked = document.querySelectorAll("#rows .row__pick input:checked").length;
  const bar = bulk();
  if (picked === 0 && bar.contains(document.activeElement)) select(current());
  bar.hidden = picked === 0;
  bar.querySelector("[data-count]").textContent = picked;
  bar.querySelector(".bulk__all input").checked = picked > 0 && picked === boxes().length;
}

function pick(row, on) {
  if (!box(row)) return;
  box(row).checked = on;
  anchor = row;
  count();
}

function pickAll(on) {
  for (const one of boxes()) one.checked = on;
  count();
}

// The row one stands on and the one moved to, as in a list of files.
function extend(by) {
  const from = current();
  if (from) pick(from, true);
  step(by);
  if (current() !== from) pick(current(), true);
}

function between(row) {
  const all = boxes().map((one) => one.closest(".row"));
  const [from, to] = [all.indexOf(anchor || current()), all.indexOf(row)].sort((one, other) => one - other);
  for (const one of all.slice(Math.max(from, 0), to + 1)) box(one).checked = true;
  count();
}

document.addEventListener("keydown", (event) => {
  const act = inMenu(event.target) ? undefined : actOf(event);
  if (act === "pick" && current()) pick(current(), !box(current()).checked);
  else if (act === "pick_next") extend(1);
  else if (act === "pick_previous") extend(-1);
  else if (act === "pick_all") pickAll(boxes().some((one) => !one.checked));
  else if (event.key === "Escape" && bulk()?.hidden === false && !writes(event.target) && !inMenu(event.target)) pickAll(false);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const row = event.shiftKey && event.target.closest(".row");
  if (!row) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  between(row);
}, true);

document.addEventListener("change", (event) => {
  if (event.target.closest(".bulk__all")) pickAll(event.target.checked);
  else if (event.target.closest(".row__pick")) pick(event.target.closest(".row"), event.target.checked);
});

// What leaves the list is picked no more, or the next act would reach it unseen.
document.addEventListener("rapport:rows", count);
