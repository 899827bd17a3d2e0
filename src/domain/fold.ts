/** Nothing but ASCII needs no tables: most names, addresses and identifiers end here. */
const ASCII = /^\p{ASCII}*$/u;

/** Enough for every text that exists; the bound is there so that no text can ever loop. */
const PASSES_MAX = 4;

/**
 * The full case fold of Unicode (CaseFolding.txt, statuses C and F), made from the three mappings JavaScript has.
 * Lower, upper, lower: the capital ẞ needs the first step to become ß, the second makes SS of it, the third ss.
 * One code point at a time, because `toLowerCase` of a whole word turns a Σ at its end into ς.
 * The dotless ı is left alone: its capital is I, yet it does not fold to i except in Turkish.
 */
function foldCase(text: string): string {
  let folded = '';
  for (const character of text) folded += character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase();
  return folded;
}

/**
 * The comparison form of a text that is not caseExact: NFKC and full case fold, so that `Bjensen` equals `bjensen`,
 * `STRASSE` equals `Straße` and full-width letters equal plain ones. Computed here and never by a collation, so
 * SQLite and PostgreSQL agree. Idempotent: a composition may make a letter that folds again (and the other way
 * round), so both steps are repeated until nothing changes.
 *
 * @see RFC 7644 section 3.4.2.2 (strings), Unicode Standard section 3.13 (compatibility caseless match)
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = text.normalize('NFKC');
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const next = foldCase(folded).normalize('NFKC');
    if (next === folded) return folded;
    folded = next;
  }
  return folded;
}
