// The open conversation follows live events: what changed is replaced, what is new is added, nothing else moves.
const conversation = () => document.getElementById("conversation");
let [timer, later] = [0, 0];

const mine = (number) => conversation()?.dataset.numbers.split(" ").includes(String(number));

function busy(element) {
  return element.contains(document.activeElement) && document.activeElement.matches("input, select") || element.querySelector("details[data-menu][open]");
}

// Where the focus goes when the part that held it is replaced.
function alike(had, fresh) {
  const same = [...fresh.querySelectorAll("summary, button, a")].filter((one) => one.offsetParent);
  return same.find((one) => (one.dataset.command || one.title) === (had.dataset.command || had.title)) || same[0];
}

function replace(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || old.dataset.rev === fresh.dataset.rev) return;
  if (busy(old)) return void (later ||= setTimeout(() => { later = 0; sync(); }, 3000)); // one for all: else each look begins several
  const fold = old.querySelector(":scope > details[open]") && fresh.querySelector(":scope > details");
  if (fold) fold.open = true;
  const had = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  window.htmx.process(fresh);
  if (had) (alike(had, fresh) || document.getElementById("conversation-scroll")).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: fresh } }));
}

function merge(timeline, fresh) {
  let added = null;
  let before = null;
  const ids = new Set([...fresh.children].map((entry) => entry.id));
  for (const entry of [...timeline.querySelectorAll("[data-entry]")]) if (!ids.has(entry.id)) entry.remove();
  for (const entry of [...fresh.querySelectorAll("[data-entry]")]) {
    const old = document.getElementById(entry.id);
    if (old && old.dataset.rev !== entry.dataset.rev) replace(entry);
    else if (!old) {
      if (before) before.after(entry);
      else timeline.prepend(entry);
      window.htmx.process(entry);
      document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: entry } }));
      added = entry;
    }
    before = document.getElementById(entry.id) || before;
  }
  return added;
}

async function sync() {
  const open = conversation();
  if (!open) return;
  const answer = await fetch(`/conversations/${open.dataset.number}/sync/?${open.dataset.scope}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || !open.isConnected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of page.querySelectorAll("[data-sync]")) if (!document.contains(part)) replace(document.adoptNode(part)); // a part of one just replaced is in its place
  const place = document.getElementById("conversation-scroll");
  const low = place.scrollHeight - place.scrollTop - place.clientHeight < 120;
  const added = merge(document.getElementById("timeline"), document.adoptNode(page.getElementById("timeline")));
  const told = page.querySelector("[data-newest]").dataset;
  if (added) arrived(low, place);
  if (Number(told.newest) > Number(open.dataset.last)) open.dataset.last = told.newest;
  document.dispatchEvent(new CustomEvent("rapport:synced", { detail: { conversation: open, told } }));
}

function arrived(low, place) {
  const news = document.getElementById("conversation-news");
  if (low) place.scrollTop = place.scrollHeight;
  else news.hidden = false;
  news.onclick = () => { place.scrollTop = place.scrollHeight; news.hidden = true; };
}

const soon = (number) => {
  if (!mine(number)) return;
  clearTimeout(timer);
  timer = setTimeout(sync, 40);
};
document.addEventListener("rapport:event", ({ detail }) => soon(detail.conversation));
document.addEventListener("rapport:done", ({ detail }) => soon(detail.conversation));
document.addEventListener("rapport:refetch", sync);
