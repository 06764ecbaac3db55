// A live event brings its row up to date. Nothing jumps: rows move only while the pointer is elsewhere and the list is at its top.

import { byActivity, fits, saved } from "ui/belonging.js";

const me = document.body.dataset.account;
const list = document.getElementById("list");
const rows = document.getElementById("rows");
const place = document.getElementById("list-scroll");
const news = document.getElementById("list-news");
const waiting = new Map();
const held = new Set();

function apply(number, row) {
  const known = document.getElementById(`row-${number}`);
  if (!row) return leave(known);
  const place = fits(row);
  if (known) {
    row.dataset.read = Math.max(known.dataset.read, row.dataset.read || 0);
    row.classList.toggle("is-selected", known.classList.contains("is-selected"));
    row.querySelector(".row__pick input").checked = place !== false && known.querySelector(".row__pick input").checked;
    row.classList.toggle("is-leaving", place === false);
  } else if (!place) return;
  row.classList.toggle("is-unread", Number(row.dataset.last) > Number(row.dataset.read) && row.dataset.by !== me);
  // Only a list by activity has a place for what is new: its top. Elsewhere the row waits to be shown.
  const moves = !known || (byActivity() && Number(row.dataset.at) > Number(known.dataset.at));
  const focused = known?.contains(document.activeElement);
  known?.replaceWith(row);
  if (moves && place !== false) arrive(row, !known);
  window.htmx.process(row);
  document.dispatchEvent(new CustomEvent("rapport:rows"));
  if (focused) row.querySelector(".row__link").focus({ preventScroll: true });
}

function leave(known) {
  known?.classList.add("is-leaving");
  if (known) known.querySelector(".row__pick input").checked = false;
  document.dispatchEvent(new CustomEvent("rapport:rows"));
}

function arrive(row, fresh) {
  const calm = byActivity() && !list.matches(":hover") && !list.contains(document.activeElement) && place.scrollTop < 8;
  if (calm) rows.prepend(row);
  else if (fresh) {
    held.add(row.dataset.number);
    news.hidden = false;
    news.textContent = held.size === 1 ? news.dataset.one : news.dataset.many.replace("#", held.size);
  }
}

async function refresh(number) {
  const answer = await fetch(`/inbox/rows/${number}/${saved()}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  // A server that is busy or broken says nothing of the row.
  if (answer?.ok || answer?.status === 404) apply(number, answer.ok ? parsed(await answer.text()) : null);
}

const parsed = (html) => Object.assign(document.createElement("template"), { innerHTML: html.trim() }).content.firstElementChild;

export function renew(number) {
  clearTimeout(waiting.get(number));
  waiting.set(number, setTimeout(() => { waiting.delete(number); refresh(number); }, 60 + Math.random() * 120));
}

if (list) {
  document.addEventListener("rapport:event", ({ detail }) => {
    if (!detail.conversation || detail.more) return;
    const row = detail.html && parsed(detail.html);
    // The row is the same for everybody: whether one that was not here is read, or a saved view holds it, only the server knows.
    if (row && !saved() && (document.getElementById(row.id) || detail.kind === "message.received" || !fits(row))) apply(detail.conversation, row);
    else renew(detail.conversation);
  });
  document.addEventListener("rapport:done", ({ detail }) => { for (const number of detail.numbers || [detail.conversation]) if (number) renew(number); });
  document.addEventListener("rapport:refetch", () => rows.querySelectorAll(".row").forEach((row) => renew(row.dataset.number)));
  news.addEventListener("click", () => location.reload());
}
