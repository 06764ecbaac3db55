// What can be done on this page, by the words of its own elements.
const label = (element) => (element.dataset.label || element.getAttribute("aria-label") || element.title || element.querySelector("span")?.textContent || element.textContent).trim();

function open(menu) {
  menu.open = true;
  menu.querySelector("[data-first], .menu__item")?.focus();
}

export function actsHere(group) {
  const acts = [...document.querySelectorAll("[data-command]")].map((element) => ({
    group, text: element.dataset.command, key: element.dataset.key || element.dataset.chord?.replaceAll("+", " "), run: () => (element.matches("details") ? open(element) : element.click()),
  }));
  const links = [...document.querySelectorAll(".rail__foot a[href]")].map((element) => ({ group, text: label(element), href: element.getAttribute("href") }));
  return [...acts, ...links].filter((one, index, all) => all.findIndex((other) => other.text === one.text) === index);
}
