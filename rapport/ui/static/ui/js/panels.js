// The customer panel and its folds are remembered in this browser.
import { enliven } from "ui/enliven.js";

const closed = new Set(JSON.parse(localStorage.getItem("closed-panels") || "[]"));
const opened = new Set(JSON.parse(localStorage.getItem("opened-panels") || "[]"));
const keep = () => {
  localStorage.setItem("closed-panels", JSON.stringify([...closed]));
  localStorage.setItem("opened-panels", JSON.stringify([...opened]));
};

enliven("details[data-panel]", (panel) => {
  if (closed.has(panel.dataset.panel)) panel.open = false;
  if (opened.has(panel.dataset.panel)) panel.open = true;
  panel.addEventListener("toggle", () => {
    (panel.open ? opened : closed).add(panel.dataset.panel);
    (panel.open ? closed : opened).delete(panel.dataset.panel);
    keep();
  });
});

if (localStorage.getItem("no-side")) document.body.classList.add("no-side");

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-panel-toggle]")) return;
  const side = document.getElementById("side");
  const floats = getComputedStyle(side).position === "absolute";
  const hidden = getComputedStyle(side).display === "none";
  if (hidden && document.body.classList.contains("no-side")) {
    document.body.classList.remove("no-side");
    localStorage.removeItem("no-side");
  } else if (hidden) document.body.classList.add("has-side");
  else if (floats) document.body.classList.remove("has-side");
  else {
    document.body.classList.add("no-side");
    localStorage.setItem("no-side", "1");
  }
});
