import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { eventsPage } from './events-page.js';
import { configurationPage } from './pages.js';
import { type GeneratedFile, schemaPaths, TYPES_FOLDER, typesOf } from './types.js';

/** Everything that is made from `schemas/`, as it should be. */
export async function generate(): Promise<readonly GeneratedFile[]> {
  return [...(await Promise.all(schemaPaths().map(typesOf))), configurationPage(), eventsPage()];
}

/** What on disk differs from what should be there: paths that are missing, changed, or left over from a schema that is gone. */
export function stale(files: readonly GeneratedFile[]): readonly string[] {
  const differing = files.filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text).map(({ path }) => path);
  return [...differing, ...leftOver(files)].sort();
}

/** Generated types whose schema is gone. */
export function leftOver(files: readonly GeneratedFile[]): readonly string[] {
  if (!existsSync(TYPES_FOLDER)) return [];
  const wanted = new Set(files.map(({ path }) => path));
  return readdirSync(TYPES_FOLDER, { recursive: true, encoding: 'utf8' })
    .map((path) => `${TYPES_FOLDER}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !wanted.has(path));
}
