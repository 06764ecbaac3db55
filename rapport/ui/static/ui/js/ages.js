// Keeps "25 min" true while the page stays open. The words are the server's own.
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
const words = JSON.parse(document.body.dataset.ages || "{}");

function refresh() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[data-age]")) {
    const seconds = (now - Date.parse(element.dateTime)) / 1000;
    const found = units.find(([, length]) => seconds >= length);
    if (!found || !words[found[0]]) continue;
    const said = words[found[0]].replace("#", Math.floor(seconds / found[1]));
    if (element.textContent !== said) element.textContent = said;
  }
}

setInterval(() => { if (!document.hidden) refresh(); }, 30000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
