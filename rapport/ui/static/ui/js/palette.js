// Ctrl-K: every rail link and every keyed action of the page by its words; digits go to a conversation; else search.
const dialog = document.getElementById("palette");
const field = dialog.querySelector("input");
const list = dialog.querySelector("ul");
let found = [];
let at = 0;

const label = (element) => (element.dataset.label || element.getAttribute("aria-label") || element.title || element.querySelector("span")?.textContent || element.textContent).trim();

function choices() {
  const links = [...document.querySelectorAll(".rail-link[href], .menu--up a[href]")].map((element) => ({ text: label(element), run: () => element.click() }));
  const acts = [...document.querySelectorAll("[data-command]")].map((element) => ({
    text: element.dataset.command, key: element.dataset.key, run: () => (element.matches("details") ? open(element) : element.click()),
  }));
  return [...acts, ...links];
}

function open(menu) {
  menu.open = true;
  menu.querySelector("[data-first], .menu__item")?.focus();
}

function look() {
  const words = field.value.trim();
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  found = choices().filter((one) => parts.every((part) => one.text.toLowerCase().includes(part)));
  // What begins with the words comes before what merely holds them.
  const rank = (one) => (one.text.toLowerCase().startsWith(words.toLowerCase()) ? 0 : 1);
  found.sort((one, other) => rank(one) - rank(other));
  const number = words.match(/^#?(\d{1,18})$/);
  if (number) found.unshift({ text: `${list.dataset.go} #${number[1]}`, run: () => location.assign(`/conversations/${number[1]}/`) });
  if (words && !number) found.push({ text: `${list.dataset.search} “${words}”`, run: () => location.assign(`/search/?q=${encodeURIComponent(words)}`) });
  at = 0;
  show();
}

function show() {
  list.replaceChildren(...found.slice(0, 12).map((one, index) => {
    const item = document.createElement("li");
    item.id = `palette-${index}`;
    item.role = "option";
    item.ariaSelected = String(index === at);
    item.textContent = one.text;
    if (one.key) item.append(Object.assign(document.createElement("kbd"), { textContent: one.key }));
    item.addEventListener("click", () => choose(index));
    return item;
  }));
  field.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
}

function choose(index) {
  dialog.close();
  found[index]?.run();
}

field.addEventListener("input", look);
dialog.addEventListener("keydown", (event) => {
  const most = Math.min(found.length, 12);
  if (event.key === "ArrowDown") at = (at + 1) % most;
  else if (event.key === "ArrowUp") at = (at - 1 + most) % most;
  else if (event.key === "Enter") choose(at);
  else return;
  event.preventDefault();
  if (event.key !== "Enter") show();
});

document.addEventListener("keydown", (event) => {
  if (!((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k")) return;
  event.preventDefault();
  field.value = "";
  dialog.showModal();
  look();
});
