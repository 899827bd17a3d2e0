import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/** The environment tells the processes that run tests where the result is; without it each child compiles for itself. */
const FOLDER = 'TEST_COMPILED';
/** What a child process of a test may run or import. */
const SOURCES = ['src/**/*.ts', 'sandbox/**/*.ts', 'test/support/**/*.ts'];
/** The demo reads its seeds as TypeScript, as the README's command does. */
const AS_IT_IS = /^demo\//;
/** What they find by their own place. */
const BESIDE = ['node_modules', 'package.json', 'schemas', 'guest-page'];

/**
 * Strips the types from this checkout's programs once, into a folder of its own: a child process then starts in less than half
 * the time that it takes to compile what it imports. Returns what deletes the folder. Coverage sees the sources, so it compiles in
 * each child.
 */
export async function compileOnce(): Promise<() => void> {
  if (process.env['NODE_V8_COVERAGE'] !== undefined) return () => undefined;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-compiled-')));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  await build({ entryPoints: SOURCES, outdir: folder, outbase: '.', format: 'esm', platform: 'node', target: 'node20', logLevel: 'error' });
  for (const name of BESIDE) symlinkSync(resolve(name), join(folder, name));
  process.env[FOLDER] = folder;
  return () => {
    delete process.env[FOLDER];
    remove();
  };
}

/** The arguments of Node that run a TypeScript file of this checkout. */
export function runnable(file: string): readonly string[] {
  const folder = process.env[FOLDER];
  return folder === undefined || AS_IT_IS.test(relative('.', file))
    ? ['--import=tsx', file]
    : [join(folder, relative('.', file).replace(/\.ts$/, '.js'))];
}
