// A live event brings its card up to date and to its column. Nothing moves in a column one points at or works in.
import { board, lane, laneOf, lanes, select } from "ui/board.js";
import { settle } from "ui/boardmoves.js";

const { query } = board.dataset;
const timers = new Map();
const own = new Set();
const held = new Set();
let [counting, counted, again] = [0, 0, 0];

const calm = (one) => !one || (!one.matches(":hover") && !one.contains(document.activeElement) && !board.classList.contains("is-dragging"));
const isRead = (one) => one && !one.hasAttribute("hx-get");

function apply(number, fresh, key) {
  const known = document.getElementById(`row-${number}`);
  const [home, to] = [laneOf(known), key && lane(key)];
  const mine = own.delete(number);
  if (known?.classList.contains("is-moving") || (!known && !isRead(to))) return;
  const may = mine || (calm(home) && calm(to));
  if (home !== to && !may) {
    known?.classList.add("is-leaving");
    held.add(number);
    again ||= setTimeout(retry, 1500);
    return;
  }
  if (!fresh || !isRead(to)) return known?.remove();
  const focused = known?.contains(document.activeElement) || (mine && document.activeElement === document.body);
  fresh.classList.toggle("is-selected", Boolean(known?.classList.contains("is-selected")));
  if (known) fresh.querySelector("[data-viewers]").replaceChildren(...known.querySelector("[data-viewers]").childNodes);
  if (home === to && known) known.replaceWith(fresh);
  else known?.remove();
  if (may && !settle(fresh, to, { beyond: mine || Boolean(known) })) return;
  if (!known) mark(fresh);
  window.htmx.process(fresh);
  if (focused) select(fresh);
}

function mark(card) {
  card.classList.add("is-new");
  setTimeout(() => card.classList.remove("is-new"), 2500);
}

function retry() {
  again = 0;
  for (const number of [...held]) { held.delete(number); renew(number); }
}

async function refresh(number) {
  const answer = await fetch(`/inbox/board/cards/${number}/${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status === 404) return apply(number, null, "");
  if (!answer?.ok) return; // a server that is busy says nothing of the card
  const { content } = Object.assign(document.createElement("template"), { innerHTML: (await answer.text()).trim() });
  apply(number, content.querySelector(".row"), content.firstElementChild.dataset.lane);
}

function renew(number) {
  clearTimeout(timers.get(number));
  timers.set(number, setTimeout(() => { timers.delete(number); refresh(number); }, 60 + Math.random() * 120));
}

// A few columns at a time: each has to be counted anew.
async function count() {
  [counting, counted] = [0, Date.now()];
  const keys = document.hidden ? [] : lanes().filter(isRead).map((one) => `&lane=${encodeURIComponent(one.dataset.lane)}`);
  while (keys.length) {
    const answer = await fetch(`/inbox/board/counts/${query}${keys.splice(0, 3).join("")}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    for (const [key, words] of Object.entries(await answer.json())) lane(key).querySelector("[data-number-of]").textContent = words;
  }
}
const recount = (wait) => { counting ||= setTimeout(count, Math.max(wait, counted + 8000 - Date.now())); };

document.addEventListener("rapport:event", ({ detail }) => { if (detail.conversation && !detail.more) { renew(String(detail.conversation)); recount(1500); } });
document.addEventListener("rapport:done", ({ detail }) => {
  for (const number of detail.numbers || []) { own.add(String(number)); renew(String(number)); }
  clearTimeout(counting);
  counting = setTimeout(count, 300);
});
document.addEventListener("rapport:unmoved", ({ detail }) => renew(detail.number));
document.addEventListener("rapport:refetch", () => { for (const one of lanes().filter(isRead)) if (calm(one)) window.htmx.ajax("GET", `/inbox/board/lanes/${query}&lane=${encodeURIComponent(one.dataset.lane)}`, { target: one, swap: "outerHTML" }); });
