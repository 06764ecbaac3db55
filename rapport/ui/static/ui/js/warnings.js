// Before a reply goes out: a file that is spoken of but not attached, and people it has not reached before. A second
// press sends it as it is; nothing is ever blocked.
import { enliven } from "ui/enliven.js";
import { speaksOfFile } from "ui/promising.js";

const addresses = (form) => ["to", "cc", "bcc"].flatMap((name) => form.elements[name].value.split(/[,;\n]/))
  .map((one) => (one.match(/<([^>]*)>/)?.[1] || one).trim().toLowerCase()).filter((one) => one.includes("@"));

const reached = (form) => (form.dataset.known || "").toLowerCase().split(" ");

function found(form, known) {
  const words = form.dataset;
  const text = form.querySelector("textarea").editor?.getText() ?? form.querySelector("textarea").value;
  const said = [];
  if (speaksOfFile(text) && !form.querySelector("[name=attachment]")) said.push(words.warnFile);
  const strangers = addresses(form).filter((one) => !known.has(one));
  const names = new Intl.ListFormat(document.documentElement.lang).format(strangers);
  if (strangers.length) said.push(words.warnPeople.replace("{names}", () => names));
  return said;
}

enliven("form[data-warn-file]", (form) => {
  let known = new Set([...addresses(form), ...reached(form)]);
  let warned = "";
  form.addEventListener("rapport:known", () => { known = new Set(reached(form)); });
  form.addEventListener("htmx:confirm", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    const said = found(form, known);
    const key = said.join("\n");
    if (!said.length || key === warned) return;
    event.preventDefault();
    warned = key;
    const notice = document.createElement("div");
    notice.className = "notice notice--risk";
    const words = document.createElement("span");
    words.textContent = `${said.join(" ")} ${form.dataset.warnAgain}`;
    notice.append(words);
    document.getElementById("answered").replaceChildren(notice);
  });
  form.addEventListener("htmx:beforeRequest", (event) => { if (event.target === form) document.getElementById("answered").replaceChildren(); });
});
