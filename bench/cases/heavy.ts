import { gzipSync } from 'node:zlib';
import { GROUP_URN, PATCH_OP_URN, USER_URN } from '../../src/domain/scim.js';
import type { Hostile } from '../../test/support/hostile/request.js';

const MIB = 1_048_576;
const many = <Item>(count: number, item: (n: number) => Item): Item[] => Array.from({ length: count }, (_, n) => item(n));

const filters: readonly (readonly [string, string])[] = [
  ['the longest filter', `userName eq "${'a'.repeat(4082)}"`],
  ['100 comparisons by index', many(100, (n) => `userName eq "user${n}"`).join(' or ')],
  ['100 comparisons of every User', many(100, (n) => `userName co "none${n}"`).join(' or ')],
  ['100 comparisons of every address', many(100, (n) => `emails.value co "none${n}"`).join(' or ')],
  ['100 comparisons of every family name', many(100, (n) => `name.familyName co "none${n}"`).join(' or ')],
  ['100 value paths of every telephone', many(100, (n) => `phoneNumbers[value co "n${n}"]`).join(' or ')],
  ['what every User has, 32 deep', `${'not ('.repeat(32)}title pr${')'.repeat(32)}`],
];

const lists: readonly (readonly [string, string])[] = [
  ['all, 500 of them', '/Users?count=500'],
  ['the last 500', '/Users?startIndex=19501&count=500'],
  ['sorted by userName', '/Users?sortBy=userName&sortOrder=descending'],
  ['sorted by family name', '/Users?sortBy=name.familyName'],
  ['sorted by address', '/Users?sortBy=emails.value'],
  ['sorted by family name, at the end', '/Users?sortBy=name.familyName&startIndex=19901'],
  ['sorted by family name, by cursor', '/Users?sortBy=name.familyName&cursor='],
  ['all Users of a substring, sorted', `/Users?filter=${encodeURIComponent('displayName co "given"')}&sortBy=displayName`],
];

const user = (more: object) => ({ schemas: [USER_URN], userName: 'heavy@example.com', ...more });
const addresses = many(1_000, (n) => ({ value: `a${n}@x.example`, type: `t${n}` }));
const operations = (count: number, operation: (n: number) => object) => ({ schemas: [PATCH_OP_URN], Operations: many(count, operation) });

const bodies: readonly (readonly [label: string, method: string, path: string, body: unknown, status: number])[] = [
  ['1 MiB in one unknown attribute', 'POST', '/Users', user({ userName: 'unknown@example.com', x: 'x'.repeat(MIB - 200) }), 201],
  ['1 MiB of brackets', 'POST', '/Users', '['.repeat(MIB / 2) + ']'.repeat(MIB / 2), 400],
  [
    '1 MiB of unknown attributes',
    'POST',
    '/Users',
    user({ userName: 'lists@example.com', x: many(150_000, () => ({})).map(() => [1]) }),
    201,
  ],
  ['1 MiB of names', 'POST', '/Users', user({ userName: 'n@x.example', ...Object.fromEntries(many(80_000, (n) => [`x${n}`, 1])) }), 201],
  ['a userName of 1 MiB', 'POST', '/Users', user({ userName: 'a'.repeat(MIB - 200) }), 400],
  ['1,000 addresses', 'PUT', '/Users/{user}', user({ emails: addresses }), 200],
  [
    '1,000 operations on 1,000 addresses',
    'PATCH',
    '/Users/{user}',
    operations(1_000, (n) => ({ op: 'replace', path: `emails[type eq "t${n}"].display`, value: 'x' })),
    400,
  ],
  [
    '1,000 operations, each with ten comparisons of 1,000 addresses',
    'PATCH',
    '/Users/{user}',
    operations(1_000, (n) => ({ op: 'remove', path: `emails[${many(10, (m) => `value co "z${m}"`).join(' or ')} or type eq "z${n}"]` })),
    400,
  ],
  [
    '100 operations on 1,000 addresses',
    'PATCH',
    '/Users/{user}',
    operations(100, (n) => ({ op: 'replace', path: `emails[type eq "t${n}"].display`, value: 'x' })),
    200,
  ],
  ['1,000 addresses go', 'PUT', '/Users/{user}', user({}), 200],
  [
    '15,000 members that do not exist',
    'POST',
    '/Groups',
    { schemas: [GROUP_URN], displayName: 'unknown', members: strangers(15_000) },
    400,
  ],
];

function strangers(count: number): object[] {
  return many(count, (n) => ({ value: `2f9c3a44-1b7e-4f5a-8a53-${String(n).padStart(12, '0')}` }));
}

/** Far more than it says: 64 times 16 MiB of nothing. */
function bomb(): Hostile {
  const member = gzipSync(Buffer.alloc(16 * MIB));
  const headers = { 'content-encoding': 'gzip' };
  return { label: 'a gzip bomb', method: 'POST', path: '/Users', body: Buffer.concat(many(64, () => member)), headers, status: 413 };
}

/** The dearest requests that are allowed, and the largest that are refused, to a directory of 20,000 Users. */
export function heavyRequests(largeGroup: string): Hostile[] {
  const get = (label: string, path: string): Hostile => ({ label, method: 'GET', path, status: 200 });
  return [
    ...filters.map(([label, filter]) => get(`filter: ${label}`, `/Users?filter=${encodeURIComponent(filter)}`)),
    ...lists.map(([label, path]) => get(`list: ${label}`, path)),
    get('a Group of 10,000 with its members', `/Groups/${largeGroup}`),
    get('all Groups with their members', '/Groups'),
    get('an id among the members of all Groups', `/Groups?filter=${encodeURIComponent('members.value eq "{user}"')}`),
    ...bodies.map(([label, method, path, body, status]) => ({ label, method, path, body, status })),
    bomb(),
  ];
}
