// Keeps "25 min" true while the page stays open. The words come from the server's own first wording of each unit.
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
const format = Object.fromEntries(
  units.map(([unit]) => [unit, new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "short" })]),
);

function refresh() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[data-age]")) {
    const seconds = (now - Date.parse(element.dateTime)) / 1000;
    const found = units.find(([, length]) => seconds >= length);
    if (!found) continue;
    const words = format[found[0]].format(Math.floor(seconds / found[1])).replace("hr", "h").replace(/days?/, "d");
    if (element.textContent !== words) element.textContent = words;
  }
}

setInterval(() => { if (!document.hidden) refresh(); }, 30000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
