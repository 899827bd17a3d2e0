import type { Request, RequestHandler } from 'express';
import { InvalidFilter, InvalidValue } from '../errors.js';

const NAMES = ['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'cursor', 'attributes', 'excludedAttributes'] as const;
type Name = (typeof NAMES)[number];

/** The query parameters that SCIM knows, each a string at most once. @see RFC 7644 section 3.4.2 */
export type ScimQuery = { readonly [Key in Name]?: string };

const BY_LOWER_CASE: ReadonlyMap<string, Name> = new Map(NAMES.map((name) => [name.toLowerCase(), name]));

const queries = new WeakMap<Request, ScimQuery>();

/** The query that `readQuery` found. */
export function queryOf(request: Request): ScimQuery {
  return queries.get(request) ?? {};
}

/**
 * Parses the query once, into strings only, and keeps it out of the router's reach: scimmy-routers writes its own
 * reading of numbers into `request.query`, by which `0x10` is a count. Unknown parameters are ignored (Entra hangs a
 * flag on its base URL); a known one given twice or as `filter[a]` is refused, since every reading of it would be a guess.
 */
export const readQuery: RequestHandler = (request, _response, next) => {
  queries.set(request, parseQuery(request.originalUrl));
  next();
};

/** Errors: `InvalidFilter` for a repeated or structured filter, `InvalidValue` for any other parameter. */
export function parseQuery(url: string): ScimQuery {
  const start = url.indexOf('?');
  const query: { [Key in Name]?: string } = {};
  if (start < 0) return query;
  for (const [key, value] of new URLSearchParams(url.slice(start + 1))) {
    const bracket = key.indexOf('[');
    const name = BY_LOWER_CASE.get((bracket < 0 ? key : key.slice(0, bracket)).toLowerCase());
    if (name === undefined) continue;
    if (bracket >= 0 || query[name] !== undefined) throw refuse(name);
    query[name] = value;
  }
  return query;
}

function refuse(name: Name): Error {
  const message = `The parameter ${name} may be given once, as text.`;
  return name === 'filter' ? new InvalidFilter(message) : new InvalidValue(message);
}
