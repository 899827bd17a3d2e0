import type { Request } from 'express';
import { GOOGLE_ERRORS, type GoogleErrorRow } from './errors.js';
import type { Identity } from './identity.js';
import { isError, type ListPage, type PageTokens } from './page-tokens.js';
import type { GoogleSwitches } from './records.js';
import type { World } from './world.js';

export interface DirectoryParts {
  readonly world: World;
  readonly identity: Identity;
  readonly pageTokens: PageTokens;
  readonly switches: GoogleSwitches;
}

/** What a route answers: a body, or an error. */
export type Answer = { readonly body: unknown } | GoogleErrorRow;

/** A query parameter; undefined when it is absent. */
export function text(request: Request, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' ? value : undefined;
}

/** A page as it travels: the key of an empty list is left out. */
export function listBody<Item>(kind: string, key: string, page: ListPage<Item>, show: (item: Item) => unknown): Answer {
  if (isError(page)) return page;
  const { items, nextPageToken } = page;
  return {
    body: {
      kind,
      etag: '"list"',
      ...(items.length === 0 ? {} : { [key]: items.map(show) }),
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    },
  };
}

/** Which of the account's domains are meant: all for `customer`, one for `domain`. */
export function scopeOf(request: Request, { customerId, domains }: World): readonly string[] | GoogleErrorRow {
  const customer = text(request, 'customer');
  const domain = text(request, 'domain');
  if (customer === undefined && domain === undefined) return GOOGLE_ERRORS.badRequest;
  if (customer !== undefined && customer !== 'my_customer' && customer !== customerId) return GOOGLE_ERRORS.invalidCustomer;
  if (domain === undefined) return domains;
  return domains.includes(domain) ? [domain] : GOOGLE_ERRORS.domainNotFound;
}

export function isIn(address: string, domains: readonly string[]): boolean {
  return domains.some((domain) => address.toLowerCase().endsWith(`@${domain}`));
}
