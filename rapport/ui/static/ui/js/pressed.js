// Which key was meant, on any keyboard layout, and which act of the server's one table (data-keys of the body) it is.
const acts = JSON.parse(document.body.dataset.keys || "{}");

// The character that was typed; where the layout writes no Latin letters, the one that stands there on an English one.
export function keyOf(event) {
  const { key, code } = event;
  if (key.length > 1) return key;
  const latin = /^[\x20-\x7e]$/.test(key) ? key : code?.startsWith("Key") ? code.slice(3) : key;
  if (!/[a-z]/i.test(latin)) return latin;
  return event.shiftKey ? latin.toUpperCase() : latin.toLowerCase();
}

export const writes = (element) => Boolean(element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], dialog[open]"));

// Single letters are shortcuts only outside of fields, alone, and unless the person switched them off.
export function isShortcut(event) {
  return document.body.dataset.singleKeys !== "off" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing && !event.defaultPrevented && !writes(event.target);
}

export const actOf = (event) => (isShortcut(event) ? acts[keyOf(event)] : undefined);
