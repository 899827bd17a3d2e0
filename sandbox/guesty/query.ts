import type { Row } from './views.js';

/** What always comes with a reservation, whatever `fields` asks for. The status is not among it. */
const PERSISTENT = ['_id', 'integration._id', 'integration.platform', 'integration.limitations', 'accountId', 'guestId'];

interface Filter {
  readonly field: string;
  readonly operator: string;
  readonly value?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
}

export class BadQuery extends Error {}

/** `filters` of `GET /reservations`: all of them must hold. Errors: `BadQuery`. */
export function filtered(rows: readonly Row[], text: string | undefined): readonly Row[] {
  if (text === undefined || text === '') return rows;
  let filters: unknown;
  try {
    filters = JSON.parse(text);
  } catch {
    throw new BadQuery('filters is not JSON');
  }
  if (!Array.isArray(filters)) throw new BadQuery('filters must be a list');
  const tests = filters.map((filter) => testOf(filter as Filter));
  return rows.filter((row) => tests.every((test) => test(row)));
}

function testOf(filter: Filter): (row: Row) => boolean {
  const { field, operator, value, from, to } = filter;
  if (typeof field !== 'string') throw new BadQuery('a filter needs a field');
  const path = field.split('.');
  const at = (row: Row) => valueAt(row, path);
  switch (operator) {
    case '$eq':
      return (row) => compare(at(row), value) === 0;
    case '$not':
      return (row) => compare(at(row), value) !== 0;
    case '$contains':
      return (row) => String(at(row) ?? '').includes(String(value));
    case '$notcontains':
      return (row) => !String(at(row) ?? '').includes(String(value));
    case '$gt':
      return (row) => compare(at(row), value) > 0;
    case '$lt':
      return (row) => compare(at(row), value) < 0;
    case '$gte':
      return (row) => compare(at(row), value) >= 0;
    case '$lte':
      return (row) => compare(at(row), value) <= 0;
    case '$in':
      if (!Array.isArray(value)) throw new BadQuery('$in needs a list');
      return (row) => value.some((each) => compare(at(row), each) === 0);
    case '$between':
      return (row) => compare(at(row), from) >= 0 && compare(at(row), to) <= 0;
    default:
      throw new BadQuery(`unknown operator ${operator}`);
  }
}

/** NaN, so that nothing holds, when one of them is missing. Instants compare as times, everything else as text. */
export function compare(a: unknown, b: unknown): number {
  if (a === null || a === undefined || b === null || b === undefined) return Number.NaN;
  const [left, right] = [comparable(a), comparable(b)];
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [one, other] = [String(a), String(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function comparable(value: unknown): string | number {
  if (typeof value === 'number') return value;
  const text = String(value);
  const at = text.includes('T') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? text : at;
}

export function sorted(rows: readonly Row[], by: string): readonly Row[] {
  const descending = by.startsWith('-');
  const path = (descending ? by.slice(1) : by).split('.');
  const keyed = rows.map((row) => ({ row, key: valueAt(row, path) }));
  return keyed.sort((a, b) => (descending ? -1 : 1) * (compare(a.key, b.key) || 0)).map(({ row }) => row);
}

/** `fields`: names with dots, separated by spaces, beside the persistent set; without it everything. */
export function projected(row: Row, fields: string | undefined): Row {
  if (fields === undefined || fields.trim() === '') return row;
  const out: Record<string, unknown> = {};
  for (const path of [...PERSISTENT, ...fields.split(/\s+/)]) copy(row, out, path.split('.'));
  return out;
}

function copy(from: unknown, into: Record<string, unknown>, [name, ...rest]: readonly string[]): void {
  if (name === undefined || typeof from !== 'object' || from === null || !Object.hasOwn(from, name)) return;
  const value = (from as Row)[name];
  if (rest.length === 0) into[name] = value;
  else {
    const inner = { ...((into[name] as Row | undefined) ?? {}) };
    copy(value, inner, rest);
    into[name] = inner;
  }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Row)[name];
  }
  return at;
}
