import { expect } from 'chai';
import { ACCESS_URN, ENTERPRISE_URN, GROUP_URN, USER_URN } from '../../../../src/domain/scim.js';
import { forEachEngine } from '../../../support/engines.js';
import { expectStillThere, type Hostile, hostileTable } from '../../../support/hostile.js';
import { type Connection, serverOf } from '../../../support/running-server.js';
import { expectScimError, idOf, metaOf, resourcesIn } from '../../../support/scim-client.js';

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

const TABLE: readonly Hostile[] = [
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

forEachEngine((engine) => {
  describe('hostile requests, B: resources', () => {
    const server = serverOf(engine);
    let scim: Connection;

    hostileTable('one request each', TABLE, async () => {
      const connection = await server().connect();
      return { connection, user: await connection.addUser('ann'), group: await connection.addGroup('Cleaners') };
    });

    beforeEach(async () => {
      scim = await server().connect();
    });
    afterEach(() => expectStillThere(scim));

    for (const [label, first, second] of [
      ['B7 another case', 'bjensen', 'BJensen'],
      ['B8 NFC and NFD', 'jos\u00e9', 'jose\u0301'],
      ['B8 full width', 'anna', 'ａｎｎａ'],
      ['B8 ß and SS', 'weiß', 'WEISS'],
      ['B8 a ligature', 'office', 'o\ufb03ce'],
    ] as const) {
      it(`${label}: one userName → 409 uniqueness`, async () => {
        await scim.addUser(first);
        expectScimError(await scim.post('/Users', { schemas: [USER_URN], userName: second }), 409, 'uniqueness');
        const other = await scim.addUser('other');
        expectScimError(await scim.patch(`/Users/${other}`, { op: 'replace', path: 'userName', value: second }), 409, 'uniqueness');
        expect(resourcesIn(await scim.find('/Users', `userName eq ${JSON.stringify(second)}`))).to.have.length(1);
      });
    }

    it('R13 two long names that differ at the end are two', async () => {
      await scim.addUser(`${'a'.repeat(254)}x`);
      await scim.addUser(`${'a'.repeat(254)}y`);
      expect((await scim.get('/Users')).body['totalResults']).to.equal(2);
    });

    it('B9 an externalId is taken within a connection, in its exact case, and free in another', async () => {
      await scim.addUser('a', { externalId: 'E1' });
      expectScimError(await scim.post('/Users', { schemas: [USER_URN], userName: 'b', externalId: 'E1' }), 409, 'uniqueness');
      await scim.addUser('c', { externalId: 'e1' });
      const other = await server().connect();
      await other.addUser('a', { externalId: 'E1' });
    });

    it('R1/B10 an externalId is never taken for an id of ours: each User has its own, and what it might have hit stays as it was', async () => {
      const victim = await scim.addUser('victim', { externalId: 'v' });
      const before = (await scim.get(`/Users/${victim}`)).text;
      const ids = new Set([victim]);
      for (const externalId of ['1', '01', '+1', '1.0', '../../x', 'x'.repeat(1000), '🔑', victim, '__proto__', scim.id]) {
        ids.add(await scim.addUser(`of ${externalId.slice(0, 40)}`, { externalId }));
        expect(resourcesIn(await scim.find('/Users', `externalId eq ${JSON.stringify(externalId)}`))).to.have.length(1);
      }
      expect(ids.size).to.equal(11);
      expect((await scim.get(`/Users/${victim}`)).text).to.equal(before);
      expectScimError(await scim.get('/Users/1'), 404);
    });

    it('B11 a client-supplied id, version and membership have no effect', async () => {
      const group = await scim.addGroup('Admins');
      const answer = await scim.post('/Users', {
        ...user(),
        id: '2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11',
        meta: { version: 'W/"99"', location: 'https://evil.example', created: '2000-01-01T00:00:00Z' },
        groups: [{ value: group }],
      });
      expect(idOf(answer, 201)).not.to.equal('2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11');
      expect(metaOf(answer)).to.include({ version: 'W/"1"' });
      expect(answer.text).not.to.include('evil.example').and.not.to.include('2000-01-01');
      expect(await scim.membersOf(group)).to.deep.equal([]);
    });

    it('B12 an unknown attribute is not stored and not shown', async () => {
      const answer = await scim.post('/Users', user({ isAdmin: true, tenantId: 'int_1', integration_id: 'int_1' }));
      const id = idOf(answer, 201);
      const [row] = await server().query<{ document: string }>('select document from users where id = ?', id);
      for (const name of ['isAdmin', 'tenantId', 'integration_id']) expect(`${answer.text}${row?.document}`).not.to.include(name);
    });

    it('B13 an attribute in another case is that attribute', async () => {
      const answer = await scim.post('/Users', {
        SCHEMAS: [USER_URN],
        USERNAME: 'ann',
        Name: { GIVENNAME: 'Ann' },
        EMAILS: [{ VALUE: 'a@x.example' }],
      });
      expect(answer.body).to.deep.include({ userName: 'ann', name: { givenName: 'Ann' }, emails: [{ value: 'a@x.example' }] });
    });

    it('B28 an id in the body of a PUT is ignored', async () => {
      const [ann, bob] = [await scim.addUser('ann'), await scim.addUser('bob')];
      const answer = await scim.put(`/Users/${ann}`, { schemas: [USER_URN], userName: 'ann', id: bob, displayName: 'Ann' });
      expect(idOf(answer, 200)).to.equal(ann);
      expect((await scim.get(`/Users/${bob}`)).body).not.to.have.property('displayName');
    });

    it('B29 a PUT clears what it does not name', async () => {
      const id = await scim.addUser('ann', {
        displayName: 'Ann',
        externalId: 'e1',
        emails: [{ value: 'a@x.example' }],
        [ENTERPRISE_URN]: { department: 'Sales' },
      });
      const answer = await scim.put(`/Users/${id}`, { schemas: [USER_URN], userName: 'ann' });
      expect(answer.status).to.equal(200);
      expect(Object.keys(answer.body).sort()).to.deep.equal(['active', 'id', 'meta', 'schemas', 'userName']);
    });

    it('B30 deleting a User takes it out of its Groups, whose versions change', async () => {
      const [ann, bob] = [await scim.addUser('ann'), await scim.addUser('bob')];
      const group = await scim.addGroup('Cleaners', [ann, bob]);
      const before = metaOf(await scim.get(`/Groups/${group}`))['version'];
      expect((await scim.delete(`/Users/${ann}`)).status).to.equal(204);
      expect(await scim.membersOf(group)).to.deep.equal([bob]);
      expect(metaOf(await scim.get(`/Groups/${group}`))['version']).not.to.equal(before);
      for (const method of ['GET', 'DELETE'] as const) expectScimError(await scim.scim(method, `/Users/${ann}`), 404);
      expectScimError(await scim.put(`/Users/${ann}`, { schemas: [USER_URN], userName: 'ann' }), 404);
      expectScimError(await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'active', value: false }), 404);
      await scim.addUser('ann');
    });

    it('B36/L45 a member named twice is stored once', async () => {
      const ann = await scim.addUser('ann');
      const group = await scim.addGroup('Cleaners', [ann, ann]);
      expect(await scim.membersOf(group)).to.deep.equal([ann]);
    });

    it('B37/L45 a Group cannot contain itself, directly or round a circle of three', async () => {
      const [a, b, c] = [await scim.addGroup('a'), await scim.addGroup('b'), await scim.addGroup('c')];
      const nest = (parent: string, child: string) =>
        scim.patch(`/Groups/${parent}`, { op: 'add', path: 'members', value: [{ value: child }] });
      expectScimError(await nest(a, a), 400, 'invalidValue');
      expect((await nest(a, b)).status).to.equal(204);
      expect((await nest(b, c)).status).to.equal(204);
      expectScimError(await nest(c, a), 400, 'invalidValue');
      expect(await scim.membersOf(c)).to.deep.equal([]);
      expect(await scim.membersOf(a)).to.deep.equal([b]);
    });

    it('B38/L46 15,000 members, known and unknown: answered without blocking the others', async () => {
      const ann = await scim.addUser('ann');
      const send = async (displayName: string, value: (index: number) => string): Promise<{ status: number; longest: number }> => {
        let longest = 0;
        let last = performance.now();
        const timer = setInterval(() => {
          longest = Math.max(longest, performance.now() - last);
          last = performance.now();
        }, 10);
        const members = Array.from({ length: 15_000 }, (_, index) => ({ value: value(index) }));
        const { status } = await scim.post('/Groups', { schemas: [GROUP_URN], displayName, members });
        clearInterval(timer);
        return { status, longest };
      };
      const same = await send('same', () => ann);
      expect(same.status).to.equal(201);
      const unknown = await send('unknown', (index) => `2f9c3a44-1b7e-4f5a-8a53-${String(index).padStart(12, '0')}`);
      expect(unknown.status).to.equal(400);
      expect(Math.max(same.longest, unknown.longest)).to.be.below(1000);
    });

    it('B39/R2 a Group that is renamed to, or made with, the name of a mapped one gives nothing', async () => {
      const loose = await server().connect({ scim: { duplicateGroupName: 'allow' } });
      const ann = await loose.addUser('ann');
      const mapped = await loose.addGroup('Front door');
      await loose.map(mapped, 'Front door');
      const other = await loose.addGroup('Other', [ann]);
      expect((await loose.patch(`/Groups/${other}`, { op: 'replace', path: 'displayName', value: 'Front door' })).status).to.equal(204);
      expect(await loose.member('ann')).to.equal(null);
      await loose.addGroup('Front door', [ann]);
      expect(await loose.member('ann')).to.equal(null);
      expect((await loose.patch(`/Groups/${mapped}`, { op: 'add', path: 'members', value: [{ value: ann }] })).status).to.equal(204);
      expect((await loose.member('ann'))?.status).to.equal('active');
    });
  });
});
