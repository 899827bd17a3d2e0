/** The beginning of every variable of ours that is not a name the whole world uses (`PORT`, `HOST`, `DATABASE_URL`). */
const PREFIX = 'LATCHKEY_';

/**
 * A sentence for each name that looks like ours and is not known: a misspelt name would silently leave its default in force.
 * Names the nearest known one when only a few letters differ.
 */
export function unknownNames(names: readonly string[], known: readonly string[]): string[] {
  return names
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known);
      return `${name} is not a setting of Latchkey${near === null ? '' : `; did you mean ${near}?`}`;
    });
}

function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor((name.length - PREFIX.length) / 3)) + 1;
  for (const other of known) {
    const edits = editDistance(name, other);
    if (edits >= least) continue;
    least = edits;
    best = other;
  }
  return best;
}

/** How many letters to insert, delete or replace. Names are short, so the plain table will do. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
