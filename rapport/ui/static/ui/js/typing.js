// What is typed or pasted in the editor and becomes something else.
// Ctrl-K is the palette's; an address pasted over words becomes their link.
export const webLink = (Link) => Link.extend({ addKeyboardShortcuts: () => ({}) }).configure({ openOnClick: false, defaultProtocol: "https" });
// The bundle has switched this rule off.
export const numbered = (List, rule) => List.extend({
  addInputRules() { return [rule({ find: /^(\d+)\.\s$/, type: this.type, getAttributes: (match) => ({ start: Number(match[1]) }) })]; },
});
