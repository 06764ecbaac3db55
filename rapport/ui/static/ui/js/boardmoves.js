// A card is put into another column: there at once, back again when the server refuses. > and < do it by keyboard.
import { board, current, laneOf, lanes, select } from "ui/board.js";
import { csrf, toast } from "ui/enliven.js";
import { actOf } from "ui/pressed.js";

const words = document.getElementById("toasts").dataset;
const moves = "moves" in board.dataset;

// Where a card stands among others: smaller comes first.
function rank(card, order) {
  if (order === "activity") return -card.dataset.activity;
  if (order === "priority") return (9 - card.dataset.rank) * 1e11 + Number(card.dataset.age);
  return Number(card.dataset[order]);
}

// Into its place in the order of the view. False where that lies beyond the cards that were fetched.
export function settle(card, one, { beyond = true } = {}) {
  const list = one.querySelector("[data-cards]");
  const others = [...list.querySelectorAll(".row")].filter((other) => other !== card);
  const { order } = one.dataset;
  const next = others.find((other) => rank(other, order) > rank(card, order)) || list.querySelector(".lane__more");
  if (next?.matches(".lane__more") && !beyond) return false;
  list.insertBefore(card, next);
  return true;
}

export const barred = (from, to) => "closed" in to.dataset || from.dataset.barred.split(" ").includes(to.dataset.lane);

function say(answer) {
  const said = answer?.headers.get("HX-Trigger");
  for (const [name, detail] of Object.entries(said ? JSON.parse(said) : {})) document.dispatchEvent(new CustomEvent(name, { detail }));
  if (!said) toast(answer ? [401, 403].includes(answer.status) ? words.signin : words.broken : words.offline, { kind: "error", seconds: 9 });
}

export async function put(card, to) {
  const from = laneOf(card);
  const next = card.nextElementSibling;
  const focused = card.contains(document.activeElement);
  const { number } = card.dataset;
  if (from === to || card.classList.contains("is-moving")) return;
  settle(card, to);
  card.classList.add("is-moving");
  if (focused) select(card);
  const body = new URLSearchParams({ to: to.dataset.lane, from: from.dataset.lane });
  const answer = await fetch(`/inbox/board/cards/${number}/place/${board.dataset.query}`, { method: "POST", headers: { ...csrf(), "HX-Request": "true" }, body }).catch(() => null);
  card.classList.remove("is-moving");
  if (!answer?.ok && card.isConnected) {
    from.querySelector("[data-cards]").insertBefore(card, next?.parentElement === from.querySelector("[data-cards]") ? next : null);
    if (focused) select(card);
    document.dispatchEvent(new CustomEvent("rapport:unmoved", { detail: { number } }));
  }
  say(answer);
}

document.addEventListener("keydown", (event) => {
  const by = { card_on: 1, card_back: -1 }[actOf(event)];
  const card = by && moves && current();
  if (!card) return;
  event.preventDefault();
  const open = lanes().filter((one) => !("closed" in one.dataset));
  const to = open[open.indexOf(laneOf(card)) + by] || (laneOf(card).matches("[data-closed]") && open.at(-1));
  if (to) put(card, to);
});
