// What the server says after an act: `rapport:done` {toast, undo, seconds}, `rapport:refused` {sentence}.
import { announce, csrf, toast } from "ui/enliven.js";

const words = (document.getElementById("toasts") || document.body).dataset;

for (const shown of document.querySelectorAll("[data-toast]")) setTimeout(() => shown.remove(), 6000);

document.addEventListener("rapport:done", (event) => {
  const { toast: text, undo, undo_label: label, seconds } = event.detail;
  if (!text) return;
  announce(text);
  if (undo) offerUndo(text, undo, label, seconds || 8);
  else toast(text);
});

function offerUndo(text, address, label, seconds) {
  const until = Date.now() + seconds * 1000;
  const shown = toast(text, { seconds, action: { label, run: () => takeBack(address) } });
  const tick = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0 || !shown.element.isConnected) clearInterval(tick);
    else shown.element.querySelector("button").textContent = `${label} (${left})`;
  }, 250);
}

function takeBack(address) {
  window.htmx.ajax("POST", address, { swap: "none", headers: csrf() });
}

document.addEventListener("rapport:refused", (event) => {
  toast(event.detail.sentence, { kind: "error", seconds: 9 });
  const key = event.target.elements?.once;
  if (key && event.detail.once) key.value = event.detail.once; // what is pressed now is meant as something new
});

for (const kind of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, () => toast(words.offline || "Offline", { kind: "error", seconds: 9 }));
}

document.addEventListener("htmx:responseError", (event) => {
  const reply = event.detail.xhr;
  if (reply.getResponseHeader("HX-Trigger")?.includes("rapport:refused")) return;
  if (reply.status === 401 || reply.status === 403) toast(words.signin || "", { kind: "error", seconds: 9 });
  else toast(words.broken || "", { kind: "error", seconds: 9 });
});
