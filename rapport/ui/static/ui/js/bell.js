// The bell: its count follows the event stream, its sheet is fetched whenever it is opened.
import { announce } from "ui/enliven.js";

const bell = document.querySelector("[data-bell]");
const summary = bell.querySelector("summary");
const place = bell.querySelector(".bell__count");
const sheet = bell.querySelector("[data-bell-list]");
let timer = 0;

async function count() {
  timer = 0;
  const answer = await fetch("/notifications/count/", { headers: { Accept: "application/json", "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const { number, words } = await answer.json();
  if (place.textContent === number) return;
  if (number) announce(words);
  place.textContent = number;
  summary.setAttribute("aria-label", words);
}

async function show({ focus }) {
  await window.htmx.ajax("GET", "/notifications/panel/", { target: sheet, swap: "innerHTML" });
  if (focus && bell.open) (sheet.querySelector(".is-unread .menu__item") || sheet.querySelector(".menu__item"))?.focus();
}

const soon = () => { timer ||= setTimeout(count, 150 + Math.random() * 350); };

bell.addEventListener("toggle", (event) => { if (event.target === bell && bell.open) show({ focus: true }); });
document.addEventListener("rapport:bell", soon);
document.addEventListener("rapport:refetch", soon);
document.addEventListener("rapport:line", ({ detail }) => { if (detail.up) soon(); });
document.addEventListener("rapport:done", ({ detail }) => {
  if (!detail.bell) return;
  soon();
  if (bell.open) show({ focus: true });
});
