// Macros: m, or "/" where a line begins, opens the menu; typing narrows it; the words go where the caret is.
import { enliven, toast } from "ui/enliven.js";

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const shown = (menu) => [...menu.querySelectorAll("[data-macro]")].filter((item) => !item.hidden);

function narrow(menu, written) {
  const parts = fold(written).split(/\s+/).filter(Boolean);
  for (const item of menu.querySelectorAll("[data-macro]")) item.hidden = !parts.every((part) => fold(item.textContent).includes(part));
}

enliven("details[data-macros]", (menu) => {
  const field = menu.querySelector("[data-macro-find]");
  field.addEventListener("input", (event) => {
    event.stopPropagation();
    narrow(menu, field.value);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    narrow(menu, field.value);
    shown(menu)[0]?.click();
  });
  // The list may come after the first letters: unnarrowed, Enter would use a macro that nobody meant.
  menu.addEventListener("htmx:afterSwap", () => narrow(menu, field.value));
  menu.addEventListener("toggle", () => { if (!menu.open) narrow(menu, (field.value = "")); });
});
// By hand and not by hx-post: Enter may come before htmx has looked at a list that has just arrived.
document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-macro]");
  if (item) window.htmx.ajax("POST", item.dataset.macro, { source: item, swap: "none" });
});

function beginsLine(field, target) {
  if (field.editor?.view.dom.contains(target)) return field.editor.state.selection.empty && field.editor.state.selection.$from.parentOffset === 0;
  return target === field && /(^|\n)$/.test(field.value.slice(0, field.selectionStart));
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.isComposing) return;
  const form = event.target.closest?.("form[data-composer]");
  const menu = form?.querySelector("details[data-macros]");
  if (!menu || !beginsLine(form.querySelector("textarea"), event.target)) return;
  event.preventDefault();
  menu.open = true;
  menu.querySelector("[data-macro-find]").focus(); // at once: the next letter is meant for it
}, true);

// Puts words at the caret, and selects the first placeholder that could not be filled.
function insert(field, words) {
  const editor = field.editor;
  if (!editor) {
    field.setRangeText(words.insert_text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    return;
  }
  editor.view.focus(); // at once; the command would wait for the next frame
  editor.chain().insertContent(words.insert).run();
  if (!words.missing.length) return;
  const wanted = new RegExp(`\\{\\{\\s*${words.missing[0].replace(/\./g, "\\.")}\\s*\\}\\}`);
  editor.state.doc.descendants((node, at) => {
    const found = node.isText && node.text.match(wanted);
    if (!found) return true;
    editor.commands.setTextSelection({ from: at + found.index, to: at + found.index + found[0].length });
    return false;
  });
}

document.addEventListener("rapport:done", ({ target, detail }) => {
  const form = target.closest?.("form[data-composer]");
  if (!form || detail.insert === undefined) return;
  // After menus.js has closed the menu and moved the focus.
  setTimeout(() => {
    if (detail.insert) insert(form.querySelector("textarea"), detail);
    if (detail.missing.length) toast(`${form.querySelector("[data-macros]").dataset.fill} ${detail.missing.join(", ")}`, { kind: "error" });
  });
});
