// The board: arrows, j and k go from card to card, o and Enter open one; who comes back finds the place they left.
import { actOf, writes } from "ui/pressed.js";

export const board = document.getElementById("board");
const place = document.getElementById("lanes");
export const lanes = () => [...place.querySelectorAll("[data-lane]")];
export const lane = (key) => lanes().find((one) => one.dataset.lane === key);
export const laneOf = (element) => element?.closest("[data-lane]");
export const cards = (one) => [...one.querySelectorAll(".row")];
export const current = () => document.activeElement.closest?.("#lanes .row") || place.querySelector(".row.is-selected");

export function select(card, focus = true) {
  for (const other of place.querySelectorAll(".row.is-selected")) if (other !== card) other.classList.remove("is-selected");
  if (!card) return;
  card.classList.add("is-selected");
  if (focus) card.querySelector(".row__link").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function step(by) {
  const here = current();
  const all = here ? cards(laneOf(here)) : cards(place);
  select(all[here ? Math.min(all.length - 1, Math.max(0, all.indexOf(here) + by)) : 0]);
}

// Into the next column that holds anything, to the card that stands beside.
function aside(by) {
  const here = current();
  if (!here) return step(0);
  const all = lanes();
  const top = here.getBoundingClientRect().top;
  for (let at = all.indexOf(laneOf(here)) + by; all[at]; at += by) {
    const near = (one) => Math.abs(one.getBoundingClientRect().top - top);
    const there = cards(all[at]).sort((one, other) => near(one) - near(other))[0];
    if (there) return select(there);
    if (all[at].hasAttribute("hx-get")) return all[at].scrollIntoView({ block: "nearest", inline: "nearest" }); // fetched when it is seen
  }
}

const forward = document.documentElement.dir === "rtl" ? -1 : 1;
const WAYS = { next: () => step(1), previous: () => step(-1), lane_next: () => aside(1), lane_previous: () => aside(-1), open: () => current()?.querySelector(".row__link").click() };
const ARROWS = { ArrowDown: "next", ArrowUp: "previous", ArrowRight: forward > 0 ? "lane_next" : "lane_previous", ArrowLeft: forward > 0 ? "lane_previous" : "lane_next" };
const isHere = (target) => place.contains(target) || target === document.body || target.id === "main";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey && ARROWS[event.key] || writes(event.target) || event.target.closest?.("details[data-menu][open]")) return;
  const way = WAYS[isHere(event.target) && ARROWS[event.key] || actOf(event)];
  if (!way) return;
  event.preventDefault();
  way();
});
place.addEventListener("focusin", (event) => { if (event.target.closest(".row")) select(event.target.closest(".row"), false); });

// Coming back from a conversation, or by the browser's own way back, one finds everything where it was.
const KEY = `board ${location.search}`;
const [how] = performance.getEntriesByType("navigation");
let wanted = how?.type !== "navigate" || document.referrer.includes("/conversations/") ? JSON.parse(sessionStorage.getItem(KEY) || "null") : null;

addEventListener("pagehide", () => {
  const tops = Object.fromEntries(lanes().map((one) => [one.dataset.lane, one.querySelector("[data-cards]").scrollTop]));
  sessionStorage.setItem(KEY, JSON.stringify({ left: place.scrollLeft, tops, number: current()?.dataset.number }));
});

function restore() {
  if (!wanted) return;
  place.scrollLeft = wanted.left;
  for (const one of lanes()) one.querySelector("[data-cards]").scrollTop = wanted.tops[one.dataset.lane] || 0;
  const card = document.getElementById(`row-${wanted.number}`);
  if (card && !place.contains(document.activeElement)) select(card);
}
restore();
document.addEventListener("htmx:afterSettle", restore); // what came further down, or further along
for (const end of ["wheel", "pointerdown", "keydown"]) addEventListener(end, () => { wanted = null; }, { once: true, passive: true });
