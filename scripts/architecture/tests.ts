import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { wordsUsed } from './words.js';

/** What a process has used depends on the machine and its other guests: `bench/` compares such figures, a test never does. */
const MEASURES = ['process.cpuUsage', 'process.hrtime', 'process.memoryUsage', 'process.resourceUsage'];
/** To wait until something is there, or for so long at most, is no comparison; to expect something of it is. */
const CLOCKS = ['performance.now', 'Date.now'];

/** Every TypeScript file below `test`, as paths from the root with forward slashes, sorted. */
export function testFiles(root = process.cwd()): readonly string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((path) => `test/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
    .sort();
}

/** One sentence per place where a test asserts how long something took, or what it used. */
export function checkTest(path: string, text: string): readonly string[] {
  // To read the syntax takes much longer than to see that there is no such word at all.
  if (!/cpuUsage|hrtime|memoryUsage|resourceUsage|\bnow\b/.test(text)) return [];
  const measured = wordsUsed(path, text, MEASURES);
  const expected = expectations(path, text).flatMap(({ text: argument, line }) =>
    wordsUsed(path, argument, CLOCKS).map((use) => ({ ...use, line: line + use.line - 1 })),
  );
  return [...measured, ...expected].map(({ word, line }) => `${path}:${line}: ${word} in a test; costs are compared in bench`);
}

/** `checkTest` over every file of `test`. */
export function checkTests(root = process.cwd()): readonly string[] {
  return testFiles(root).flatMap((path) => checkTest(path, readFileSync(join(root, path), 'utf8')));
}

/** What is given to `expect`, and the line on which it begins. */
function expectations(path: string, text: string): readonly { readonly text: string; readonly line: number }[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const found: { text: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'expect') {
      for (const argument of node.arguments) {
        found.push({ text: argument.getText(file), line: file.getLineAndCharacterOfPosition(argument.getStart(file)).line + 1 });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
