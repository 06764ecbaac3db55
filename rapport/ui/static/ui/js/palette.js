// Ctrl-K opens the palette, which is fetched when it is first wanted. Which conversations were open lately is kept here,
// as numbers only: what they are called is asked of the server, which knows who may still see them.
import { enliven } from "ui/enliven.js";
import { keyOf } from "ui/pressed.js";

const KEY = `recent-${document.body.dataset.account}`;
const MOST = 8;
const dialog = document.getElementById("palette");
const field = dialog.querySelector("input");
let hurried = false;
const recent = () => JSON.parse(localStorage.getItem(KEY) || "[]");

enliven("#conversation", (conversation) => {
  const number = Number(conversation.dataset.number);
  localStorage.setItem(KEY, JSON.stringify([number, ...recent().filter((one) => one !== number)].slice(0, MOST)));
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || keyOf(event).toLowerCase() !== "k") return;
  event.preventDefault();
  if (dialog.open) return dialog.close();
  field.value = "";
  dialog.showModal(); // at once: the next letters are meant for it, and Enter may come before the rest has arrived
  hurried = false;
  import("ui/finder.js").then((finder) => finder.open(recent(), hurried));
});

dialog.addEventListener("keydown", (event) => { if (event.key === "Enter") hurried = true; });
