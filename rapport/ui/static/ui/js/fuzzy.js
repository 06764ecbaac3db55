// How well words fit a text: beginnings before whole parts, parts before letters in sequence, one slip of the fingers last.
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// The letters of `part` in sequence: the shorter the stretch that holds them, the better.
function stretch(part, text) {
  let best = 0;
  for (let from = text.indexOf(part[0]); from >= 0; from = text.indexOf(part[0], from + 1)) {
    let at = from;
    for (const letter of part.slice(1)) {
      at = text.indexOf(letter, at + 1);
      if (at < 0) return best;
    }
    best = Math.max(best, part.length / (at - from + 1));
  }
  return best;
}

function fit(part, text) {
  if (text.startsWith(part)) return 100;
  if (text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(part))) return 80;
  if (text.includes(part)) return 60;
  const close = stretch(part, text);
  if (close > 0.4) return 20 + 20 * close;
  if (part.length < 4) return 0;
  // One letter too many, or two that changed places.
  return [...part].some((_letter, at) => stretch(part.slice(0, at) + part.slice(at + 1), text) > 0.7) ? 10 : 0;
}

// 0 when any word is missing. `more`: other words it may be found by, which count half.
export function score(query, text, more = "") {
  const parts = fold(query).split(/\s+/).filter(Boolean);
  const [shown, hidden] = [fold(text), fold(more)];
  const fits = parts.map((part) => Math.max(fit(part, shown), hidden.includes(part) ? 30 : 0));
  return fits.includes(0) ? 0 : fits.reduce((sum, one) => sum + one, 0) / (parts.length || 1);
}
