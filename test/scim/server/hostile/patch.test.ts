import { expect } from 'chai';
import { ENTERPRISE_URN, GROUP_URN, PATCH_OP_URN, USER_URN } from '../../../../src/domain/scim.js';
import { forEachEngine } from '../../../support/engines.js';
import { expectStillThere, type Hostile, hostileTable } from '../../../support/hostile.js';
import { type Connection, serverOf } from '../../../support/running-server.js';
import { expectScimError, metaOf } from '../../../support/scim-client.js';

const patchUser = (label: string, body: unknown, status: number, scimType?: string): Hostile => ({
  label,
  method: 'PATCH',
  path: '/Users/{user}',
  body,
  status,
  ...(scimType === undefined ? {} : { scimType }),
});
const patchGroup = (label: string, operation: unknown, status: number, scimType?: string): Hostile => ({
  ...patchUser(label, { schemas: [PATCH_OP_URN], Operations: [operation] }, status, scimType),
  path: '/Groups/{group}',
});
const ops = (...operations: unknown[]): object => ({ schemas: [PATCH_OP_URN], Operations: operations });
const one = (label: string, operation: unknown, status: number, scimType?: string): Hostile =>
  patchUser(label, ops(operation), status, scimType);
const json = (text: string): string => `{"schemas":["${PATCH_OP_URN}"],"Operations":[${text}]}`;

