/** One row of the import table: files that match a name may import files of that same name, and those of `may`. */
export interface Row {
  readonly names: readonly string[];
  readonly may: readonly string[] | 'everything';
}

/** Something that only files of `where` may use; an empty list means nobody. */
export interface Wall {
  readonly what: readonly string[];
  readonly where: readonly string[];
}

/** The lines of the fenced block ```` ```name ```` in a Markdown page, without empty ones and without what follows a `#`. */
function block(markdown: string, name: string): readonly string[] {
  const lines = markdown.split('\n');
  const start = lines.indexOf(`\`\`\`${name}`);
  const end = lines.indexOf('```', start);
  if (start === -1 || end === -1) throw new Error(`ARCHITECTURE.md has no block ${name}`);
  const content = lines
    .slice(start + 1, end)
    .map((line) => (line.split('#')[0] ?? '').trim())
    .filter((line) => line !== '');
  if (content.length === 0) throw new Error(`the block ${name} of ARCHITECTURE.md is empty`);
  return content;
}

function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function halves(line: string, separator: string): readonly [string, string] {
  const [left, right, ...rest] = line.split(separator);
  if (left === undefined || right === undefined || rest.length > 0) throw new Error(`not understood in ARCHITECTURE.md: ${line}`);
  return [left.trim(), right.trim()];
}

/** The table "who may import whom", in its order: the first row that matches a file counts. */
export function importTable(markdown: string): readonly Row[] {
  return block(markdown, 'imports').map((line) => {
    const [left, right] = halves(line, '←');
    if (right === 'everything') return { names: listed(left), may: 'everything' };
    return { names: listed(left), may: right === 'nothing' ? [] : listed(right) };
  });
}

/** A block of walls, `packages` or `words`. */
export function walls(markdown: string, name: 'packages' | 'words'): readonly Wall[] {
  return block(markdown, name).map((line) => {
    const [left, right] = halves(line, ' only in ');
    return { what: listed(left), where: right === 'nothing' ? [] : listed(right) };
  });
}

/** The names listed in the block `pure`. */
export function pureNames(markdown: string): readonly string[] {
  return block(markdown, 'pure').flatMap(listed);
}

const BESIDE_SRC = new Set(['sandbox', 'conformance']);

/**
 * A name of the table as a regular expression over paths from the root of the project. `access` is the file `src/access.ts` and
 * everything in the folder; `*` stands for anything inside one path segment, a leading `**` for one folder or more. `sandbox` and
 * `conformance` lie beside `src`.
 */
export function pathPattern(name: string): string {
  const anyFolders = name.startsWith('**/');
  const rest = (anyFolders ? name.slice(3) : name).replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  const root = BESIDE_SRC.has(name.split('/')[0] ?? '') ? '' : 'src/';
  return `^${root}${anyFolders ? '.*/' : ''}${rest}(?:/|\\.ts$)`;
}
