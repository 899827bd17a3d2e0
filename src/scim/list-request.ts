import { SEARCH_REQUEST_URN } from '../domain/scim.js';
import { InvalidFilter, InvalidSyntax, InvalidValue } from './errors.js';
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
  /** Names with commas between them. */
  readonly attributes?: string | undefined;
  readonly excludedAttributes?: string | undefined;
}

/** Errors: `InvalidValue` for numbers that are none. */
export function listRequestOf(query: ScimQuery): ListRequest {
  return { ...query, startIndex: integer('startIndex', query.startIndex), count: integer('count', query.count) };
}

const INTEGER = /^[+-]?\d{1,40}$/;

/** Beyond what a list can hold all numbers are alike, so a huge one means "past the end". */
function integer(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!INTEGER.test(text)) throw new InvalidValue(`${name} must be an integer.`);
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(text)));
}

const FIELDS: ReadonlySet<string> = new Set([
  'schemas',
  'filter',
  'sortby',
  'sortorder',
  'startindex',
  'count',
  'attributes',
  'excludedattributes',
]);

/**
 * Reads a SearchRequest message. Numbers are JSON numbers and names come in lists; null is "not said", what else a
 * message may hold is ignored.
 *
 * @throws InvalidSyntax for the message, InvalidFilter for a filter that is no text, InvalidValue for the rest
 * @see RFC 7644 section 3.4.3
 */
export function parseSearchRequest(body: unknown): ListRequest {
  if (!isObject(body)) throw new InvalidSyntax('The body must be a JSON object.');
  const fields = messageFields(body, FIELDS);
  requireSchema(fields.get('schemas'), SEARCH_REQUEST_URN);
  const filter = fields.get('filter') ?? undefined;
  if (filter !== undefined && typeof filter !== 'string') throw new InvalidFilter('The filter must be a text.');
  return {
    filter,
    sortBy: text(fields, 'sortBy'),
    sortOrder: text(fields, 'sortOrder'),
    startIndex: wholeNumber(fields, 'startIndex'),
    count: wholeNumber(fields, 'count'),
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

function wholeNumber(fields: Fields, name: string): number | undefined {
  const value = said(fields, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new InvalidValue(`${name} must be an integer.`);
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
