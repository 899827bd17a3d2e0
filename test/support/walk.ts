import { expect } from 'chai';
import { SEARCH_REQUEST_URN } from '../../src/domain/scim.js';
import type { ScimClient, ScimAnswer } from './scim-client.js';
import { resourcesIn } from './scim-client.js';

/** The parameters of a list but its cursor, by name. */
export type ListParameters = Readonly<Record<string, string | number>>;

/** Gets the page at a cursor: by GET, or from a `.search`. */
export type Turn = (cursor: string) => Promise<ScimAnswer>;

export function byGet(client: ScimClient, endpoint: string, parameters: ListParameters = {}): Turn {
  return (cursor) => {
    const query = new URLSearchParams(
      Object.entries({ ...parameters, cursor }).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return client.get(`${endpoint}?${query.toString()}`);
  };
}

export function bySearch(client: ScimClient, endpoint: string, parameters: ListParameters = {}): Turn {
  return (cursor) => client.post(`${endpoint}/.search`, { schemas: [SEARCH_REQUEST_URN], ...parameters, cursor });
}

/** A cursor of a page that must have it. */
export function cursorOf(answer: ScimAnswer, name: 'nextCursor' | 'previousCursor' = 'nextCursor'): string {
  const cursor = answer.body[name];
  expect(cursor, `${name} of ${answer.text.slice(0, 200)}`)
    .to.be.a('string')
    .that.matches(/^[A-Za-z0-9\-._~]+$/);
  return String(cursor);
}

/** All pages from the first, or from a cursor on, until there is none in that direction; each answer is checked to be a page by cursor. */
export async function walk(turn: Turn, from = '', name: 'nextCursor' | 'previousCursor' = 'nextCursor'): Promise<ScimAnswer[]> {
  const pages: ScimAnswer[] = [];
  for (let cursor: string | null = from; cursor !== null; ) {
    const page = await turn(cursor);
    expect(page.body['itemsPerPage']).to.equal(resourcesIn(page).length);
    expect(page.body).not.to.have.property('startIndex');
    pages.push(page);
    cursor = page.body[name] === undefined ? null : cursorOf(page, name);
  }
  return pages;
}

/** What the resources on these pages are called, page by page. */
export function namesOn(pages: readonly ScimAnswer[]): string[][] {
  return pages.map((page) => resourcesIn(page).map((one) => String(one['userName'] ?? one['displayName'])));
}
