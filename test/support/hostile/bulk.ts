import { BULK_REQUEST_URN, USER_URN } from '../../../src/domain/scim.js';
import { bulkBody, postUser } from '../bulk.js';
import type { Hostile } from './request.js';

const ONE = [postUser('one')];
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const bulkWith = (more: string): string =>
  `{"schemas":["${BULK_REQUEST_URN}"],"Operations":[{"method":"DELETE","path":"/Users/x"}],${more}}`;

/** What makes the message none: an error of the whole request. */
const REQUESTS: readonly (readonly [string, unknown, number, string?])[] = [
  ['E1 Operations missing', { schemas: [BULK_REQUEST_URN] }, 400, 'invalidSyntax'],
  ['E1 Operations []', bulkBody([]), 400, 'invalidSyntax'],
  ['E1 Operations null', { ...bulkBody([]), Operations: null }, 400, 'invalidSyntax'],
  ['E1 Operations [null]', bulkBody([null]), 400, 'invalidSyntax'],
  ['E1 Operations ["x"]', bulkBody(['x']), 400, 'invalidSyntax'],
  ['E1 Operations [[]]', bulkBody([[]]), 400, 'invalidSyntax'],
  ['E1 Operations {}', { ...bulkBody([]), Operations: {} }, 400, 'invalidSyntax'],
  ['one null among others', bulkBody([...ONE, null]), 400, 'invalidSyntax'],
  ['B1 schemas missing', { Operations: ONE }, 400, 'invalidSyntax'],
  ['B2 schemas of a User', { schemas: [USER_URN], Operations: ONE }, 400, 'invalidSyntax'],
  ['B2 schemas a text', { schemas: BULK_REQUEST_URN, Operations: ONE }, 400, 'invalidSyntax'],
  ['E8 failOnErrors 0', bulkBody(ONE, { failOnErrors: 0 }), 400, 'invalidValue'],
  ['E8 failOnErrors -1', bulkBody(ONE, { failOnErrors: -1 }), 400, 'invalidValue'],
  ['E8 failOnErrors "x"', bulkBody(ONE, { failOnErrors: 'x' }), 400, 'invalidValue'],
  ['E8 failOnErrors "1"', bulkBody(ONE, { failOnErrors: '1' }), 400, 'invalidValue'],
  ['E8 failOnErrors 1.5', bulkBody(ONE, { failOnErrors: 1.5 }), 400, 'invalidValue'],
  ['A23 failOnErrors 1e400', bulkWith('"failOnErrors":1e400'), 400, 'invalidValue'],
  ['B1 1,001 operations', bulkBody(Array.from({ length: 1001 }, (_, n) => postUser(`u${n}`))), 413],
  ['B1 a body over 1 MiB', bulkBody([postUser('one', 'one', { title: 'x'.repeat(1_048_576) })]), 413],
  ['a list', [], 400, 'invalidSyntax'],
  ['A11 broken JSON', '{"schemas":', 400, 'invalidSyntax'],
  ['A12 an empty body', '', 400, 'invalidSyntax'],
  ['A25 __proto__ beside Operations', bulkWith('"__proto__":{"x":1}'), 400, 'invalidValue'],
  ['A22 nested 100,000 deep beside Operations', bulkWith(`"x":${deep(100_000)}`), 400, 'invalidValue'],
  ['Operations in two spellings', bulkWith('"operations":[]'), 400, 'invalidSyntax'],
];

const messages = REQUESTS.map(([label, body, status, scimType]): Hostile => {
  return { label, method: 'POST', path: '/Bulk', body, status, ...(scimType === undefined ? {} : { scimType }) };
});
const methods = ['GET', 'PUT', 'PATCH', 'DELETE'].map((method): Hostile => {
  const body = method === 'PUT' || method === 'PATCH' ? { body: {} } : {};
  return { label: `L10 ${method}`, method, path: '/Bulk', ...body, status: 405 };
});

/** Catalogue E: requests to `/Bulk` that are refused as a whole. */
export const BULK_REQUESTS: readonly Hostile[] = [...messages, ...methods];
