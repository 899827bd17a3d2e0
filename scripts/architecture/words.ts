import ts from 'typescript';
import { pathPattern, type Wall } from './table.js';

/** A line that uses a word behind a wall. */
export interface Use {
  readonly word: string;
  readonly line: number;
}

/**
 * The walled words that a file uses. Read from the syntax tree, so that comments and strings do not count and other spellings do:
 * `process['env']`, `const { env } = process` and `import { env } from 'node:process'` are all `process.env`.
 *
 * Words: `a.b` for a property of a global, `new Date()` without arguments, `fetch` when called, `any`, `as unknown as`,
 * and any single identifier, such as `randomUUID`.
 */
export function wordsUsed(path: string, text: string, words: readonly string[]): readonly Use[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const uses: Use[] = [];
  const visit = (node: ts.Node): void => {
    for (const word of wordsOf(node)) {
      if (words.includes(word)) uses.push({ word, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return uses;
}

/** Words that count in one place only: `fetch` when called, `any` as a type. As the name of something else they are free. */
const NOT_AS_NAMES = ['fetch', 'any'];

function wordsOf(node: ts.Node): readonly string[] {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return ['any'];
  if (ts.isPropertyAccessExpression(node)) return [member(node.expression, node.name.text)];
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return [member(node.expression, node.argumentExpression.text)];
  }
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
    return (node.arguments ?? []).length === 0 ? [`new ${node.expression.text}()`] : [];
  }
  if (ts.isCallExpression(node)) return ts.isIdentifier(node.expression) && node.expression.text === 'fetch' ? ['fetch'] : [];
  if (ts.isVariableDeclaration(node)) return destructured(node);
  if (ts.isImportDeclaration(node)) return imported(node);
  if (ts.isAsExpression(node) && ts.isAsExpression(node.expression) && node.expression.type.kind === ts.SyntaxKind.UnknownKeyword) {
    return ['as unknown as'];
  }
  return ts.isIdentifier(node) && !NOT_AS_NAMES.includes(node.text) ? [node.text] : [];
}

/** `globalThis.fetch` is `fetch`; `Date.now` stays as it is. */
function member(object: ts.Expression, name: string): string {
  const owner = ts.isIdentifier(object) ? object.text : '';
  return owner === 'globalThis' ? name : `${owner}.${name}`;
}

function destructured(node: ts.VariableDeclaration): readonly string[] {
  if (!ts.isObjectBindingPattern(node.name) || node.initializer === undefined || !ts.isIdentifier(node.initializer)) return [];
  const owner = node.initializer.text;
  return node.name.elements.map((element) => `${owner}.${(element.propertyName ?? element.name).getText()}`);
}

/** Named imports from a module of Node count as properties of the global of that name: `node:process` gives `process.env`. */
function imported(node: ts.ImportDeclaration): readonly string[] {
  const bindings = node.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings) || !ts.isStringLiteral(node.moduleSpecifier)) return [];
  const owner = node.moduleSpecifier.text.replace('node:', '');
  return bindings.elements.map((element) => `${owner}.${(element.propertyName ?? element.name).text}`);
}

/** One sentence per use of a walled word in a file that has no right to it. */
export function checkWords(path: string, text: string, walls: readonly Wall[]): readonly string[] {
  return walls
    .filter(({ where }) => !where.some((name) => new RegExp(pathPattern(name)).test(path)))
    .flatMap(({ what, where }) =>
      wordsUsed(path, text, what).map(
        ({ word, line }) => `${path}:${line}: ${word} only in ${where.length === 0 ? 'nothing' : where.join(', ')}`,
      ),
    );
}
