// Counts how long a conversation is in view, and offers the minutes; nothing is noted until its reader says so.
import { enliven } from "ui/enliven.js";

const seconds = new Map();

function shown(count) {
  return `${Math.floor(count / 60)}:${String(count % 60).padStart(2, "0")}`;
}

enliven("[data-timer]", (form) => {
  const clock = form.querySelector("[data-clock]");
  const minutes = form.querySelector("[name=minutes]");
  const number = form.dataset.timer;
  let offered = "";
  const show = () => {
    const count = seconds.get(number) || 0;
    clock.textContent = shown(count);
    // What somebody wrote over it stays.
    if (minutes.value === offered && document.activeElement !== minutes) {
      offered = minutes.value = count >= 30 ? String(Math.round(count / 60)) : "";
    }
  };
  clock.hidden = false;
  show();
  const ticking = setInterval(() => {
    if (!form.isConnected) return clearInterval(ticking);
    if (document.visibilityState !== "visible") return;
    seconds.set(number, (seconds.get(number) || 0) + 1);
    show();
  }, 1000);
  form.addEventListener("htmx:beforeRequest", () => seconds.delete(number));
});
