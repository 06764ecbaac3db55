// The palette: the page's actions, places, what the server finds, and what was open lately: typed at, ranked, grouped.
import { actsHere } from "ui/acts.js";
import { announce } from "ui/enliven.js";
import { score } from "ui/fuzzy.js";
import { list, mark } from "ui/offers.js";

const dialog = document.getElementById("palette");
const field = dialog.querySelector("input");
const place = dialog.querySelector("[role=listbox]");
const words = place.dataset;
let [acts, places, answered, shown, at, asked, timer] = [[], [], [], [], 0, 0, 0];

async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json", "HX-Request": "true" } }).catch(() => null);
  return answer?.ok ? (await answer.json()).found : [];
}

function ranked(query, offers, most) {
  const scored = offers.map((one) => [score(query, one.text, one.words), one]).filter(([rank]) => rank);
  const least = Math.max(0, ...scored.map(([rank]) => rank)) * 0.3; // a slip of the fingers counts where nothing fits
  return scored.filter(([rank]) => rank >= least).sort((one, other) => other[0] - one[0]).slice(0, most).map(([, one]) => one);
}

function offers(query) {
  const recent = places.filter((one) => one.group === words.recent);
  const others = places.filter((one) => one.group !== words.recent);
  if (!query) return [...recent, ...acts.slice(0, 12), ...others];
  const number = query.match(/^#?(\d{1,18})$/)?.[1];
  const go = number ? [{ group: words.search, text: `${words.go} #${number}`, href: `/conversations/${number}/` }] : [];
  const look = { group: words.search, text: `${words.look} “${query}”`, href: `/search/?q=${encodeURIComponent(query)}` };
  const fitting = ranked(query, [...acts, ...recent, ...others], 16); // the group of what fits best comes first
  return [...(fitting.length ? [] : go), ...fitting, ...answered, ...(fitting.length ? go : []), look];
}

function show() {
  const all = offers(field.value.trim());
  const once = all.filter((one, index) => !one.href || all.findIndex((other) => other.href === one.href) === index);
  shown = list(place, once.slice(0, 40), choose);
  mark(place, field, (at = 0));
}

function choose(one) {
  dialog.close();
  if (one) one.run ? one.run() : location.assign(one.href);
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  const mine = ++asked;
  show();
  timer = setTimeout(async () => {
    const query = field.value.trim();
    const found = query ? await ask(`/palette/?q=${encodeURIComponent(query)}`) : [];
    if (mine !== asked) return;
    const chosen = at && shown[at]; // what somebody moved to stays chosen
    answered = found;
    show();
    if (chosen) mark(place, field, (at = Math.max(0, shown.indexOf(chosen))));
    announce(words.count.replace("#", shown.length));
  }, 120);
});

dialog.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter" && !event.isComposing) choose(shown[at]);
  else if (by) mark(place, field, (at = (at + by + shown.length) % shown.length));
  else return;
  event.preventDefault();
});

// Opens it: what is there at once, what the server knows when it has said so.
export async function open(recent, hurried) {
  [acts, answered] = [actsHere(words.acts), []];
  show();
  if (hurried) return choose(shown[at]);
  places = await ask(`/palette/places/?recent=${recent.join(",")}`);
  if (dialog.open) show();
}
