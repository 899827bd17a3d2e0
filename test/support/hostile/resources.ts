import { ACCESS_URN, ENTERPRISE_URN, GROUP_URN, USER_URN } from '../../../src/domain/scim.js';
import type { Hostile } from './request.js';

let count = 0;
/** A name that no other row of these tables uses. */
const fresh = (): string => {
  count += 1;
  return `user-${count}@example.com`;
};
const user = (more: object = {}): object => ({ schemas: [USER_URN], userName: fresh(), ...more });
const access = (more: object): object => user({ [ACCESS_URN]: more });
const post = (label: string, body: unknown, status: number, scimType?: string): Hostile => ({
  label,
  method: 'POST',
  path: '/Users',
  body,
  status,
  ...(scimType === undefined ? {} : { scimType }),
});
const group = (label: string, body: unknown, status: number, scimType?: string): Hostile => ({
  ...post(label, body, status, scimType),
  path: '/Groups',
});
const refused = (label: string, body: unknown): Hostile => post(label, body, 400, 'invalidValue');
const windows = (from: unknown, until: unknown): object => access({ validFrom: from, validUntil: until });
const email = (value: unknown): object => user({ emails: [{ value }] });

/** Catalogue B: resources. */
export const RESOURCE_REQUESTS: readonly Hostile[] = [
  post('B1/L42 no schemas', { userName: 'x' }, 400, 'invalidSyntax'),
  post('B2/L42 schemas a text', { schemas: USER_URN, userName: 'x' }, 400, 'invalidSyntax'),
  post('B2 schemas empty', { schemas: [], userName: 'x' }, 400, 'invalidSyntax'),
  post('B2 schemas twice the same', { schemas: [USER_URN, USER_URN], userName: 'x' }, 400, 'invalidSyntax'),
  post('B2 schemas unknown alone', { schemas: ['urn:x'], userName: 'x' }, 400, 'invalidSyntax'),
  post('B2 schemas of a Group', { schemas: [GROUP_URN], userName: 'x' }, 400, 'invalidSyntax'),
  post('B2 schemas with a number', { schemas: [USER_URN, 1], userName: 'x' }, 400, 'invalidSyntax'),
  post('B3 extension listed without its object', { ...user(), schemas: [USER_URN, ENTERPRISE_URN] }, 201),
  ...[undefined, null, '', '   ', 1, true, [], ['x'], {}, { $ne: null }].map((userName) =>
    refused(`B4/B5 userName ${JSON.stringify(userName)}`, { schemas: [USER_URN], userName }),
  ),
  refused('B6 userName of 256', user({ userName: 'a'.repeat(256) })),
  post('B6 userName of 255', user({ userName: 'a'.repeat(255) }), 201),
  refused('B6 userName of 100,000', user({ userName: 'a'.repeat(100_000) })),
  ...['\u0000', '\ud800', 'a\u0007b', 'a\nb', 'a\u202eb', 'a\u2066b'].map((userName) =>
    refused(`L43 userName ${JSON.stringify(userName)}`, user({ userName })),
  ),
  post(
    'B11 client-supplied id, meta and groups',
    user({ id: '{user}', meta: { version: 'W/"99"', created: 'x' }, groups: [{ value: '{group}' }] }),
    201,
  ),
  post('B12 unknown attributes', user({ isAdmin: true, tenantId: 'int_1', owner: 'x', $where: '1' }), 201),
  refused('B13 userName and USERNAME', { ...user(), USERNAME: 'y' }),
  ...['maybe', 1, 0, null, '', [], {}].map((active) => refused(`B14 active ${JSON.stringify(active)}`, user({ active }))),
  refused(
    'B15/L44 two primary addresses',
    user({
      emails: [
        { value: 'a@x.example', primary: true },
        { value: 'b@x.example', primary: true },
      ],
    }),
  ),
  refused(
    'B15 two primary addresses, one a text',
    user({
      emails: [
        { value: 'a@x.example', primary: 'True' },
        { value: 'b@x.example', primary: true },
      ],
    }),
  ),
  ...['none', 'a@b\nBcc: c@d', 'a@b\r\nX: y', `${'a'.repeat(310)}@x.example`, 'a@', '@b', 'a b@c.example', 1, {}].map((value) =>
    refused(`B16 address ${JSON.stringify(value).slice(0, 40)}`, email(value)),
  ),
  refused('B17 10,000 addresses', user({ emails: Array.from({ length: 10_000 }, (_, index) => ({ value: `a${index}@x.example` })) })),
  refused('B18 timezone Mars/Phobos', user({ timezone: 'Mars/Phobos' })),
  refused('B18 locale xx-ÿ', user({ locale: 'xx-ÿ' })),
  post('B19 photo javascript:', user({ photos: [{ value: 'javascript:alert(1)', type: 'photo' }] }), 201),
  post('B19 photo in a private network', user({ photos: [{ value: 'http://169.254.169.254/latest' }] }), 201),
  refused('B20 window that ends before it begins', windows('2026-05-02T00:00:00Z', '2026-05-01T00:00:00Z')),
  refused('B20 window of no length', windows('2026-05-01T00:00:00Z', '2026-05-01T02:00:00+02:00')),
  refused(
    'B20 period that ends before it begins',
    access({ accessPeriods: [{ value: 'g', validFrom: '2026-05-02T00:00:00Z', validUntil: '2026-05-01T00:00:00Z' }] }),
  ),
  refused('B21 validity without an offset', windows('2026-05-01T00:00:00', null)),
  ...[
    '0000-01-01T00:00:00Z',
    '9999-12-31T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-05-01T24:00:00Z',
    '2026-06-30T23:59:60Z',
    '2026-05-01',
    'tomorrow',
    1777593600,
    '',
  ].map((from) => refused(`B22 validFrom ${JSON.stringify(from)}`, windows(from, null))),
  ...['12ab', '\u0661\u0662\u0663\u0664', '123', '1'.repeat(40), 1234, '12 34', '-1234', '１２３４'].map((pin) =>
    refused(`B24 PIN ${JSON.stringify(pin)}`, access({ pin })),
  ),
  { label: 'B27 GET of an id of 8 kB', method: 'GET', path: `/Users/${'a'.repeat(8000)}`, status: 404 },
  {
    label: 'B29 PUT without userName',
    method: 'PUT',
    path: '/Users/{user}',
    body: { schemas: [USER_URN] },
    status: 400,
    scimType: 'invalidValue',
  },
  { label: 'R4 PUT never creates', method: 'PUT', path: '/Users/2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11', body: user(), status: 404 },
  ...['Schemas', 'ResourceTypes', 'ServiceProviderConfig'].flatMap((endpoint) =>
    ['POST', 'PUT', 'PATCH', 'DELETE'].map(
      (method): Hostile => ({
        label: `B32 ${method} on ${endpoint}`,
        method,
        path: `/${endpoint}`,
        ...(method === 'DELETE' ? {} : { body: {} }),
        status: 405,
      }),
    ),
  ),
  group('B33 Group without displayName', { schemas: [GROUP_URN] }, 400, 'invalidValue'),
  group('B33 Group with a blank displayName', { schemas: [GROUP_URN], displayName: '  ' }, 400, 'invalidValue'),
  group('B33 Group with a displayName of 256', { schemas: [GROUP_URN], displayName: 'a'.repeat(256) }, 400, 'invalidValue'),
  group('B34 a displayName twice', { schemas: [GROUP_URN], displayName: 'CLEANERS' }, 409, 'uniqueness'),
  group(
    'B35 a member that does not exist',
    { schemas: [GROUP_URN], displayName: 'g1', members: [{ value: '2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11' }] },
    400,
    'invalidValue',
  ),
  ...[1, 'text', { value: '{user}', extra: 1 }, [null], ['{user}'], [{}], [{ value: 1 }], [{ value: '' }], [{ value: null }]].map(
    (members) =>
      group(
        `B35 members ${JSON.stringify(members)}`,
        { schemas: [GROUP_URN], displayName: `m ${JSON.stringify(members)}`, members },
        Array.isArray(members) || typeof members !== 'object' ? 400 : 201,
        Array.isArray(members) || typeof members !== 'object' ? 'invalidValue' : undefined,
      ),
  ),
];
