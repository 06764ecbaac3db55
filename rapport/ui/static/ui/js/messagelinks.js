// In a message's menu: copy its address, or quote its words (or what of them is selected) in the reply.
import { toast } from "ui/enliven.js";

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

function words(message) {
  const chosen = getSelection();
  const inside = !chosen.isCollapsed && message.contains(chosen.anchorNode) && message.contains(chosen.focusNode);
  if (inside) return chosen.toString();
  const frame = message.querySelector("iframe.mail-frame");
  const part = message.querySelector(".message__body .text, .message__body .prose") || frame?.contentDocument?.body;
  return part ? part.innerText : "";
}

function quote(message) {
  const form = document.getElementById("reply-form");
  const field = form?.querySelector("textarea");
  const text = words(message).trim();
  if (!field || !text) return;
  const tab = document.querySelector("input[name=composer-mode][value=reply]");
  if (tab && !tab.checked) { tab.checked = true; tab.dispatchEvent(new Event("change", { bubbles: true })); }
  if (field.editor) {
    const parts = text.split(/\n{2,}/).map((part) => `<p>${escape(part).replace(/\n/g, "<br>")}</p>`).join("");
    field.editor.chain().focus("end").insertContent(`<blockquote>${parts}</blockquote><p></p>`).run();
    return;
  }
  field.value += `${text.split("\n").map((line) => `> ${line}`).join("\n")}\n\n`;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

// Called by drawer.js, which fetches this file when it is first wanted.
export function act(item) {
  item.closest("details[data-menu]").open = false;
  if (item.matches("[data-quote]")) quote(item.closest(".message"));
  else if (!navigator.clipboard) location.href = item.href;
  else navigator.clipboard.writeText(item.href).then(() => toast(item.dataset.copied)).catch(() => { location.href = item.href; });
}
