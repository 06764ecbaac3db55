// Pictures in the text: in the editor they show from our store, in what is sent and kept they are named by Content-ID.
const library = () => import("django-prose-editor/editor");

// The editor's node: only pictures of ours, each with the Content-ID of its upload.
export async function pictureNode() {
  const { Image } = await library();
  return Image.extend({
    inline: true,
    group: "inline",
    addAttributes() {
      return { src: { default: null }, alt: { default: "" }, cid: { default: null, parseHTML: (one) => one.dataset.cid, renderHTML: ({ cid }) => ({ "data-cid": cid }) } };
    },
    parseHTML: () => [{ tag: "img[data-cid]" }],
    renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
    addInputRules: () => [],
  });
}

// Content-ID → {id, url} of every picture on this page: what is cut from a reply can be pasted into a note.
const known = new Map();
const tree = (html) => new DOMParser().parseFromString(html, "text/html").body;

// What the server keeps, as the editor shows it.
export function shown(field, html) {
  for (const [cid, picture] of Object.entries(JSON.parse(field.dataset.pictures || "{}"))) known.set(cid, picture);
  const body = tree(html);
  for (const image of body.querySelectorAll('img[src^="cid:"]')) {
    const cid = decodeURIComponent(image.getAttribute("src").slice(4));
    if (!known.has(cid)) continue;
    image.dataset.cid = cid;
    image.src = known.get(cid).url;
  }
  return body.innerHTML;
}

// And the other way; the uploads of the pictures that still stand in the text go along.
export function written(field, html) {
  if (!field.dataset.pictures) return html;
  const body = tree(html);
  const inside = new Set();
  for (const image of body.querySelectorAll("img[data-cid]")) {
    inside.add(image.dataset.cid);
    image.setAttribute("src", `cid:${image.dataset.cid}`);
    image.removeAttribute("data-cid");
  }
  field.form.querySelector("[data-inline]").replaceChildren(...[...inside].filter((cid) => known.has(cid))
    .map((cid) => Object.assign(document.createElement("input"), { type: "hidden", name: "attachment", value: known.get(cid).id })));
  return body.innerHTML;
}

export const isPicture = (file) => /^image\/(png|jpeg|gif|webp)$/.test(file.type);

// A stored picture (the answer of /uploads/) comes into the text where the caret is, or at `at`.
export function insert(field, { id, cid, url, name }, at) {
  known.set(cid, { id, url });
  const node = { type: "image", attrs: { src: url, cid, alt: name.replace(/\.\w+$/, "") } };
  if (at === undefined) field.editor.chain().focus().insertContent(node).run();
  else field.editor.chain().focus().insertContentAt(Math.min(at, field.editor.state.doc.content.size), node).run();
}
