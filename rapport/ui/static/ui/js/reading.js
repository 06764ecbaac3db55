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
  document.getElementById("page-heading").textContent = conversation.dataset.title;
  markRead(conversation);
  const place = document.getElementById("conversation-scroll");
  const newest = place.querySelector(".timeline > .message:last-of-type");
  const target = location.hash && document.querySelector(location.hash.replace(/[^#\w-]/g, ""));
  const unread = document.getElementById("unread");
  if (target) target.scrollIntoView();
  else if (unread) place.scrollTop = Math.max(0, unread.offsetTop - place.offsetTop - 16);
  else if (newest) place.scrollTop = Math.max(0, newest.offsetTop - place.offsetTop - 16);
});

document.addEventListener("visibilitychange", () => {
  const conversation = document.getElementById("conversation");
  if (!document.hidden && conversation) markRead(conversation);
});

// A message that came while the page was open counts as seen for a reply once it stood on the screen for a second.
let looking = 0;
function look() {
  clearTimeout(looking);
  looking = setTimeout(() => {
    const conversation = document.getElementById("conversation");
    const place = document.getElementById("conversation-scroll")?.getBoundingClientRect();
    const newest = [...document.querySelectorAll("#timeline > .message")].at(-1)?.getBoundingClientRect();
    const field = document.getElementById("seen-reply");
    if (!field || !newest || document.hidden || newest.top > place.bottom - 24) return;
    if (Number(field.value) < Number(conversation.dataset.last)) field.value = conversation.dataset.last;
  }, 1000);
}
document.addEventListener("scroll", look, { capture: true, passive: true });
document.addEventListener("visibilitychange", look);
document.addEventListener("rapport:synced", look);

document.addEventListener("rapport:synced", (event) => markRead(event.detail.conversation));
