// What is typed or pasted in the editor and becomes something else.

// The plain field is not taken from under who types: between two of their keys there is no good moment.
const PAUSE = 300;
let lastKey = -PAUSE;
addEventListener("keydown", () => { lastKey = performance.now(); }, true);
export async function nobodyTypes() {
  for (let left; (left = lastKey + PAUSE - performance.now()) > 0;) await new Promise((go) => setTimeout(go, left));
}

// Ctrl-K is the palette's; an address pasted over words becomes their link.
export const webLink = (Link) => Link.extend({ addKeyboardShortcuts: () => ({}) }).configure({ openOnClick: false, defaultProtocol: "https" });
// The bundle has switched this rule off.
export const numbered = (List, rule) => List.extend({
  addInputRules() { return [rule({ find: /^(\d+)\.\s$/, type: this.type, getAttributes: (match) => ({ start: Number(match[1]) }) })]; },
});
