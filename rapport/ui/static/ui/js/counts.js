// The counts of the rail follow live events, at most once a second; the line's state is said when it stays broken.
import { announce } from "ui/enliven.js";

const line = document.getElementById("line");
let timer = 0;
let quiet = 0;

async function refresh() {
  timer = 0;
  const answer = await fetch("/inbox/counts/", { headers: { Accept: "application/json", "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const counts = await answer.json();
  for (const place of document.querySelectorAll("[data-count-of]")) {
    const count = counts[place.dataset.countOf] || "";
    if (place.textContent !== String(count)) place.textContent = count;
  }
}

const soon = () => { timer ||= setTimeout(refresh, 700 + Math.random() * 600); };

// Those of saved views have to be looked for: once at the beginning, after own acts, and now and then when
// something came; some at a time, for as long as the server says that more wait.
let next = 0;
async function count() {
  next = 0;
  if (!document.querySelector("[data-saved-count]")) return;
  for (let after = "", more = true; more; more = after !== "") {
    const answer = await fetch(`/inbox/counts/saved/?after=${after}`, { headers: { Accept: "application/json", "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    const told = await answer.json();
    for (const [key, words] of Object.entries(told.words)) {
      const place = document.querySelector(`[data-saved-count="${key}"]`);
      if (place && place.textContent !== words) place.textContent = words;
    }
    after = told.after;
  }
}
const later = (wait) => { next ||= setTimeout(count, wait + Math.random() * wait); };
later(150);

document.addEventListener("rapport:event", ({ detail }) => {
  soon();
  later(10000);
  if (detail.kind === "message.received" && document.getElementById(`row-${detail.conversation}`)) announce(`${line?.dataset.news || ""} #${detail.conversation}`);
});
document.addEventListener("rapport:done", () => { clearTimeout(next); next = 0; soon(); later(800); });
document.addEventListener("rapport:refetch", soon);
document.addEventListener("rapport:line", ({ detail }) => {
  clearTimeout(quiet);
  if (detail.up && line) line.hidden = true;
  else quiet = setTimeout(() => { if (line) line.hidden = false; }, 5000);
});