const TABLE: readonly Hostile[] = [
  patchUser('C1 no schemas', { Operations: [{ op: 'add', path: 'title', value: 'x' }] }, 400, 'invalidSyntax'),
  patchUser('C1 wrong schemas', { schemas: [USER_URN], Operations: [{ op: 'add', path: 'title', value: 'x' }] }, 400, 'invalidSyntax'),
  patchUser('C2 Operations missing', { schemas: [PATCH_OP_URN] }, 400, 'invalidSyntax'),
  ...[{}, [], null, [null], ['x'], [[]], 'x', [1]].map((Operations) =>
    patchUser(`C2/L55 Operations ${JSON.stringify(Operations)}`, { schemas: [PATCH_OP_URN], Operations }, 400, 'invalidSyntax'),
  ),
  ...['move', 'copy', 'test', '', null, 1, undefined, 'ADDD', '__proto__'].map((op) =>
    one(`C2 op ${JSON.stringify(op)}`, { op, path: 'title', value: 'x' }, 400, 'invalidSyntax'),
  ),
  one('C3 add without value', { op: 'add', path: 'title' }, 400, 'invalidValue'),
  one('C3 replace without value', { op: 'replace', path: 'title' }, 400, 'invalidValue'),
  one('C4 remove without path', { op: 'remove' }, 400, 'noTarget'),
  one('C4 remove with an empty path', { op: 'remove', path: ' ' }, 400, 'noTarget'),
  ...['x', 1, null, ['x'], true].map((value) =>
    one(`C5 replace without path with ${JSON.stringify(value)}`, { op: 'replace', value }, 400, 'invalidValue'),
  ),
  one('C6 path unknown', { op: 'add', path: 'nope', value: 'x' }, 400, 'invalidPath'),
  one('C6 path unknown part', { op: 'add', path: 'name.nope', value: 'x' }, 400, 'invalidPath'),
  one('C6 path unknown URN', { op: 'add', path: 'urn:x:title', value: 'x' }, 400, 'invalidPath'),
  ...[1, null, [], {}].map((path) =>
    one(`C6 path ${JSON.stringify(path)}`, { op: 'remove', path }, 400, path === null ? 'noTarget' : 'invalidPath'),
  ),
  ...[
    'emails[',
    'emails[]',
    'emails[type eq "work"',
    'emails[type eq "work"]x',
    'emails..value',
    '.emails',
    'emails[type eq "work"].value.x',
    'name[familyName eq "x"]',
  ].map((path) => ({
    ...one(`C6 path ${path}`, { op: 'replace', path, value: 'x' }, 400),
    scimType:
      path.includes('[') && !path.includes(']x') && !path.includes('].value.x') && !path.startsWith('name[')
        ? 'invalidFilter'
        : 'invalidPath',
  })),
  ...[
    '__proto__.x',
    'constructor.prototype.x',
    '__proto__',
    'prototype',
    'toString',
    'name.__proto__',
    'name.constructor',
    `${ENTERPRISE_URN}:__proto__`,
  ].map((path) => one(`C7 path ${path}`, { op: 'add', path, value: { polluted: 1 } }, 400, 'invalidPath')),
  ...['emails[__proto__ eq "x"].value', 'emails[__proto__.polluted eq "1"].value', 'emails[constructor.prototype.x eq 1].value'].map(
    (path) => one(`C7 path ${path}`, { op: 'add', path, value: 'x' }, 400, 'invalidFilter'),
  ),
  patchUser('C8 value with __proto__', json('{"op":"add","value":{"__proto__":{"polluted":1}}}'), 400, 'invalidValue'),
  patchUser(
    'C8 value with __proto__ inside name',
    json('{"op":"add","path":"name","value":{"__proto__":{"polluted":1}}}'),
    400,
    'invalidValue',
  ),
  patchUser('C8 a dotted key __proto__.x', json('{"op":"add","value":{"__proto__.polluted":1}}'), 400, 'invalidValue'),
  patchUser('C8 a dotted key name.__proto__', json('{"op":"add","value":{"name.__proto__":1}}'), 400, 'invalidValue'),
  patchUser(
    'C8 a dotted key name.constructor.prototype.x',
    json('{"op":"add","value":{"name.constructor.prototype.x":1}}'),
    400,
    'invalidValue',
  ),
  patchUser(
    'C8 __proto__ in an address',
    json('{"op":"add","path":"emails","value":[{"value":"a@x.example","__proto__":{"polluted":1}}]}'),
    400,
    'invalidValue',
  ),
  patchUser('C8 __proto__ beside op', json('{"op":"add","path":"title","value":"x","__proto__":{"polluted":1}}'), 400, 'invalidValue'),
  one(
    'C11 35 backslashes in a value path',
    { op: 'replace', path: `emails[type eq "${'\\'.repeat(35)}x"].value`, value: 'x' },
    400,
    'invalidFilter',
  ),
  one('C11 40 newlines in a value path', { op: 'replace', path: `emails[type eq "${'\n'.repeat(40)}`, value: 'x' }, 400, 'invalidFilter'),
  one('C12 path with the core URN', { op: 'replace', path: `${USER_URN}:displayName`, value: 'Ann' }, 200),
  ...['id', 'meta', 'meta.created', 'meta.version', 'groups', 'schemas'].map((path) =>
    one(`C15 replace ${path}`, { op: 'replace', path, value: 'x' }, 400, 'mutability'),
  ),
  one('C15 remove userName', { op: 'remove', path: 'userName' }, 400, 'mutability'),
  one('C15 remove active', { op: 'remove', path: 'active' }, 400, 'mutability'),
  patchGroup('C15 remove displayName', { op: 'remove', path: 'displayName' }, 400, 'mutability'),
  patchGroup('C15 replace a member in place', { op: 'replace', path: 'members[value eq "{user}"].value', value: 'x' }, 400, 'mutability'),
  patchUser(
    'C17 10,000 operations',
    ops(...Array.from({ length: 10_000 }, () => ({ op: 'replace', path: 'title', value: 'x' }))),
    400,
    'invalidSyntax',
  ),
  ...[
    ['userName', 1],
    ['userName', null],
    ['userName', ''],
    ['active', 'maybe'],
    ['active', null],
    ['active', 1],
    ['emails', 'x'],
    ['emails', [1]],
    ['name', 'x'],
    ['name.familyName', {}],
    ['title', ['x']],
    ['externalId', 1],
    ['timezone', 'Mars/Phobos'],
    [ENTERPRISE_URN, 'x'],
  ].map(([path, value]) => one(`C18 ${String(path)} = ${JSON.stringify(value)}`, { op: 'replace', path, value }, 400, 'invalidValue')),
  patchGroup('C18 members = a text', { op: 'add', path: 'members', value: 'x' }, 400, 'invalidValue'),
  patchGroup(
    'C18 an unknown member',
    { op: 'add', path: 'members', value: [{ value: '2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11' }] },
    400,
    'invalidValue',
  ),
  patchGroup('C18 members with an unfit filter', { op: 'remove', path: 'members[display co "x"]' }, 400, 'invalidPath'),
  {
    label: 'C21 PATCH of what is not there',
    method: 'PATCH',
    path: '/Users/2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11',
    body: ops({ op: 'replace', path: 'title', value: 'x' }),
    status: 404,
  },
];

