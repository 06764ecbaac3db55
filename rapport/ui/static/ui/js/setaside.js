// A colleague goes on with a draft that this person has open: the field is set aside at once, with who it is and a way to
// copy its words. Fetched by drafts.js when it happens.
import { toast } from "ui/enliven.js";

// Where the draft is written: ends of the address that its form is sent to.
const ENDS = { reply: (number) => [`/conversations/${number}/replies/`, `/sides/${number}/messages/`], side: (number) => [`/conversations/${number}/sides/`], ask: (number) => [`/conversations/${number}/questions/`] };

const opened = ({ in: number, letter }) => [...document.querySelectorAll("form[data-composer]")].find((form) => ENDS[letter]?.(number).some((end) => form.getAttribute("action").endsWith(end)));

const written = (field) => (field.editor?.getText({ blockSeparator: "\n" }) ?? field.value).trim();

function copy(words, said) {
  const selected = () => getSelection().selectAllChildren(words); // without the clipboard's leave: one key is left to press
  if (!navigator.clipboard) selected();
  else navigator.clipboard.writeText(words.textContent).then(() => toast(said)).catch(selected);
}

export function taken(draft) {
  const form = String(draft.from) === document.body.dataset.account ? opened(draft) : null;
  const field = form?.querySelector("textarea");
  if (!field || !written(field)) return;
  const aside = document.createElement("section");
  aside.className = form.className;
  aside.innerHTML = '<p class="notice notice--risk" role="alert"><span></span></p><div class="begun__text" dir="auto" tabindex="0"></div><p><button type="button" class="button button--small"></button></p>';
  const [said, words, button] = aside.querySelectorAll("span, div, button");
  said.textContent = field.dataset.taken.replace("{name}", () => draft.name || "?");
  words.textContent = written(field);
  words.ariaLabel = field.ariaLabel || form.querySelector("label[for]")?.textContent || "";
  button.textContent = field.dataset.copy;
  button.addEventListener("click", () => copy(words, field.dataset.copied));
  const held = form.contains(document.activeElement);
  form.dispatchEvent(new CustomEvent("rapport:taken", { bubbles: true }));
  for (const kept of form.closest(".composer").querySelectorAll("[data-saved]")) kept.textContent = "";
  form.replaceWith(aside);
  if (held) words.focus();
}
