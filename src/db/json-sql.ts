import type { Engine } from './dialect.js';

/** A piece of SQL with `?` for each binding, in order. Neither dialect uses a `?` of its own. */
export interface Fragment {
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

/** What stands at a place of a document: decides what counts as "nothing there". */
export type JsonShape = 'value' | 'object' | 'array';

/**
 * Reading JSON in SQL, where SQLite (`TEXT`, json_extract) and PostgreSQL (`jsonb`) differ. `source` is an SQL
 * expression of a document or an array element, `keys` lead down from it; no keys mean the source itself. Keys come
 * from a schema, never from a caller. An expression is NULL where there is nothing or null.
 *
 * Text is compared and ordered by code point on both engines. Substrings are found by position, never by LIKE, so
 * `%`, `_` and `\` are ordinary characters and no engine folds letters.
 */
export interface JsonSql {
  /** The text of a string. */
  text(source: string, keys: readonly string[]): string;
  /** A number that can be compared with a bound one. */
  number(source: string, keys: readonly string[]): string;
  /** Condition: the boolean there has this value. NULL if there is none. */
  isBoolean(source: string, keys: readonly string[], value: boolean): string;
  /** Condition, never NULL: there is a value, an object with members, an array with elements. */
  exists(source: string, keys: readonly string[], shape: JsonShape): string;
  /** Condition, never NULL: an element of the array fulfils `condition`, which reads it as `elementSource(alias)`. */
  anyElement(source: string, keys: readonly string[], alias: string, condition: string): string;
  elementSource(alias: string): string;
  /** Text at `inner` of the element with `primary: true`, else of the first one: what a multi-valued attribute sorts by. */
  preferredElement(source: string, keys: readonly string[], inner: readonly string[]): string;
  /** `expression` in an order comparison with a bound text: by code point. */
  codePoints(expression: string): string;
  contains(expression: string, part: string): Fragment;
  startsWith(expression: string, start: string): Fragment;
  endsWith(expression: string, end: string): Fragment;
}

const KEY = /^[A-Za-z0-9_$:.-]+$/;

/** A key that needs no escaping in a JSON path, an SQL string or a statement with `?`. Anything else is our own mistake. */
function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new RangeError('not a key of a schema');
  return key;
}

/** Both engines count characters as code points. */
function codePointCount(text: string): number {
  return Array.from(text).length;
}

/** Quoted, because the URN of an extension holds dots and colons. */
function sqlitePath(keys: readonly string[]): string {
  return `'$${keys.map((key) => `."${checkedKey(key)}"`).join('')}'`;
}

function sqliteValue(source: string, keys: readonly string[]): string {
  // json_each has already turned an element that is no object into an SQL value, which json_extract would not take.
  return keys.length === 0 ? source : `json_extract(${source}, ${sqlitePath(keys)})`;
}

/** @see https://sqlite.org/json1.html */
export const sqliteJson: JsonSql = {
  text: sqliteValue,
  number: sqliteValue,
  isBoolean: (source, keys, value) => `${sqliteValue(source, keys)} = ${value ? 1 : 0}`,
  exists(source, keys, shape) {
    if (shape === 'value') return `${sqliteValue(source, keys)} IS NOT NULL`;
    if (shape === 'object') return `coalesce(${sqliteValue(source, keys)} <> '{}', FALSE)`;
    return `coalesce(json_array_length(${source}, ${sqlitePath(keys)}) > 0, FALSE)`;
  },
  anyElement(source, keys, alias, condition) {
    // A null in place of the array would be one element.
    return `EXISTS (SELECT 1 FROM json_each(${source}, ${sqlitePath(keys)}) AS ${alias} WHERE ${alias}.type <> 'null' AND (${condition}))`;
  },
  elementSource: (alias) => `${alias}.value`,
  preferredElement: (source, keys, inner) =>
    `(SELECT ${sqliteValue('preferred.value', inner)} FROM json_each(${source}, ${sqlitePath(keys)}) AS preferred
      ORDER BY CASE WHEN preferred.type = 'object' AND json_extract(preferred.value, '$.primary') = 1 THEN 0 ELSE 1 END, preferred.key LIMIT 1)`,
  codePoints: (expression) => `${expression} COLLATE BINARY`,
  contains: (expression, part) => ({ sql: `instr(${expression}, ?) > 0`, bindings: [part] }),
  startsWith: (expression, start) => ({ sql: `substr(${expression}, 1, ?) = ?`, bindings: [codePointCount(start), start] }),
  endsWith(expression, end) {
    // substr from -0 would be the whole text; every text ends with the empty one.
    if (end === '') return { sql: `${expression} >= ''`, bindings: [] };
    return { sql: `substr(${expression}, ?) = ?`, bindings: [-codePointCount(end), end] };
  },
};

function postgresJsonb(source: string, keys: readonly string[]): string {
  return keys.length === 0 ? source : `(${source}${keys.map((key) => ` -> '${checkedKey(key)}'`).join('')})`;
}

function postgresText(source: string, keys: readonly string[]): string {
  return `(${postgresJsonb(source, keys)} #>> '{}')`;
}

function postgresElements(value: string): string {
  return `jsonb_array_elements(CASE WHEN jsonb_typeof(${value}) = 'array' THEN ${value} ELSE '[]'::jsonb END)`;
}

/** Operators with a `?` (jsonb has three) would read as placeholders and are not used. @see PostgreSQL manual, JSON functions and operators */
export const postgresJson: JsonSql = {
  text: postgresText,
  // The cast refuses what is no number, and AND does not promise to look at the type first: CASE does.
  number(source, keys) {
    const value = postgresJsonb(source, keys);
    return `(CASE WHEN jsonb_typeof(${value}) = 'number' THEN ${value}::numeric END)`;
  },
  isBoolean: (source, keys, value) => `${postgresJsonb(source, keys)} = '${value ? 'true' : 'false'}'::jsonb`,
  exists(source, keys, shape) {
    if (shape === 'value') return `${postgresText(source, keys)} IS NOT NULL`;
    const value = postgresJsonb(source, keys);
    return `coalesce(jsonb_typeof(${value}) = '${shape}' AND ${value} <> '${shape === 'object' ? '{}' : '[]'}'::jsonb, FALSE)`;
  },
  anyElement: (source, keys, alias, condition) =>
    `EXISTS (SELECT 1 FROM ${postgresElements(postgresJsonb(source, keys))} AS ${alias}(value) WHERE ${condition})`,
  elementSource: (alias) => `${alias}.value`,
  preferredElement: (source, keys, inner) =>
    `(SELECT ${postgresText('preferred.value', inner)} FROM ${postgresElements(postgresJsonb(source, keys))} WITH ORDINALITY AS preferred(value, position)
      ORDER BY CASE WHEN preferred.value -> 'primary' = 'true'::jsonb THEN 0 ELSE 1 END, preferred.position LIMIT 1)`,
  codePoints: (expression) => `${expression} COLLATE "C"`,
  contains: (expression, part) => ({ sql: `strpos(${expression}, ?) > 0`, bindings: [part] }),
  startsWith: (expression, start) => ({ sql: `left(${expression}, ?) = ?`, bindings: [codePointCount(start), start] }),
  endsWith: (expression, end) => ({ sql: `right(${expression}, ?) = ?`, bindings: [codePointCount(end), end] }),
};

export function jsonOf(engine: Engine): JsonSql {
  return engine === 'sqlite' ? sqliteJson : postgresJson;
}
