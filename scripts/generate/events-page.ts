import { existsSync } from 'node:fs';
import { code, type Described, GENERATED, type Property, read, table } from './pages.js';
import type { GeneratedFile } from './types.js';

/** One kind of event, as `schemas/events` declare it. */
interface Declared extends Described {
  readonly properties?: Readonly<Record<string, Property & Described & { readonly const?: string }>>;
  readonly examples?: readonly { readonly verb: string; readonly details: unknown }[];
}

/** `docs/events.md`: the form of an event, its verbs and its object types. */
export function eventsPage(): GeneratedFile {
  const schema = read('schemas/event.json');
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const shared = schema.$defs?.[property.$ref?.split('/').at(-1) ?? ''];
    return [code(name), typeName(property, shared), property.description ?? shared?.description ?? ''];
  });
  const section = (name: string): string => {
    const definition = schema.$defs?.[name];
    const rows = (definition?.oneOf ?? []).map((value) => [code(value.const), value.description ?? '']);
    return table([code(name), definition?.description ?? ''], rows);
  };
  const text = `${GENERATED('schemas/event.json and schemas/events')}

# Events

${schema.description ?? ''}
One event is written per effective change, in the transaction of the change.

${table(['Field', 'Type', 'Meaning'], fields)}

A subject and an object are \`{type, id, name}\`; the subject of a \`use\` by a member has \`credential\` as well, \`{type, id}\` of what was used.
An event is never changed, but for who it is about: an hour after a member was purged (90 days
after it was soft-deleted), and 92 days after a User was deleted, the names in the events about it become \`(erased)\`, addresses become an
empty list, and sentences with names (\`because\` of a denied \`use\`) go. Ids, order and all else stay.

## Verbs

${section('EventVerb')}

## Types of objects

${section('EventObjectType')}

## Other subjects

${section('EventSubjectType')}

## Catalogue

Every event that the program writes. \`details\` hold what is listed and nothing else; what is in brackets may be absent.

${catalogue(schema)}
`;
  return { path: 'docs/events.md', text };
}

function typeName(property: Property, shared: Described | undefined): string {
  if (property.$ref !== undefined) return shared?.oneOf === undefined ? 'object' : 'verb';
  if (property.enum !== undefined) return property.enum.map(code).join(', ');
  if (property.format === 'date-time') return 'instant (UTC)';
  return typeof property.type === 'string' ? property.type : (property.type ?? []).join(' or ');
}

/** By type of object, in the order of the list of types: each verb with what it means, its details and an example. */
function catalogue(schema: Described): string {
  const types = (schema.$defs?.['EventObjectType']?.oneOf ?? []).map((type) => String(type.const));
  return types
    .filter((type) => existsSync(`schemas/events/${type}.json`))
    .map((type) => {
      const declared = read(`schemas/events/${type}.json`);
      const kinds = Object.values((declared.$defs ?? {}) as Readonly<Record<string, Declared>>);
      return [
        `### ${code(type)}`,
        declared.description ?? '',
        table(['Verb', 'Meaning', 'Details'], kinds.map(rowOf)),
        exampleOf(kinds),
      ].join('\n\n');
    })
    .join('\n\n');
}

function rowOf({ description = '', properties }: Declared): string[] {
  const details = properties?.['details'];
  const fields = Object.entries(details?.properties ?? {}).map(([name, field]) => {
    const inner = name === 'changes' ? Object.keys((field as Described).properties ?? {}) : [];
    const text = inner.length === 0 ? code(name) : `${code(name)} of ${inner.map(code).join(', ')}`;
    return details?.required?.includes(name) === true ? text : `[${text}]`;
  });
  return [code(properties?.['verb']?.const), description, fields.length === 0 ? 'none' : fields.join(', ')];
}

function exampleOf(kinds: readonly Declared[]): string {
  const lines = kinds.flatMap(({ examples = [] }) => examples.map((example) => JSON.stringify(example)));
  return ['```json', ...lines, '```'].join('\n');
}
