import { SEARCH_REQUEST_URN } from '../domain/scim.js';
import { InvalidCount, InvalidCursor, InvalidFilter, InvalidSyntax, InvalidValue } from './errors.js';
import { messageFields, requireSchema } from './model/message.js';
import { isObject } from './model/read-value.js';
import { PROJECTION_NAMES_MAX } from './schema/limits.js';
import type { ScimQuery } from './transport/query.js';

/** What a list is asked for, however it came: in the query of a GET or in the body of a `/.search`. @see RFC 7644 sections 3.4.2 and 3.4.3 */
export interface ListRequest {
  readonly filter?: string | undefined;
  readonly sortBy?: string | undefined;
  readonly sortOrder?: string | undefined;
  readonly startIndex?: number | undefined;
  readonly count?: number | undefined;
  /** Empty for the first page; not given: pages are found by `startIndex`. @see RFC 9865 section 2 */
  readonly cursor?: string | undefined;
  /** Names with commas between them. */
  readonly attributes?: string | undefined;
  readonly excludedAttributes?: string | undefined;
}

/** Errors: `InvalidValue` for numbers that are none, `InvalidCount` for such a count beside a cursor. */
export function listRequestOf(query: ScimQuery): ListRequest {
  return {
    ...query,
    startIndex: integer(query.startIndex, notInteger('startIndex')),
    count: integer(query.count, badCount(query.cursor)),
  };
}

type Refusal = () => InvalidValue | InvalidCount;

function notInteger(name: string): Refusal {
  return () => new InvalidValue(`${name} must be an integer.`);
}

/** The mistake has a name of its own beside a cursor. @see RFC 9865 section 2.1 */
function badCount(cursor: string | undefined): Refusal {
  return cursor === undefined ? notInteger('count') : () => new InvalidCount();
}

const INTEGER = /^[+-]?\d{1,40}$/;

/** Beyond what a list can hold all numbers are alike, so a huge one means "past the end". */
function integer(text: string | undefined, refusal: Refusal): number | undefined {
  if (text === undefined) return undefined;
  if (!INTEGER.test(text)) throw refusal();
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(text)));
}

const FIELDS: ReadonlySet<string> = new Set([
  'schemas',
  'filter',
  'sortby',
  'sortorder',
  'startindex',
  'count',
  'cursor',
  'attributes',
  'excludedattributes',
]);

/**
 * Reads a SearchRequest message. Numbers are JSON numbers and names come in lists; null is "not said", what else a
 * message may hold is ignored.
 *
 * @throws InvalidSyntax for the message; InvalidFilter, InvalidCursor and InvalidCount for what is of the wrong type there;
 * InvalidValue for the rest
 * @see RFC 7644 section 3.4.3
 */
export function parseSearchRequest(body: unknown): ListRequest {
  if (!isObject(body)) throw new InvalidSyntax('The body must be a JSON object.');
  const fields = messageFields(body, FIELDS);
  requireSchema(fields.get('schemas'), SEARCH_REQUEST_URN);
  const filter = fields.get('filter') ?? undefined;
  if (filter !== undefined && typeof filter !== 'string') throw new InvalidFilter('The filter must be a text.');
  const cursor = fields.get('cursor') ?? undefined;
  if (cursor !== undefined && typeof cursor !== 'string') throw new InvalidCursor();
  return {
    filter,
    sortBy: text(fields, 'sortBy'),
    sortOrder: text(fields, 'sortOrder'),
    startIndex: wholeNumber(fields, 'startIndex', notInteger('startIndex')),
    count: wholeNumber(fields, 'count', badCount(cursor)),
    cursor,
    attributes: names(fields, 'attributes'),
    excludedAttributes: names(fields, 'excludedAttributes'),
  };
}

type Fields = ReadonlyMap<string, unknown>;

function said(fields: Fields, name: string): unknown {
  return fields.get(name.toLowerCase()) ?? undefined;
}

function text(fields: Fields, name: string): string | undefined {
  const value = said(fields, name);
  if (value !== undefined && typeof value !== 'string') throw new InvalidValue(`${name} must be a text.`);
  return value;
}

function wholeNumber(fields: Fields, name: string, refusal: Refusal): number | undefined {
  const value = said(fields, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw refusal();
  return value;
}

function names(fields: Fields, name: string): string | undefined {
  const value = said(fields, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new InvalidValue(`${name} must be a list of names.`);
  if (value.length > PROJECTION_NAMES_MAX) throw new InvalidValue(`No more than ${PROJECTION_NAMES_MAX} attributes can be named.`);
  for (const item of value) {
    if (typeof item !== 'string') throw new InvalidValue(`${name} must be a list of names.`);
  }
  return value.join(',');
}
