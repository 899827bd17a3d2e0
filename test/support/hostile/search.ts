import { GROUP_URN, SEARCH_REQUEST_URN } from '../../../src/domain/scim.js';
import type { Hostile } from './request.js';

const PATHS = ['/.search', '/Users/.search', '/Groups/.search'] as const;
const schemas = [SEARCH_REQUEST_URN];

/** Body, status, scimType: alike for each of the three. */
const BODIES: readonly (readonly [string, unknown, number, string?])[] = [
  ['D21 no schemas', {}, 400, 'invalidSyntax'],
  ['D21 schemas a text', { schemas: SEARCH_REQUEST_URN }, 400, 'invalidSyntax'],
  ['D21 schemas of a Group', { schemas: [GROUP_URN] }, 400, 'invalidSyntax'],
  ['D21 schemas empty', { schemas: [] }, 400, 'invalidSyntax'],
  ['D21 filter an object', { schemas, filter: { $ne: null } }, 400, 'invalidFilter'],
  ['D21 filter a list', { schemas, filter: ['id pr'] }, 400, 'invalidFilter'],
  ['D1 filter empty', { schemas, filter: '' }, 400, 'invalidFilter'],
  ['D2 filter cut short', { schemas, filter: 'id eq' }, 400, 'invalidFilter'],
  ['D5 filter over an unknown attribute', { schemas, filter: 'nobody pr' }, 400, 'invalidFilter'],
  ['R8 filter over __proto__', { schemas, filter: '__proto__.status eq "418"' }, 400, 'invalidFilter'],
  ['L30 40 newlines behind a quote', { schemas, filter: `id eq "${'\n'.repeat(40)}` }, 400, 'invalidFilter'],
  ['D9 10,000 times and', { schemas, filter: Array.from({ length: 10_000 }, () => 'id pr').join(' and ') }, 400, 'invalidFilter'],
  ['D21 count a text', { schemas, count: '5' }, 400, 'invalidValue'],
  ['D21 count a fraction', { schemas, count: 1.5 }, 400, 'invalidValue'],
  ['A23 count 2^53 + 1', `{"schemas":["${SEARCH_REQUEST_URN}"],"count":9007199254740993}`, 400, 'invalidValue'],
  ['A23 count 1e400', `{"schemas":["${SEARCH_REQUEST_URN}"],"count":1e400}`, 400, 'invalidValue'],
  ['startIndex a text', { schemas, startIndex: '1' }, 400, 'invalidValue'],
  ['startIndex a boolean', { schemas, startIndex: true }, 400, 'invalidValue'],
  ['D18 sortBy unknown', { schemas, sortBy: 'nobody' }, 400, 'invalidValue'],
  ['D18 sortBy __proto__', { schemas, sortBy: '__proto__' }, 400, 'invalidValue'],
  ['sortBy a list', { schemas, sortBy: ['id'] }, 400, 'invalidValue'],
  ['D18 sortOrder up', { schemas, sortBy: 'id', sortOrder: 'up' }, 400, 'invalidValue'],
  ['sortOrder a number', { schemas, sortBy: 'id', sortOrder: 1 }, 400, 'invalidValue'],
  ['attributes a text', { schemas, attributes: 'id' }, 400, 'invalidValue'],
  ['attributes of numbers', { schemas, attributes: [1] }, 400, 'invalidValue'],
  ['D19 attributes __proto__', { schemas, attributes: ['__proto__', 'constructor.prototype'] }, 200],
  ['D19 201 attributes', { schemas, attributes: Array.from({ length: 201 }, (_, n) => `a${n}`) }, 400, 'invalidValue'],
  ['D20 attributes beside excludedAttributes', { schemas, attributes: ['id'], excludedAttributes: ['meta'] }, 400, 'invalidValue'],
  ['a name in two spellings', { schemas, count: 1, Count: 2 }, 400, 'invalidSyntax'],
  ['A25 __proto__ as a field', `{"schemas":["${SEARCH_REQUEST_URN}"],"__proto__":{"count":1}}`, 400, 'invalidValue'],
  ['A25 __proto__ inside an unknown field', `{"schemas":["${SEARCH_REQUEST_URN}"],"x":{"__proto__":1}}`, 400, 'invalidValue'],
  [
    'A22 nested 100,000 deep',
    `{"schemas":["${SEARCH_REQUEST_URN}"],"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    400,
    'invalidValue',
  ],
  ['a list', [], 400, 'invalidSyntax'],
  ['null', 'null', 400, 'invalidSyntax'],
  ['A11 broken JSON', '{"schemas":', 400, 'invalidSyntax'],
  ['A12 an empty body', '', 400, 'invalidSyntax'],
];

/** Catalogue D21 and what belongs to it: `/.search`. */
export const SEARCH_REQUESTS: readonly Hostile[] = PATHS.flatMap((path) => [
  ...BODIES.map(([label, body, status, scimType]): Hostile => {
    return { label: `${path} ${label}`, method: 'POST', path, body, status, ...(scimType === undefined ? {} : { scimType }) };
  }),
  { label: `${path} A13 as plain text`, method: 'POST', path, body: '{}', headers: { 'content-type': 'text/plain' }, status: 415 },
  ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method): Hostile => {
    const body = method === 'PUT' || method === 'PATCH' ? { body: { schemas } } : {};
    return { label: `${path} L10 ${method}`, method, path, ...body, status: 405 };
  }),
]);