forEachEngine((engine) => {
  describe('hostile requests, C: PATCH', () => {
    const server = serverOf(engine);
    let scim: Connection;
    let ann: string;

    hostileTable('one request each', TABLE, async () => {
      const connection = await server().connect();
      return { connection, user: await connection.addUser('ann'), group: await connection.addGroup('Cleaners') };
    });

    beforeEach(async () => {
      scim = await server().connect();
      ann = await scim.addUser('ann', {
        emails: [
          { value: 'a@x.example', type: 'work' },
          { value: 'b@x.example', type: 'work' },
          { value: 'c@x.example', type: 'home' },
        ],
      });
    });
    afterEach(() => expectStillThere(scim));

    it('C9 replace with a value path that matches nothing: creates by default, noTarget when strict or not an eq', async () => {
      const replace = () => scim.patch(`/Users/${ann}`, { op: 'replace', path: 'emails[type eq "other"].value', value: 'd@x.example' });
      expectScimError(
        await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'emails[type sw "oth"].value', value: 'd@x.example' }),
        400,
        'noTarget',
      );
      await scim.patchSettings({ scim: { valuePath: 'strict' } });
      expectScimError(await replace(), 400, 'noTarget');
      await scim.patchSettings({ scim: { valuePath: 'create' } });
      expect((await replace()).body['emails']).to.deep.include({ value: 'd@x.example', type: 'other' });
    });

    it('C10 a value path that matches two changes both', async () => {
      const answer = await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'emails[type eq "work"].display', value: 'Work' });
      expect(answer.body['emails']).to.deep.equal([
        { value: 'a@x.example', type: 'work', display: 'Work' },
        { value: 'b@x.example', type: 'work', display: 'Work' },
        { value: 'c@x.example', type: 'home' },
      ]);
    });

    it('C13 remove of members as a whole empties the Group, ends access at once and is an event', async () => {
      const group = await scim.addGroup('Cleaners', [ann]);
      await scim.map(group, 'Cleaning');
      await scim.newEvents();
      expect((await scim.patch(`/Groups/${group}`, { op: 'remove', path: 'members' })).status).to.equal(204);
      expect(await scim.membersOf(group)).to.deep.equal([]);
      expect(await scim.member('ann')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      const events = await scim.newEvents();
      expect(events[0]).to.equal('edit group');
      expect(events).to.include.members(['edit member', 'delete association', 'delete pin', 'delete magic_link']);
    });

    it('C14 members go by filter, by value array and by bare ids; who is not there is a success', async () => {
      const ids = [ann, await scim.addUser('bob'), await scim.addUser('cid'), await scim.addUser('dot')];
      const group = await scim.addGroup('Cleaners', ids);
      const remove = async (operation: object): Promise<string[]> => {
        expect((await scim.patch(`/Groups/${group}`, operation)).status).to.equal(204);
        return scim.membersOf(group);
      };
      expect(await remove({ op: 'remove', path: `members[value eq "${ids[0]}"]` })).to.have.members(ids.slice(1));
      expect(await remove({ op: 'remove', path: 'members', value: [{ value: ids[1] }] })).to.have.members(ids.slice(2));
      expect(await remove({ op: 'remove', path: 'members', value: [ids[2]] })).to.have.members(ids.slice(3));
      expect(await remove({ op: 'remove', path: 'members', value: [] }), 'a list of nobody').to.have.members(ids.slice(3));
      expect(await remove({ op: 'remove', path: `members[value eq "${ids[0]}"]` })).to.have.members(ids.slice(3));
    });

    it('C16/C20/L49 the same document twice: same state, same version, no event', async () => {
      const group = await scim.addGroup('Cleaners', [ann]);
      const before = await scim.get(`/Groups/${group}`);
      await scim.newEvents();
      server().setTime('2026-06-01T00:00:00.000Z');
      const again = { op: 'add', path: 'members', value: [{ value: ann }, { value: ann }] };
      expect((await scim.patch(`/Groups/${group}`, again)).status).to.equal(204);
      expect((await scim.get(`/Groups/${group}`)).text).to.equal(before.text);

      const user = await scim.patch(`/Users/${ann}`, { op: 'add', path: 'emails', value: [{ value: 'a@x.example', type: 'work' }] });
      expect([user.status, metaOf(user)['version']]).to.deep.equal([200, 'W/"1"']);
      expect(await scim.newEvents()).to.deep.equal([]);
    });

    it('the second operation is bad: nothing of the first is stored', async () => {
      const answer = await scim.patch(
        `/Users/${ann}`,
        { op: 'replace', path: 'displayName', value: 'New' },
        { op: 'replace', path: 'active', value: 'maybe' },
      );
      expectScimError(answer, 400, 'invalidValue');
      expect((await scim.get(`/Users/${ann}`)).body).not.to.have.property('displayName');
      const group = await scim.addGroup('Cleaners');
      const members = [
        { op: 'add', path: 'members', value: [{ value: ann }] },
        { op: 'add', path: 'members', value: [{ value: 'nobody' }] },
      ];
      expectScimError(await scim.patch(`/Groups/${group}`, ...members), 400, 'invalidValue');
      expect(await scim.membersOf(group)).to.deep.equal([]);
    });

    it('D-L5 unknown members can be left out by a switch, and the others come in', async () => {
      await scim.patchSettings({ scim: { unknownMember: 'skip' } });
      const group = await scim.addGroup('Cleaners');
      const value = [{ value: 'nobody' }, { value: ann }];
      expect((await scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value })).status).to.equal(204);
      expect(await scim.membersOf(group)).to.deep.equal([ann]);
      const put = await scim.put(`/Groups/${group}`, { schemas: [GROUP_URN], displayName: 'Cleaners', members: [{ value: 'nobody' }] });
      expect(put.status).to.equal(200);
      expect(await scim.membersOf(group)).to.deep.equal([]);
    });
  });
});
