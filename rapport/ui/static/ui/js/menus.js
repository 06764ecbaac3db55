// Menus are <details>: they work alone. This closes them on Escape, on a click elsewhere and when another opens.
const open = () => document.querySelectorAll("details[data-menu][open], details[data-rail][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    const inside = menu.contains(event.target) || (menu.hasAttribute("data-rail") && event.target.closest(".rail__inside"));
    if (!inside) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  const sheet = event.target.closest?.("details[data-menu][open]");
  if (!sheet || !["ArrowDown", "ArrowUp"].includes(event.key) || event.target.matches("textarea, select")) return;
  const items = [...sheet.querySelectorAll(".menu__item, input, select")].filter((item) => item.offsetParent);
  const at = items.indexOf(document.activeElement);
  items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length]?.focus();
  event.preventDefault();
});

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details[data-menu]") || !menu.open) return;
  for (const other of open()) if (other !== menu && !other.contains(menu) && !other.hasAttribute("data-rail")) other.open = false;
  menu.querySelector(":scope > .menu__sheet")?.scrollIntoView({ block: "nearest" }); // a message's last acts below the edge
  menu.querySelector("[data-first], input[type=text], input[type=search]")?.focus();
}, true);

// An act from a menu is done: the menu has served.
document.addEventListener("htmx:afterRequest", (event) => {
  const pressed = event.detail.requestConfig.triggeringEvent?.submitter || event.target;
  const menu = pressed.closest?.("details[data-menu][open]");
  if (!menu || !event.detail.successful || event.detail.requestConfig.verb === "get") return;
  menu.open = false;
  menu.querySelector("summary").focus({ preventScroll: true });
});

// A sheet that was fetched when its menu opened.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches?.("details[data-menu][open] > .menu__sheet")) event.target.querySelector("[data-first]")?.focus();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
});
