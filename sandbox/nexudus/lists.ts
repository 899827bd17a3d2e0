import type { Request } from 'express';
import { type Common, ENTITIES, type EntityName } from './records.js';

/** Meaning of `dir`, on which sources disagree. */
export type Direction = 'one-up' | 'one-down' | 'words';

export interface ListSwitches {
  dir: Direction;
  /** What comes without `dir` is in falling order. */
  fallingByDefault: boolean;
  /** A larger `size` is cut to this, without a word. */
  sizeMax: number;
  /** Fields that lists leave out beside those they always do. */
  omitted: string[];
  /** The last row of a page comes again as the first of the next. */
  repeatRows: boolean;
  /** Such a page brings the rows of the page before. */
  repeatPage: number | null;
  /** Kinds whose lists are empty. */
  empty: EntityName[];
}

export const LIST_SWITCHES: ListSwitches = {
  dir: 'one-up',
  fallingByDefault: false,
  sizeMax: 1_000,
  omitted: [],
  repeatRows: false,
  repeatPage: null,
  empty: [],
};

type Row = Readonly<Record<string, unknown>> & { readonly Id: number };

/** A list or batch answer: filtered, ordered, cut into pages, and partial. */
export function listAnswer(name: EntityName, records: readonly Common[], query: Request['query'], switches: ListSwitches): unknown {
  const all: Row[] = switches.empty.includes(name) ? [] : records.map((record) => ({ ...record }));
  const batch = idsOf(query['id']);
  if (batch !== null) return all.filter(({ Id }) => batch.includes(Id)).map((row) => partial(name, row, switches));

  const rows = ordered(
    all.filter((row) => matches(name, row, query)),
    query,
    switches,
  );
  const size = Math.min(numberOf(query['size'], 25), switches.sizeMax);
  const page = numberOf(query['page'], 1);
  const shown = switches.repeatPage === page ? page - 1 : page;
  const start = (shown - 1) * size;
  const again = switches.repeatRows && page > 1 ? rows.slice(start - 1, start) : [];
  const here = rows.slice(start, start + size);
  return {
    Records: [...again, ...here].map((row) => partial(name, row, switches)),
    CurrentPage: page,
    CurrentPageSize: size,
    CurrentOrderField: textOf(query['orderBy']) ?? 'Id',
    CurrentSortDirection: 1,
    FirstItem: here.length === 0 ? 0 : start + 1,
    LastItem: start + here.length,
    TotalItems: rows.length,
    TotalPages: Math.ceil(rows.length / size),
    HasNextPage: page * size < rows.length,
    HasPreviousPage: page > 1,
  };
}

function partial(name: EntityName, row: Row, { omitted }: ListSwitches): Row {
  const left = new Set([...ENTITIES[name].omitted, ...omitted]);
  return { Id: row.Id, ...Object.fromEntries(Object.entries(row).filter(([field]) => !left.has(field))) };
}

/** `Booking_Property=`, `Booking_Relation=id`, `from_Booking_Property=`, `to_Booking_Property=`, `Booking_Id=[1,2]`. */
function matches(name: EntityName, row: Row, query: Request['query']): boolean {
  return Object.entries(query).every(([key, given]) => {
    const value = textOf(given);
    if (value === null) return true;
    const bound = (['from_', 'to_'] as const).find((prefix) => key.startsWith(`${prefix}${name}_`));
    if (bound !== undefined) return withinBound(row[key.slice(bound.length + name.length + 1)], bound, value);
    if (!key.startsWith(`${name}_`)) return true;
    const property = key.slice(name.length + 1);
    const ids = property === 'Id' ? idsOf(value) : null;
    if (ids !== null) return ids.includes(row.Id);
    return String(row[property] ?? row[`${property}Id`] ?? '').toLowerCase() === value.toLowerCase();
  });
}

/** In minutes, UTC. */
function withinBound(value: unknown, bound: 'from_' | 'to_', text: string): boolean {
  if (typeof value !== 'string') return false;
  const at = Date.parse(value);
  const limit = Date.parse(`${text.slice(0, 'YYYY-MM-DDTHH:mm'.length)}:00Z`);
  return bound === 'from_' ? at >= limit : at <= limit;
}

function ordered(rows: readonly Row[], query: Request['query'], switches: ListSwitches): Row[] {
  const field = textOf(query['orderBy']) ?? 'Id';
  const sign = isFalling(textOf(query['dir']), switches) ? -1 : 1;
  return [...rows].sort((a, b) => sign * (compare(a[field], b[field]) || a.Id - b.Id));
}

function isFalling(dir: string | null, { dir: meaning, fallingByDefault }: ListSwitches): boolean {
  if (meaning === 'one-up' && (dir === '1' || dir === '-1')) return dir === '-1';
  if (meaning === 'one-down' && (dir === '0' || dir === '1')) return dir === '1';
  if (meaning === 'words' && (dir === 'ascending' || dir === 'descending')) return dir === 'descending';
  return fallingByDefault;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''));
}

/** `[1,2,3]`. */
function idsOf(given: unknown): number[] | null {
  const text = textOf(given);
  if (text === null || !/^\[[\d,\s]*\]$/.test(text)) return null;
  return text.slice(1, -1).split(',').map(Number);
}

function numberOf(given: unknown, otherwise: number): number {
  const value = Number(textOf(given) ?? otherwise);
  return Number.isInteger(value) && value > 0 ? value : otherwise;
}

function textOf(given: unknown): string | null {
  return typeof given === 'string' ? given : null;
}
