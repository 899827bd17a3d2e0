import Table from 'cli-table3';
import colors from 'picocolors';

export type Paint = ReturnType<typeof colors.createColors>;

/** Colours for a terminal, plain text for a file or a pipe. */
export function paintFor(isTerminal: boolean): Paint {
  return colors.createColors(isTerminal && colors.isColorSupported);
}

const NO_BORDER = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** A table without lines, so that a row is one line to `grep` and `awk`. */
export function table(
  paint: Paint,
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
  empty: string,
): string {
  if (rows.length === 0) return paint.dim(empty);
  const lines = new Table({
    head: head.map((title) => paint.bold(title)),
    chars: NO_BORDER,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  lines.push(...rows.map((row) => row.map((cell) => plain(cell === null ? '–' : String(cell)))));
  return lines
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `name  value` lines. */
export function fields(paint: Paint, entries: readonly (readonly [string, string | number | null])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${paint.dim(name.padEnd(width))}  ${plain(value === null ? '–' : String(value))}`).join('\n');
}

/** What was made and its token, which is shown this once, with the word that says so. */
export function shownOnce(paint: Paint, made: readonly (readonly [string, string])[], token: string): string {
  return `${fields(paint, [...made, ['token', token]])}\n${paint.dim('The token is shown this once. Keep it where secrets are kept.')}`;
}

/** Names come from outside: what could move the cursor or colour the terminal is shown as `?`. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
