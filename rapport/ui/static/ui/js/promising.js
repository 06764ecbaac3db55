// Whether somebody writes of a file that goes along, in the languages customers are answered in.

// Whole words, whatever letters they are of: \b knows only those of English.
const word = (words) => `(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`;
const WORDS = [
  "attach(?:ed|ment|ments|ing)|enclos(?:ed|ing|ure|ures)|see (?:the )?attach\\p{L}*",
  "anhang|anhänge|anlagen?|anbei|beigefügt\\p{L}*|angefügt\\p{L}*|angehängt\\p{L}*|angehangen|beiliegend\\p{L}*",
  "(?:hänge|füge)n? [^.!?\\n]{1,60} (?:an|bei)",
  "(?:ci|y)[ \\u2010\\u2011-]?joint(?:e|es|s)?|pièces?[ \\u2010\\u2011-]joint(?:e|es)|en pj|joint(?:e|es|s)? à (?:ce|cet|mon|notre|la|l['’])\\p{L}*",
  "(?:je|nous|j['’]ai|avons) (?:vous )?(?:joins|joignons|joint)|vous trouverez[^.!?\\n]{0,40} joint(?:e|es|s)?|en annexe",
  "adjunt(?:o|a|os|as|é|amos|ando|ar|ado|ada|ados|adas)|en (?:el )?anexo|anexad[oa]s?",
  "allegat[oaie]|in allegato|bijlagen?|bijgevoegd\\p{L}*|em anexo|w załączniku|załączam|bifoga[dts]?|bilag(?:a|t)?|vedhæftet|vedlagt|liitteenä",
];
const SPOKEN_OF = new RegExp(`${word(WORDS.join("|"))}|附件|附上|附图|随信附|添付|첨부|во вложении|прилага|прикреп`, "iu");

// Accents may come as letters of their own, as some keyboards write them.
export const speaksOfFile = (text) => SPOKEN_OF.test(text.normalize("NFC"));
