import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { compile } from './compile-schema.mjs';

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** The folder that holds generated types and nothing else. */
export const TYPES_FOLDER = 'src/domain/generated';

/** Every schema below `schemas`, as paths relative to that folder, sorted. */
export function schemaPaths(): readonly string[] {
  return readdirSync('schemas', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.json'))
    .sort();
}

/** The TypeScript types of one schema. Types that it refers to in other schemas are repeated, so that each file stands alone. */
export async function typesOf(path: string): Promise<GeneratedFile> {
  const file = resolve('schemas', path);
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isObject(schema)) throw new Error(`${path} is not a schema`);
  const text = await compile(withoutPositions(schema), path, {
    // References are relative to the file that holds them.
    cwd: `${dirname(file)}/`,
    additionalProperties: false,
    bannerComment: `// Generated from ${relative('.', file).replaceAll('\\', '/')} by \`npm run generate\`. Do not edit.`,
    strictIndexSignatures: true,
    // Arrays stay arrays; `maxItems` would turn them into unions of tuples.
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 140, trailingComma: 'all', bracketSpacing: true },
  });
  return { path: join(TYPES_FOLDER, path.replace(/\.json$/, '.ts')).replaceAll('\\', '/'), text };
}

/** `$id` names a place that does not exist, so nothing may try to fetch from there. */
function withoutPositions({ $id: _, ...schema }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return schema;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
