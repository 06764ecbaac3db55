// A mail's HTML lives in a sandboxed frame without scripts; the page measures it and opens its links in new tabs.
import { enliven } from "ui/enliven.js";

function measure(frame) {
  const page = frame.contentDocument;
  if (!page?.body) return;
  const fit = () => { frame.style.blockSize = `${Math.min(Math.max(page.documentElement.scrollHeight, 24), 20000)}px`; };
  frame.style.blockSize = "24px";
  fit();
  new ResizeObserver(fit).observe(page.body);
  for (const image of page.images) image.addEventListener("load", fit);
  page.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    event.preventDefault();
    if (/^(https?|mailto|tel):/i.test(link.href)) window.open(link.href, "_blank", "noopener,noreferrer");
  });
  // The page's keys work in here too. With what is held down: else copying (Ctrl C) would be the key C alone.
  page.addEventListener("keydown", (event) => {
    const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
    const copy = new KeyboardEvent("keydown", { key, code, ctrlKey, metaKey, altKey, shiftKey, bubbles: true, cancelable: true });
    if (!frame.dispatchEvent(copy)) event.preventDefault();
  });
}

enliven("iframe.mail-frame", (frame) => {
  frame.addEventListener("load", () => measure(frame));
  if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.URL !== "about:blank") measure(frame);
});

document.addEventListener("click", (event) => {
  const shower = event.target.closest("[data-show-images]");
  if (shower) {
    const body = shower.closest(".message__body");
    const frame = body.querySelector("iframe") || original(body.closest(".message"));
    frame.src = `${new URL(frame.src).pathname}?images=1`;
    shower.closest("[data-blocked]").remove();
  }
  const asSent = event.target.closest("[data-original]");
  if (asSent) original(asSent.closest(".message"), asSent.dataset.original);
});

function original(message, address = `/messages/${message.dataset.message}/frame/`) {
  const body = message.querySelector(".message__body");
  const frame = document.createElement("iframe");
  frame.className = "mail-frame";
  frame.setAttribute("sandbox", "allow-same-origin");
  frame.title = message.querySelector("strong").textContent;
  frame.src = address;
  body.querySelectorAll(".text, .prose, .folded").forEach((part) => part.remove());
  frame.addEventListener("load", () => measure(frame));
  body.prepend(frame);
  message.querySelector("details[open]")?.removeAttribute("open");
  return frame;
}
