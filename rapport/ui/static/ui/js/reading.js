// What was on screen is read: told to the server by POST, shown on the row at once.
import { csrf, enliven } from "ui/enliven.js";

export function markRead(conversation) {
  const { number, last } = conversation.dataset;
  const row = document.getElementById(`row-${number}`);
  if (row) {
    row.dataset.read = last;
    row.classList.remove("is-unread");
  }
  if (conversation.dataset.told === last || document.hidden || last === "0") return;
  conversation.dataset.told = last;
  const body = new URLSearchParams({ up_to: last });
  fetch(`/conversations/${number}/read/`, { method: "POST", headers: csrf(), body, keepalive: true }).catch(() => { delete conversation.dataset.told; });
}

enliven("#conversation", (conversation) => {
  markRead(conversation);
  const place = document.getElementById("conversation-scroll");
  const newest = place.querySelector(".timeline > .message:last-of-type");
  const target = location.hash && document.querySelector(location.hash.replace(/[^#\w-]/g, ""));
  if (target) target.scrollIntoView();
  else if (newest) place.scrollTop = Math.max(0, newest.offsetTop - place.offsetTop - 16);
});

document.addEventListener("visibilitychange", () => {
  const conversation = document.getElementById("conversation");
  if (!document.hidden && conversation) markRead(conversation);
});

document.addEventListener("rapport:synced", (event) => markRead(event.detail.conversation));
