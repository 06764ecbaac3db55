// The rich editor (Tiptap, bundled by django-prose-editor) over a plain text area, fetched once a composer is on the page.
// Markdown works as it is typed: **bold**, *italic*, `code`, # heading, - list, 1. list, > quotation, ``` block.
import { enliven } from "ui/enliven.js";
import { mentionNode, offerMentions } from "ui/mentions.js";
import { link } from "ui/linking.js";
import { refuses } from "ui/pasting.js";
import { nobodyTypes, numbered, webLink } from "ui/typing.js";
import { pictureNode, shown, written } from "ui/pictures.js";

const library = () => import("django-prose-editor/editor");
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const paragraphs = (text) => text.split(/\n{2,}/).map((part) => `<p>${escape(part).replace(/\n/g, "<br>")}</p>`).join("");

async function enrich(field) {
  const { Editor, Document, Paragraph, Text, Bold, Italic, Link, BulletList, OrderedList, ListItem, Blockquote, HardBreak, History, Node, Placeholder, Code, CodeBlock, Heading, Strike, wrappingInputRule } = await library();
  const picture = field.dataset.pictures ? [await pictureNode()] : [];
  await nobodyTypes();
  if (!field.isConnected || field.hidden) return;
  const typed = field.value !== field.defaultValue;
  const had = document.activeElement === field;
  const frame = document.createElement("div");
  frame.className = "editor";
  field.before(frame);
  field.hidden = true;
  const form = field.form;
  const mentions = form.querySelector("[data-mentions]");
  form.elements.format.value = "html";
  const editor = new Editor({
    element: frame,
    injectCSS: false,
    extensions: [Document, Paragraph, Text, Bold, Italic, webLink(Link), BulletList, numbered(OrderedList, wrappingInputRule), ListItem, Blockquote, HardBreak, History, Code, CodeBlock, Heading.configure({ levels: [2, 3] }), Strike, ...picture,
      Placeholder.configure({ placeholder: field.placeholder, emptyNodeClass: "is-empty" }), ...(mentions ? [mentionNode(Node)] : [])],
    // Who types while the editor comes keeps the space before the next word.
    parseOptions: typed ? { preserveWhitespace: "full" } : {},
    content: typed ? paragraphs(field.value) : shown(field, field.dataset.html || paragraphs(field.value)),
    editorProps: { handlePaste: (_view, event) => refuses(field, event), attributes: { role: "textbox", "aria-multiline": "true", "aria-label": form.querySelector(`label[for="${field.id}"]`).textContent } },
    onUpdate: ({ editor: now }) => {
      field.value = now.isEmpty ? "" : written(field, now.getHTML());
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction: ({ editor: now }) => bar(field, now),
  });
  field.value = editor.isEmpty ? "" : written(field, editor.getHTML());
  field.editor = editor;
  // Else each editor there ever was would go on listening to the document.
  field.addEventListener("htmx:beforeCleanupElement", (event) => { if (event.target === field) editor.destroy(); });
  if (mentions) offerMentions(editor, form);
  frame.addEventListener("click", (event) => { if (event.target === frame) editor.commands.focus("end"); });
  const tools = document.getElementById(field.dataset.bar);
  tools.hidden = false;
  tools.addEventListener("click", (event) => act(editor, event.target.closest("[data-format]")?.dataset.format));
  if (!had) return;
  editor.view.focus(); // at once: Tiptap's own waits for the next frame, and a key in between would be a command of the page
  editor.commands.focus("end");
}

function bar(field, editor) {
  for (const button of document.getElementById(field.dataset.bar).querySelectorAll("[data-format]")) {
    button.ariaPressed = String(editor.isActive(button.dataset.format));
  }
}

function act(editor, name) {
  const chain = editor.chain().focus();
  if (name === "bold") chain.toggleBold().run();
  else if (name === "italic") chain.toggleItalic().run();
  else if (name === "bulletList") chain.toggleBulletList().run();
  else if (name === "orderedList") chain.toggleOrderedList().run();
  else if (name === "blockquote") chain.toggleBlockquote().run();
  else if (name === "link") link(editor);
}

enliven("textarea[data-rich]", (field) => {
  const begin = () => enrich(field).catch(() => { field.hidden = false; });
  if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: 400 });
  else setTimeout(begin, 60);
});
