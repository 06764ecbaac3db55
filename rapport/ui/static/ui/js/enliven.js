// Runs a behaviour once for each element that matches, now and whenever htmx brings new ones.
export function enliven(selector, behaviour) {
  const run = (root) => {
    if (root.matches?.(selector)) begin(root);
    root.querySelectorAll?.(selector).forEach(begin);
  };
  const begun = new WeakSet();
  const begin = (element) => {
    if (begun.has(element)) return;
    begun.add(element);
    behaviour(element);
  };
  run(document.body);
  document.addEventListener("htmx:load", (event) => run(event.detail.elt));
}

export const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}");

// Shows a sentence at the foot of the page; returns the toast. `action` is {label, run}.
export function toast(text, { kind = "info", seconds = 5, action = null } = {}) {
  const element = document.createElement("div");
  element.className = `toast toast--${kind}`;
  const words = document.createElement("span");
  words.textContent = text;
  element.append(words);
  const close = () => element.remove();
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.label;
    button.addEventListener("click", () => { close(); action.run(); });
    element.append(button);
  }
  document.getElementById("toasts").append(element);
  const timer = setTimeout(close, seconds * 1000);
  return { element, words, close: () => { clearTimeout(timer); close(); } };
}

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
