// Cards are dragged by mouse; while one is held the columns say whether it may be put there.
import { board, laneOf, lanes } from "ui/board.js";
import { barred, put } from "ui/boardmoves.js";

let held = null;

function over(lane) {
  for (const one of lanes()) one.classList.toggle("is-over", one === lane);
}

function end() {
  held?.classList.remove("is-held");
  held = null;
  board.classList.remove("is-dragging");
  over(null);
  for (const one of lanes()) {
    one.classList.remove("is-open", "is-barred");
    one.querySelector(".lane__barred").hidden = true;
  }
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("#lanes .row");
  if (!card || !("moves" in board.dataset)) return;
  held = card;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setDragImage(card, 24, 16);
  // What changes under the pointer at once would end the drag before it began.
  setTimeout(() => {
    if (held !== card) return;
    card.classList.add("is-held");
    board.classList.add("is-dragging");
    const from = laneOf(card);
    for (const one of lanes()) {
      const no = one !== from && barred(from, one);
      if (one !== from) one.classList.add(no ? "is-barred" : "is-open");
      one.querySelector(".lane__barred").hidden = !no;
    }
  });
});

board.addEventListener("dragover", (event) => {
  const lane = held && laneOf(event.target);
  const may = lane && (lane === laneOf(held) || !barred(laneOf(held), lane));
  over(may && lane !== laneOf(held) ? lane : null);
  if (!may) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
});

board.addEventListener("drop", (event) => {
  const lane = held && laneOf(event.target);
  if (!lane) return;
  event.preventDefault();
  const card = held;
  end();
  put(card, lane);
});

document.addEventListener("dragend", end);
