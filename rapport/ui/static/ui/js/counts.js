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

document.addEventListener("rapport:event", ({ detail }) => {
  soon();
  if (detail.kind === "message.received" && document.getElementById(`row-${detail.conversation}`)) announce(`${line?.dataset.news || ""} #${detail.conversation}`);
});
document.addEventListener("rapport:done", soon);
document.addEventListener("rapport:refetch", soon);
document.addEventListener("rapport:line", ({ detail }) => {
  clearTimeout(quiet);
  if (detail.up && line) line.hidden = true;
  else quiet = setTimeout(() => { if (line) line.hidden = false; }, 5000);
});
