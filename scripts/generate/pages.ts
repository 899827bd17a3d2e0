import { readFileSync } from 'node:fs';
import type { GeneratedFile } from './types.js';

export interface Property {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly $ref?: string;
  readonly 'x-secret'?: boolean;
}

export interface Described {
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly oneOf?: readonly { readonly const?: string; readonly description?: string }[];
  readonly $defs?: Readonly<Record<string, Described>>;
}

/** Reads a schema of ours; its keywords are checked by the tests of `schemas/`. */
export function read(path: string): Described {
  return JSON.parse(readFileSync(path, 'utf8')) as Described;
}

export const GENERATED = (source: string): string => `<!-- Generated from ${source} by \`npm run generate\`. Do not edit. -->`;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const code = (value: unknown): string => `\`${String(value)}\``;

/** `docs/configuration.md`: one row per environment variable. */
export function configurationPage(): GeneratedFile {
  const properties = Object.entries(read('schemas/config.json').properties ?? {});
  const rows = properties.map(([name, property]) => [
    code(name),
    [property.description ?? '', ...(property.enum === undefined ? [] : [`One of ${property.enum.map(code).join(', ')}.`])].join(' '),
    property.default === undefined ? '' : code(property.default),
    property.examples?.[0] === undefined ? '' : code(property.examples[0]),
  ]);
  const secrets = properties.filter(([, property]) => property['x-secret'] === true).map(([name]) => `${code(`${name}_FILE`)}`);
  const text = `${GENERATED('schemas/config.json')}

# Configuration

Latchkey reads environment variables, and a file \`.env\` in the folder it is started in; a variable of the environment wins over the
file. Nothing has to be set. All mistakes are listed at once and the service does not start: a value of the wrong form, or a variable
that begins with \`LATCHKEY_\` and is not known. An empty value counts as absent.

${table(['Variable', 'Meaning', 'Default', 'Example'], rows)}

Secrets can come from files, as Docker and Kubernetes mount them: ${secrets.join(', ')} name a file whose content,
without the line break at its end, is the value. Setting both forms is a mistake.

Base URLs, credentials and rules of the outside systems are settings of their integrations, not environment variables.
`;
  return { path: 'docs/configuration.md', text };
}
