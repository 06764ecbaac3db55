// The settings of pushes: shows what holds in this browser, turns it on, and tells the browser when it was removed.
import { enliven } from "ui/enliven.js";
import { forget, isMine, turnOn } from "ui/pushing.js";

const isApple = /iPhone|iPad/.test(navigator.userAgent);

function state(section) {
  if (!isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return isApple ? "install" : "unknown";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && isMine() && section.querySelector("[data-this-device]") ? "on" : "off";
}

function show(section, name) {
  for (const each of section.querySelectorAll("[data-state]")) each.hidden = each.dataset.state !== name;
}

async function begin(section) {
  // Asked first: a browser shows its question only while it still knows that somebody pressed a button.
  if ((await Notification.requestPermission()) !== "granted") return show(section, state(section));
  show(section, "busy");
  try {
    const refusal = await turnOn();
    if (refusal) {
      section.querySelector("[data-reason]").textContent = refusal;
      return show(section, "refused");
    }
  } catch {
    return show(section, "failed");
  }
  await window.htmx.ajax("GET", location.pathname, { target: "#devices", select: "#devices", swap: "outerHTML" });
  document.querySelector("[data-this-device] button")?.focus();
}

enliven("[data-devices]", (section) => {
  show(section, state(section));
  section.addEventListener("click", (event) => { if (event.target.closest("[data-turn-on]")) begin(section); });
  section.addEventListener("submit", (event) => {
    // The browser forgets as well, so that nothing turns it on again by itself; the form goes on as it is.
    if (event.target.matches("[data-remove-device]") && event.target.closest("[data-this-device]")) forget().catch(() => {});
  });
});
