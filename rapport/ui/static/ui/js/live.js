// One event stream for all tabs of a browser: the tab that holds the lock listens and tells the others.
// Others hear `rapport:event` {id, kind, conversation, message, actor, taken}, `rapport:presence` {conversation, people},
// `rapport:bell` (there is news for this person), `rapport:refetch` (too much was missed: read the page anew) and `rapport:line` {up} on document.

const channel = new BroadcastChannel("rapport-live");
const recent = new Map();
const people = new Map();
const KEPT = 2000;
let newest = Number(document.body.dataset.live || 0);
let leads = false;

function say(name, detail) {
  document.dispatchEvent(new CustomEvent(`rapport:${name}`, { detail }));
}

// True for the first sight of an event; after a gap the server repeats some.
function isFresh(change) {
  if (recent.has(change.id)) return false;
  recent.set(change.id, change);
  if (recent.size > KEPT) recent.delete(recent.keys().next().value);
  newest = Math.max(newest, change.id);
  return true;
}

function hear({ name, detail }) {
  if (name === "event" && !isFresh(detail)) return;
  if (name === "presence") people.set(detail.conversation, detail);
  say(name, detail);
}

function spread(name, detail) {
  channel.postMessage({ name, detail });
  hear({ name, detail });
}

channel.addEventListener("message", ({ data }) => {
  if (data.name !== "joined") return hear(data);
  // A page that has just been drawn asks what happened while it was on its way, and who is where.
  if (!leads) return;
  for (const detail of people.values()) channel.postMessage({ name: "presence", detail });
  for (const change of recent.values()) if (change.id > data.since) channel.postMessage({ name: "event", detail: change });
});

function listen(resolve) {
  const source = new EventSource(`/live/?since=${newest}`);
  source.addEventListener("change", (event) => spread("event", JSON.parse(event.data)));
  source.addEventListener("presence", (event) => spread("presence", JSON.parse(event.data)));
  source.addEventListener("bell", () => spread("bell", {}));
  source.addEventListener("refetch", () => spread("refetch", {}));
  source.addEventListener("ready", () => spread("line", { up: true }));
  source.addEventListener("error", () => {
    spread("line", { up: false });
    // CLOSED: the server refused (signed out, or too many). The browser itself comes back from everything else.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(resolve), 15000 + Math.random() * 15000);
  });
  addEventListener("pagehide", () => { source.close(); resolve(); }, { once: true });
}

function begin() {
  channel.postMessage({ name: "joined", since: newest });
  navigator.locks.request("rapport-live", () => new Promise((resolve) => {
    leads = true;
    listen(() => { leads = false; resolve(); });
  }));
}

// A page kept in the browser's memory has let go of the lock: it asks again when it is shown. (The first showing comes
// soon after this and is none of that.)
addEventListener("pageshow", (event) => { if (event.persisted && document.body.dataset.account && !leads) begin(); });
if (document.body.dataset.account) begin();
