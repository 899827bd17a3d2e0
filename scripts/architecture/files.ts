import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { walls } from './table.js';
import { checkWords } from './words.js';

const LINES_MAX = 400;
const GENERATED = 'src/domain/generated/';

/** Every TypeScript file below `src`, as paths from the root with forward slashes, sorted. Generated files are left out. */
export function sourceFiles(root = process.cwd()): readonly string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.startsWith(GENERATED))
    .sort();
}

/** The rules about a file by itself: its name, its length, and the words that it may use. */
export function checkFile(path: string, text: string, markdown: string): readonly string[] {
  const violations = [...checkWords(path, text, walls(markdown, 'words'))];
  const lines = text.split('\n').length - 1;
  if (lines > LINES_MAX) violations.push(`${path}: ${lines} lines, at most ${LINES_MAX}`);
  const stem = (path.split('/').at(-1) ?? '').replace('.ts', '');
  if (['utils', 'util', 'helpers', 'helper', 'misc', 'common'].includes(stem) || path.includes('/helpers/') || path.includes('/utils/')) {
    violations.push(`${path}: a name that says nothing`);
  }
  return violations;
}

/** `checkFile` over every source file. */
export function checkFiles(markdown: string, root = process.cwd()): readonly string[] {
  return sourceFiles(root).flatMap((path) => checkFile(path, readFileSync(join(root, path), 'utf8'), markdown));
}
