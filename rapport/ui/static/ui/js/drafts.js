// What is being written is kept on the server a moment after each pause, and before the page is left.
import { csrf, enliven } from "ui/enliven.js";

enliven("#composer, .composer[data-keep]", (composer) => {
  const saved = composer.querySelector("[data-saved]");
  const timers = new Map();
  let over = false;
  let told = false; // why it is not kept, once

  const keep = async (form, leaving = false) => {
    clearTimeout(timers.get(form));
    timers.delete(form);
    if (over) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("kind", form.dataset.composer);
    const answer = await fetch(composer.dataset.keep || `/conversations/${composer.dataset.number}/draft/`, { method: "POST", headers: { ...csrf(), "HX-Request": "true" }, body, keepalive: leaving && body.toString().length < 60000 }).catch(() => null);
    if (!saved.isConnected) return;
    saved.textContent = !answer?.ok ? saved.dataset.failed : answer.headers.has("X-Kept") ? saved.dataset.kept : "";
    saved.classList.toggle("is-failed", !answer?.ok);
    const said = answer?.headers.get("HX-Trigger");
    if (said?.includes("rapport:refused") && !told) document.dispatchEvent(new CustomEvent("rapport:refused", { detail: JSON.parse(said)["rapport:refused"] }));
    told = Boolean(said);
    // What could not be kept is tried again, also when the page is left before that.
    if ((!answer || answer.status >= 500) && !timers.has(form)) timers.set(form, setTimeout(() => keep(form), 5000));
  };

  composer.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-composer]");
    if (!form) return;
    saved.textContent = "";
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), 1200));
  });
  const flush = () => { for (const form of [...timers.keys()]) keep(form, true); };
  composer.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb === "get") return; // a menu was filled: what was typed still waits to be kept
    const form = event.target.closest("form[data-composer]");
    clearTimeout(timers.get(form));
    timers.delete(form);
  });
  composer.addEventListener("rapport:taken", ({ target }) => { clearTimeout(timers.get(target)); timers.delete(target); });
  composer.addEventListener("rapport:emptied", () => { over = true; });
  const gone = new AbortController();
  const leave = (leaves) => {
    if (!composer.isConnected) gone.abort(); // else each composer there ever was would stay in memory
    else if (leaves) flush();
  };
  document.addEventListener("visibilitychange", () => leave(document.hidden), { signal: gone.signal });
  document.addEventListener("htmx:beforeSwap", (event) => leave(event.detail.target.id === "pane"), { signal: gone.signal });
});

document.addEventListener("rapport:event", ({ detail: { taken } }) => { if (taken) import("ui/setaside.js").then((aside) => aside.taken(taken)); });
