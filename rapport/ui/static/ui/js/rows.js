// The list: j/k move, o/Enter open (picking.js: several at once). The selected row is kept by number, not by position.
import { enliven } from "ui/enliven.js";
import { actOf } from "ui/pressed.js";

const rows = () => [...document.querySelectorAll("#rows .row:not(.is-leaving), #rows .row.is-selected")];
export const current = () => document.querySelector("#rows .row.is-selected");
export const inMenu = (target) => target.closest("details[data-menu][open]");

export function select(row, focus = true) {
  for (const other of document.querySelectorAll("#rows .row.is-selected")) {
    other.classList.remove("is-selected");
    other.querySelector(".row__link").removeAttribute("aria-current");
  }
  if (!row) return;
  row.classList.add("is-selected");
  const link = row.querySelector(".row__link");
  link.setAttribute("aria-current", "true");
  if (focus) link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  select(next);
  if (document.getElementById("conversation") && matchMedia("(width >= 900px)").matches) open(next);
}

let waiting = 0;
function open(row) {
  clearTimeout(waiting);
  waiting = setTimeout(() => row?.querySelector(".row__link").click(), 90);
}

document.addEventListener("keydown", (event) => {
  const act = inMenu(event.target) ? undefined : actOf(event);
  if (act === "next") step(1);
  else if (act === "previous") step(-1);
  else if (act === "open") current()?.querySelector(".row__link").click();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".row__link");
  if (link) select(link.closest(".row"), false);
});

document.addEventListener("htmx:configRequest", (event) => {
  const list = document.getElementById("list");
  if (!list || !event.detail.elt.closest(".row")) return;
  event.detail.parameters.view = list.dataset.view;
  if (list.dataset.query) event.detail.parameters.q = list.dataset.query;
});

enliven("#rows", () => {
  const open = document.getElementById("conversation");
  if (open) select(document.getElementById(`row-${open.dataset.number}`), false);
});
