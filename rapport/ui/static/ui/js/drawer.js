// The drawer beside a conversation: opened by links, closed by its cross or Escape; the focus comes back.
import { enliven } from "ui/enliven.js";

let opener = null;
const place = () => document.getElementById("beside");

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-opens-drawer]");
  if (link && place()) {
    opener = link.closest("details[data-menu]")?.querySelector("summary") || link;
    link.closest("details[data-menu]")?.removeAttribute("open");
  }
  const cross = event.target.closest?.("[data-close-drawer]");
  if (!cross || !place()?.contains(cross)) return;
  event.preventDefault();
  close();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest?.("[data-quote], [data-copy-link]");
  if (!item) return;
  event.preventDefault();
  import("ui/messagelinks.js").then((links) => links.act(item));
});

function close() {
  place().replaceChildren();
  const back = opener?.isConnected ? opener : document.getElementById("conversation-scroll");
  back.focus({ preventScroll: true });
  opener = null;
}

enliven("#drawer", (drawer) => {
  drawer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.closest("input, textarea, [contenteditable=true], details[data-menu][open]") || !place()?.contains(drawer)) return;
    event.stopPropagation();
    close();
  });
  const thread = drawer.querySelector("#side-thread");
  if (thread) thread.scrollTop = thread.scrollHeight;
  (drawer.querySelector("[autofocus]") || drawer).focus({ preventScroll: true });
});

// An undone letter's words are in the drawer's field again.
document.addEventListener("rapport:done", ({ detail }) => {
  if (detail.finishes_drawer && place()?.firstElementChild) close();
  if (detail.given_back) document.body.dispatchEvent(new CustomEvent("rapport:given-back"));
});
