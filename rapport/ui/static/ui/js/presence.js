// Who else looks at the open conversation or writes in it. Said every 15 s, and when it changes; told to others live.
import { csrf, enliven } from "ui/enliven.js";

const me = document.body.dataset.account;
const people = new Map();
let said = { number: "", state: "", at: 0 };
// What is said before the page listens would be answered unheard.
let listens = false;
const begin = () => { listens = true; now(); };
document.addEventListener("rapport:line", begin, { once: true });
setTimeout(begin, 3000);

const initials = (name) => name.split(/\s+/).filter(Boolean).map((word) => word[0]).filter((_, at, all) => at === 0 || at === all.length - 1).join("").toUpperCase();

function say(number, state) {
  if (said.number === number && said.state === state && Date.now() - said.at < 14000) return;
  said = { number, state, at: Date.now() };
  fetch(`/conversations/${number}/presence/`, { method: "POST", headers: csrf(), body: new URLSearchParams({ state }), keepalive: true }).catch(() => {});
}

function now() {
  const open = document.getElementById("conversation");
  if (said.number && said.state !== "gone" && said.number !== open?.dataset.number) say(said.number, "gone");
  if (!open || document.hidden || !listens) return;
  const writing = document.activeElement?.closest?.("#composer") && [...document.querySelectorAll("#composer textarea")].some((field) => field.value.trim());
  say(open.dataset.number, writing ? "writing" : "viewing");
}

function face(person) {
  const element = document.createElement("span");
  element.className = "avatar avatar--small";
  element.dataset.tone = person.account % 6;
  element.textContent = initials(person.name);
  element.title = person.name;
  return element;
}

function show(number) {
  const others = (people.get(number) || []).filter((one) => String(one.account) !== me);
  const row = document.querySelector(`#row-${number} [data-viewers]`);
  row?.replaceChildren(...others.slice(0, 3).map(face));
  const open = document.getElementById("conversation");
  if (open?.dataset.number !== number) return;
  const place = open.querySelector("[data-presence]");
  place?.replaceChildren(...others.flatMap((one) => {
    const words = document.createElement("span");
    words.className = one.state === "writing" ? "is-writing" : "";
    words.textContent = (one.state === "writing" ? place.dataset.writes : place.dataset.looks).replace("#", one.name);
    return [face(one), words];
  }));
}

document.addEventListener("rapport:presence", ({ detail }) => {
  people.set(String(detail.conversation), detail.people);
  show(String(detail.conversation));
});
enliven("#conversation", (open) => { show(open.dataset.number); now(); });
enliven("[data-presence]", () => { const open = document.getElementById("conversation"); if (open) show(open.dataset.number); });
document.addEventListener("input", (event) => { if (event.target.closest("#composer")) now(); });
document.addEventListener("visibilitychange", now);
addEventListener("pagehide", () => { if (said.number) { said.at = 0; say(said.number, "gone"); } });
setInterval(now, 15000);
