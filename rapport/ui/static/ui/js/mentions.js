// Colleagues and teams in a note: "@" and the first letters offer them; Enter takes one. What it offers is what the
// note's own list holds, so nothing is asked of the server while somebody types.
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const BEFORE = /(?:^|[\s(\ufffc])@([\p{L}\p{N}._'’-]*(?: [\p{L}\p{N}._'’-]+)?)$/u;
const MOST = 8;

export const mentionNode = (Node) => Node.create({
  name: "mention", group: "inline", inline: true, atom: true, selectable: false,
  addAttributes: () => ({
    id: { default: null, parseHTML: (element) => element.dataset.mention },
    name: { default: "", parseHTML: (element) => element.textContent.replace(/^@/, "") },
  }),
  parseHTML: () => [{ tag: "span[data-mention]" }],
  renderHTML: ({ node }) => ["span", { "data-mention": node.attrs.id }, `@${node.attrs.name}`],
  renderText: ({ node }) => `@${node.attrs.name}`,
});

function offered(form, written) {
  const parts = fold(written).split(" ").filter(Boolean);
  const boxes = [...form.querySelectorAll("[data-mentionable]")].filter((box) => box.dataset.mentionable !== `person:${document.body.dataset.account}`);
  const words = (box) => fold(box.dataset.name).split(/[\s.-]+/);
  return boxes.filter((box) => parts.every((part) => words(box).some((word) => word.startsWith(part))))
    .sort((one, other) => fold(other.dataset.name).startsWith(parts[0] || "\0") - fold(one.dataset.name).startsWith(parts[0] || "\0")).slice(0, MOST);
}

// Lets the editor of this form offer people.
export function offerMentions(editor, form) {
  const list = Object.assign(document.createElement("ul"), { className: "suggest", role: "listbox", id: `${form.id}-suggest` });
  list.setAttribute("aria-label", form.querySelector("[data-mentions] summary").getAttribute("aria-label"));
  const field = editor.view.dom;
  let at = 0;
  let from = 0;
  let dismissed = null;
  const hide = () => { list.remove(); field.removeAttribute("aria-activedescendant"); };
  const mark = () => {
    [...list.children].forEach((item, index) => { item.ariaSelected = String(index === at); });
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (item) => {
    hide();
    const to = editor.state.selection.from;
    editor.chain().focus().deleteRange({ from, to }).insertContent([{ type: "mention", attrs: { id: item.dataset.id, name: item.dataset.name } }, { type: "text", text: " " }]).run();
  };
  const look = () => {
    const { $from, empty } = editor.state.selection;
    const found = empty && editor.isFocused && $from.parent.textBetween(0, $from.parentOffset, "\ufffc", "\ufffc").match(BEFORE);
    const start = found && editor.state.selection.from - found[1].length - 1;
    if (!found || start === dismissed) return hide();
    [from, at, dismissed] = [start, 0, null];
    const boxes = offered(form, found[1]);
    if (!boxes.length) return hide();
    list.replaceChildren(...boxes.map((box, index) => {
      const item = Object.assign(document.createElement("li"), { role: "option", id: `${list.id}-${index}`, textContent: box.dataset.name });
      Object.assign(item.dataset, { id: box.dataset.mentionable, name: box.dataset.name });
      if (box.dataset.kind) item.append(Object.assign(document.createElement("small"), { textContent: box.dataset.kind }));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(item); });
      return item;
    }));
    document.body.append(list); // fixed to the window, whatever contains the form
    const caret = editor.view.coordsAtPos(from);
    list.style.left = `${Math.max(8, Math.min(caret.left, innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = `${caret.top > list.offsetHeight + 12 ? caret.top - list.offsetHeight - 4 : caret.bottom + 4}px`;
    mark();
  };
  editor.on("transaction", look);
  editor.on("blur", hide);
  form.addEventListener("keydown", (event) => {
    if (!list.isConnected || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { at = (at + step + list.children.length) % list.children.length; mark(); }
    else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) take(list.children[at]);
    else if (event.key === "Escape") { dismissed = from; hide(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}
