import { expect } from 'chai';
import type { Database } from '../../src/db/database.js';
import { CircularNesting, UnknownMember } from '../../src/directory/apply-members.js';
import { groupPaths, groupsByUser, membersByGroup } from '../../src/directory/groups-of-users.js';
import type { Applied, IfMatch } from '../../src/directory/operation.js';
import { ACCESS_URN, type MembersStep } from '../../src/domain/scim.js';
import { NotFound, NotUnique, VersionMismatch } from '../../src/errors.js';
import { Core } from '../support/core.js';
import { failure } from '../support/fresh-database.js';
import { group, groupBody, user, userBody } from '../support/scim-bodies.js';

const MINUTE_MS = 60_000;

interface EventRow {
  readonly seq: number;
  readonly verb: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly object_name: string;
  readonly integration_id: string;
  readonly details: string | null;
}

/**
 * What the directory promises through its one door, on whatever database it stands. Nobody is reconciled in here.
 * `fresh` gives an empty, migrated database for each test.
 */
export function storeSuite(fresh: () => Database): void {
  let core: Core;
  let seen = 0;

  beforeEach(async () => {
    core = await Core.create(fresh());
    seen = (await core.one<{ seq: number }>('select max(seq) as seq from events')).seq;
    core.advance(MINUTE_MS);
  });

  const newEvents = async (): Promise<EventRow[]> => {
    const rows = await core.query<EventRow>('select * from events where seq > ? order by seq', seen);
    seen = rows.at(-1)?.seq ?? seen;
    core.advance(MINUTE_MS);
    return rows;
  };
  const told = async () => (await newEvents()).map(({ verb, object_type, object_name }) => `${verb} ${object_type} ${object_name}`);
  const row = (table: 'users' | 'groups', id: string) =>
    core.one<{ version: number; updated_at: string; created_at: string; document: string }>(
      `select version, updated_at, created_at, document from ${table} where id = ?`,
      id,
    );
  const dirty = async () => (await core.query<{ id: string }>('select id from users where dirty = 1 order by id')).map(({ id }) => id);
  const clean = () => core.inTx((tx) => tx.execute('update users set dirty = 0', []));
  const members = async (id: string) => ((await membersByGroup(core.db.read, [id])).get(id) ?? []).map((member) => member.id).sort();

  const newUser = async (userName: string, more: object = {}) =>
    (await core.applyOnly({ kind: 'user.create', user: user(userBody({ userName, ...more })) })).id;
  const changeUser = (id: string, fields: object, ifMatch: IfMatch = null) =>
    core.applyOnly({ kind: 'user.change', id, ifMatch, change: (current) => user({ ...current, ...fields }) });
  const deleteUser = (id: string, ifMatch: IfMatch = null) => core.applyOnly({ kind: 'user.delete', id, ifMatch });
  const newGroup = async (displayName: string, ids: readonly string[] = [], more: object = {}) =>
    (await core.applyOnly({ kind: 'group.create', group: group(groupBody({ displayName, ...more })), members: ids })).id;
  const steps = (id: string, ...change: readonly MembersStep[]) =>
    core.applyOnly({ kind: 'group.change', id, ifMatch: null, change: null, members: change });
  const changeGroup = (id: string, fields: object, change: readonly MembersStep[] = [], ifMatch: IfMatch = null) =>
    core.applyOnly({ kind: 'group.change', id, ifMatch, change: (current) => group({ ...current, ...fields }), members: change });
  const deleteGroup = (id: string, ifMatch: IfMatch = null) => core.applyOnly({ kind: 'group.delete', id, ifMatch });

  /** `id`, changed, has a new version and a new date and the others have not. */
  const expectBumped = async (table: 'users' | 'groups', id: string, from: number) => {
    expect(await row(table, id)).to.include({ version: from + 1, updated_at: core.now });
  };
  const expectUntouched = async (applied: Applied, table: 'users' | 'groups', before: object) => {
    expect(applied).to.include({ changed: false });
    expect(applied.affected).to.deep.equal([]);
    expect(await row(table, applied.id)).to.deep.equal(before);
    expect(await told()).to.deep.equal([]);
  };

  describe('a User', () => {
    it('is created with version 1, an id nobody chose, and one event', async () => {
      const applied = await core.applyOnly({ kind: 'user.create', user: user(userBody({ userName: 'ann', externalId: 'ann' })) });

      expect(applied.id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(applied).to.deep.equal({ resourceType: 'User', id: applied.id, changed: true, affected: [applied.id], complete: true });
      expect(await row('users', applied.id)).to.include({ version: 1, created_at: core.now, updated_at: core.now });
      expect(await dirty()).to.deep.equal([applied.id]);
      const [event, ...more] = await newEvents();
      expect(more).to.deep.equal([]);
      expect(event).to.include({
        verb: 'create',
        object_type: 'user',
        object_id: applied.id,
        object_name: 'ann',
        integration_id: core.integrationId,
      });
    });

    it('R1 gets its own id whatever the source calls it, also by the id of somebody else', async () => {
      const victim = await newUser('victim', { externalId: '1' });
      const before = await row('users', victim);
      const ids = [victim];
      for (const externalId of ['01', '+1', '1.0', victim, 'mem_1', 'system'])
        ids.push(await newUser(`user ${externalId}`, { externalId }));

      expect(new Set(ids).size).to.equal(7);
      expect(await row('users', victim)).to.deep.equal(before);
      expect(await core.count('users where id = external_id')).to.equal(0);
    });

    it('changes with the next version, one event that names attributes and versions, and a mark', async () => {
      const id = await newUser('ann');
      await newEvents();
      await clean();

      const applied = await changeUser(id, { displayName: 'Ann', active: false });

      expect(applied).to.deep.equal({ resourceType: 'User', id, changed: true, affected: [id], complete: true });
      await expectBumped('users', id, 1);
      expect(await dirty()).to.deep.equal([id]);
      const [event, ...more] = await newEvents();
      expect(more).to.deep.equal([]);
      expect(event).to.include({ verb: 'edit', object_type: 'user', object_id: id });
      expect(JSON.parse(event?.details ?? '')).to.deep.equal({
        attributes: ['active', 'displayName'],
        versions: { before: 1, after: 2 },
      });
    });

    it('stays untouched by a change that changes nothing', async () => {
      const id = await newUser('ann', { displayName: 'Ann', emails: [{ value: 'ann@example.com', primary: true }] });
      await newEvents();
      await clean();
      const before = await row('users', id);

      await expectUntouched(await changeUser(id, { displayName: 'Ann' }), 'users', before);
      expect(await dirty()).to.deep.equal([]);
    });

    it('changes when its PIN does, without a word of its digits, and not when it is the same', async () => {
      const id = await newUser('ann', { [ACCESS_URN]: { pin: '730518' } });
      await newEvents();
      const sealed = await core.one<{ pin_sealed: string }>('select pin_sealed from users where id = ?', id);
      const before = await row('users', id);
      await expectUntouched(await changeUser(id, { [ACCESS_URN]: { pin: '730518' } }), 'users', before);
      await expectUntouched(await changeUser(id, {}), 'users', before);
      expect(await core.one('select pin_sealed from users where id = ?', id)).to.deep.equal(sealed);

      await changeUser(id, { [ACCESS_URN]: { pin: '730519' } });
      await expectBumped('users', id, 1);
      const [event] = await newEvents();
      expect(JSON.parse(event?.details ?? '').attributes).to.deep.equal(['pin']);

      await changeUser(id, { [ACCESS_URN]: { pin: null } });
      await expectBumped('users', id, 2);
      expect(await core.one('select pin_hash, pin_sealed, pin_length, pin_weak from users where id = ?', id)).to.deep.equal({
        ...{ pin_hash: null, pin_sealed: null, pin_length: null, pin_weak: 0 },
      });
      expect(
        JSON.stringify(await core.query('select * from events')) + JSON.stringify(await core.query('select * from users')),
      ).not.to.match(/73051[89]/);
    });

    it('is found by its e-mail addresses as they are now', async () => {
      const keys = async () =>
        (await core.query<{ value_key: string }>('select value_key from user_emails order by value_key')).map(({ value_key }) => value_key);
      const id = await newUser('ann', { emails: [{ value: 'Ann@Example.com' }, { value: 'b@example.com' }] });
      expect(await keys()).to.deep.equal(['ann@example.com', 'b@example.com']);

      await changeUser(id, { emails: [{ value: 'c@example.com' }] });
      expect(await keys()).to.deep.equal(['c@example.com']);
      await deleteUser(id);
      expect(await keys()).to.deep.equal([]);
    });

    it('is deleted with its memberships; its Groups have new versions and others have not', async () => {
      const [ann, bo] = [await newUser('ann'), await newUser('bo')];
      const [both, boAlone] = [await newGroup('both', [ann, bo]), await newGroup('bo alone', [bo])];
      await newEvents();

      const applied = await deleteUser(ann);

      expect(applied).to.deep.equal({ resourceType: 'User', id: ann, changed: true, affected: [ann], complete: true });
      await expectBumped('groups', both, 1);
      expect(await row('groups', boAlone)).to.include({ version: 1 });
      expect(await members(both)).to.deep.equal([bo]);
      expect(await told()).to.deep.equal(['delete user ann']);
    });

    for (const [what, act] of [
      ['change', (id: string, ifMatch: IfMatch) => changeUser(id, { displayName: 'x' }, ifMatch)],
      ['delete', deleteUser],
    ] as const) {
      it(`${what}: If-Match lets its versions through and refuses others, before anything is written`, async () => {
        const id = await newUser('ann');
        await changeUser(id, { displayName: 'Ann' });
        const before = await row('users', id);
        await newEvents();

        expect(await failure(act(id, new Set([1, 3])))).to.be.instanceOf(VersionMismatch);
        expect(await row('users', id)).to.deep.equal(before);
        expect(await told()).to.deep.equal([]);
        expect(await act(id, new Set([7, 2]))).to.include({ changed: true });
      });

      it(`${what}: "*" is any version, and a connection may insist on If-Match`, async () => {
        const id = await newUser('ann');
        await core.set({ scim: { requireIfMatch: true } });

        expect(await failure(act(id, null))).to.be.instanceOf(VersionMismatch);
        expect(await act(id, '*')).to.include({ changed: true });
      });

      it(`${what}: an id of nobody, of a Group, or of another directory is not found`, async () => {
        const other = await Core.create(core.db);
        const foreign = (await other.applyOnly({ kind: 'user.create', user: user(userBody({ userName: 'far' })) })).id;
        for (const id of [foreign, await newGroup('g'), '00000000-0000-4000-8000-000000000000', '', "' or 1=1"]) {
          expect(await failure(act(id, '*'))).to.be.instanceOf(NotFound);
        }
        expect(await core.count('users')).to.equal(1);
      });
    }

    it('throws what its change throws, and stores nothing', async () => {
      const id = await newUser('ann');
      const before = await row('users', id);
      const refusal = new Error('refused');

      const change = () => {
        throw refusal;
      };
      expect(await failure(core.applyOnly({ kind: 'user.change', id, ifMatch: null, change }))).to.equal(refusal);
      expect(await row('users', id)).to.deep.equal(before);
    });
  });

  describe('names', () => {
    // Hardening 2.2: what a person or a source takes for the same name is the same; look-alikes of other scripts are not.
    const same: readonly (readonly [string, string])[] = [
      ['ann', 'ANN'],
      ['ÉCOLE@x.org', 'école@x.org'],
      ['ｆｕｌｌ', 'full'],
      ['straße', 'STRASSE'],
      ['e\u0301cole', 'école'],
      ['ﬁn', 'fin'],
      ['Σίσυφος', 'ΣΊΣΥΦΟΣ'],
    ];
    for (const [first, second] of same) {
      it(`${first} and ${second} are one userName`, async () => {
        await newUser(first);

        const error = await failure(newUser(second));

        expect(error).to.be.instanceOf(NotUnique).and.have.property('attribute', 'userName');
        expect(await core.count('users')).to.equal(1);
      });
    }
    for (const [first, second] of [
      ['ann', 'аnn'],
      ['o', '0'],
      ['a b', 'ab'],
      ['é', 'e'],
    ] as const) {
      it(`${JSON.stringify(first)} and ${JSON.stringify(second)} are two`, async () => {
        await newUser(first);
        await newUser(second);
        expect(await core.count('users')).to.equal(2);
      });
    }

    it('externalId is compared exactly', async () => {
      await newUser('a', { externalId: 'Key' });
      await newUser('b', { externalId: 'key' });
      await newUser('d');
      await newUser('e');

      expect(await failure(newUser('f', { externalId: 'key' })))
        .to.be.instanceOf(NotUnique)
        .and.have.property('attribute', 'externalId');
      const id = await newUser('g', { externalId: 'g' });
      expect(await failure(changeUser(id, { externalId: 'Key' })))
        .to.be.instanceOf(NotUnique)
        .and.have.property('attribute', 'externalId');
      expect(await failure(changeUser(id, { userName: 'A' })))
        .to.be.instanceOf(NotUnique)
        .and.have.property('attribute', 'userName');
    });

    it('of one directory are free in another, and of one deleted are free again', async () => {
      const other = await Core.create(core.db);
      const id = await newUser('ann', { externalId: 'x' });
      await other.applyOnly({ kind: 'user.create', user: user(userBody({ userName: 'ann', externalId: 'x' })) });

      await deleteUser(id);
      await newUser('ann', { externalId: 'x' });

      expect(await core.count('users')).to.equal(2);
    });

    it('a refused one leaves no event and no count', async () => {
      await newUser('ann');
      await newEvents();
      await failure(newUser('ANN'));

      expect(await told()).to.deep.equal([]);
      expect((await core.one<{ n: number }>('select sum(total) as n from directory_blocks')).n.toString()).to.equal('1');
    });

    it('of Groups are unique per directory, folded, unless the connection allows them twice', async () => {
      await newGroup('Cleaners', [], { externalId: 'c' });
      expect(await failure(newGroup('CLEANERS')))
        .to.be.instanceOf(NotUnique)
        .and.have.property('attribute', 'displayName');
      expect(await failure(newGroup('Other', [], { externalId: 'c' })))
        .to.be.instanceOf(NotUnique)
        .and.have.property('attribute', 'externalId');

      await core.set({ scim: { duplicateGroupName: 'allow' } });
      await newGroup('cleaners');
      await newGroup('cleaners');

      expect(await core.count('groups')).to.equal(3);
    });
  });

  describe('a Group', () => {
    it('is created with its members, one event with their number, and marks on them', async () => {
      const [ann, bo] = [await newUser('ann'), await newUser('bo')];
      await clean();
      await newEvents();

      const applied = await core.applyOnly({ kind: 'group.create', group: group(groupBody({ displayName: 'G' })), members: [bo, ann, bo] });

      expect(applied).to.deep.equal({ resourceType: 'Group', id: applied.id, changed: true, affected: [ann, bo].sort(), complete: true });
      expect(await members(applied.id)).to.deep.equal([ann, bo].sort());
      expect(await dirty()).to.deep.equal([ann, bo].sort());
      const [event, ...more] = await newEvents();
      expect(more).to.deep.equal([]);
      expect(event).to.include({ verb: 'create', object_type: 'group', object_name: 'G' });
      expect(JSON.parse(event?.details ?? '').members.added.count).to.equal(2);
      expect(await row('groups', applied.id)).to.include({ version: 1 });
    });

    describe('changes members', () => {
      let id: string;
      let users: string[];
      const of = (...indexes: readonly number[]) => indexes.map((index) => users[index] ?? '').sort();

      beforeEach(async () => {
        users = [];
        for (const name of ['a', 'b', 'c', 'd', 'e']) users.push(await newUser(name));
        id = await newGroup('G', of(0, 1));
        await clean();
        await newEvents();
      });

      const cases: readonly {
        readonly name: string;
        readonly steps: readonly (readonly [MembersStep['op'], readonly number[]])[];
        readonly after: readonly number[];
        readonly added: readonly number[];
        readonly removed: readonly number[];
      }[] = [
        { name: 'adds', steps: [['add', [2, 3]]], after: [0, 1, 2, 3], added: [2, 3], removed: [] },
        { name: 'adds one that is there and one that is not', steps: [['add', [1, 2]]], after: [0, 1, 2], added: [2], removed: [] },
        { name: 'removes', steps: [['remove', [1]]], after: [0], added: [], removed: [1] },
        { name: 'removes one that is there and one that is not', steps: [['remove', [1, 4]]], after: [0], added: [], removed: [1] },
        { name: 'replaces', steps: [['replace', [1, 2]]], after: [1, 2], added: [2], removed: [0] },
        { name: 'empties', steps: [['replace', []]], after: [], added: [], removed: [0, 1] },
        {
          name: 'adds and removes in one operation',
          steps: [
            ['add', [2]],
            ['remove', [0]],
          ],
          after: [1, 2],
          added: [2],
          removed: [0],
        },
        {
          name: 'empties and adds one back',
          steps: [
            ['replace', []],
            ['add', [0, 2]],
          ],
          after: [0, 2],
          added: [2],
          removed: [1],
        },
      ];
      for (const { name, steps: given, after, added, removed } of cases) {
        it(`${name}: one event, one version, marks on those who changed alone`, async () => {
          const applied = await steps(id, ...given.map(([op, indexes]) => ({ op, ids: of(...indexes) })));

          expect(applied).to.deep.equal({
            ...{ resourceType: 'Group', id, changed: true, complete: true },
            affected: of(...added, ...removed),
          });
          expect(await members(id)).to.deep.equal(of(...after));
          expect(await dirty()).to.deep.equal(of(...added, ...removed));
          await expectBumped('groups', id, 1);
          const [event, ...more] = await newEvents();
          expect(more).to.deep.equal([]);
          const details = JSON.parse(event?.details ?? '');
          expect(details.versions).to.deep.equal({ before: 1, after: 2 });
          expect(details.members.added).to.deep.include({ count: added.length });
          expect(details.members.added.ids.sort()).to.deep.equal(of(...added));
          expect(details.members.removed.ids.sort()).to.deep.equal(of(...removed));
        });
      }

      const idle: readonly (readonly [string, readonly (readonly [MembersStep['op'], readonly number[]])[]])[] = [
        ['adding who is there', [['add', [0, 1]]]],
        ['removing who is not', [['remove', [2, 3]]]],
        ['replacing by the same', [['replace', [1, 0]]]],
        ['adding nobody', [['add', []]]],
        ['removing nobody', [['remove', []]]],
        ['no step at all', []],
        [
          'adding and removing the same one',
          [
            ['add', [2]],
            ['remove', [2]],
          ],
        ],
        [
          'removing and adding back the same one',
          [
            ['remove', [0]],
            ['add', [0]],
          ],
        ],
        [
          'emptying and filling again',
          [
            ['replace', []],
            ['add', [0, 1]],
          ],
        ],
      ];
      for (const [name, given] of idle) {
        it(`not by ${name}: no event, no version, no mark`, async () => {
          const before = await row('groups', id);

          await expectUntouched(await steps(id, ...given.map(([op, indexes]) => ({ op, ids: of(...indexes) }))), 'groups', before);
          expect(await dirty()).to.deep.equal([]);
        });
      }

      it('and attributes together with one event and one version', async () => {
        await changeGroup(id, { displayName: 'New name' }, [{ op: 'add', ids: of(4) }]);

        await expectBumped('groups', id, 1);
        const [event, ...more] = await newEvents();
        expect(more).to.deep.equal([]);
        const details = JSON.parse(event?.details ?? '');
        expect(details.attributes).to.deep.equal(['displayName']);
        expect(details.members.added.count).to.equal(1);
      });

      it('names a hundred of many in its event, and counts them all', async () => {
        const many: string[] = [];
        for (let n = 0; n < 130; n += 1) many.push(await newUser(`many ${n}`));
        await clean();
        await newEvents();

        const applied = await steps(id, { op: 'add', ids: many });

        expect(applied.affected).to.have.length(101);
        expect(applied.complete).to.equal(false);
        expect(await dirty()).to.have.length(130);
        const details = JSON.parse((await newEvents())[0]?.details ?? '');
        expect(details.members.added.count).to.equal(130);
        expect(details.members.added.ids).to.have.length(100);
      });
    });

    it('refuses a member that nobody knows, or that another directory knows, and stores nothing', async () => {
      const other = await Core.create(core.db);
      const foreign = (await other.applyOnly({ kind: 'user.create', user: user(userBody({ userName: 'far' })) })).id;
      const ann = await newUser('ann');
      const id = await newGroup('G');
      await newEvents();
      for (const unknown of [foreign, 'nobody', '']) {
        for (const op of ['add', 'replace'] as const) {
          expect(await failure(steps(id, { op, ids: [ann, unknown] }))).to.be.instanceOf(UnknownMember);
        }
      }
      expect(await members(id)).to.deep.equal([]);
      expect(await told()).to.deep.equal([]);
      expect(await steps(id, { op: 'remove', ids: [foreign, 'nobody'] })).to.include({ changed: false });
    });

    it('passes over an unknown member where the connection says so', async () => {
      await core.set({ scim: { unknownMember: 'skip' } });
      const ann = await newUser('ann');
      const id = await newGroup('G', ['nobody', ann]);

      expect(await members(id)).to.deep.equal([ann]);
      await steps(id, { op: 'replace', ids: ['nobody'] });
      expect(await members(id)).to.deep.equal([]);
    });

    it('stays untouched by a change of attributes that changes nothing', async () => {
      const id = await newGroup('G', [], { externalId: 'x' });
      await newEvents();

      await expectUntouched(await changeGroup(id, { displayName: 'G' }), 'groups', await row('groups', id));
    });

    it('If-Match, unknown ids and other directories: as with Users', async () => {
      const other = await Core.create(core.db);
      const foreign = (await other.applyOnly({ kind: 'group.create', group: group(groupBody()), members: [] })).id;
      const id = await newGroup('G');
      for (const act of [(of: string, ifMatch: IfMatch) => changeGroup(of, { displayName: 'x' }, [], ifMatch), deleteGroup]) {
        expect(await failure(act(id, new Set([9])))).to.be.instanceOf(VersionMismatch);
        expect(await failure(act(foreign, '*'))).to.be.instanceOf(NotFound);
        expect(await failure(act('nothing', '*'))).to.be.instanceOf(NotFound);
      }
      expect(await row('groups', id)).to.include({ version: 1 });
      await deleteGroup(id, new Set([1]));
      expect(await core.count('groups')).to.equal(1);
    });

    it('is deleted: its members and those of Groups below are marked, Groups above have new versions', async () => {
      const [direct, below, outside] = [await newUser('direct'), await newUser('below'), await newUser('outside')];
      const child = await newGroup('child', [below]);
      const id = await newGroup('G', [direct, child]);
      const parent = await newGroup('parent', [id]);
      const aside = await newGroup('aside', [outside]);
      await clean();
      await newEvents();

      const applied = await deleteGroup(id);

      expect(applied.affected).to.deep.equal([direct, below].sort());
      expect(await dirty()).to.deep.equal([direct, below].sort());
      await expectBumped('groups', parent, 1);
      for (const untouched of [child, aside]) expect(await row('groups', untouched)).to.include({ version: 1 });
      expect(await told()).to.deep.equal(['delete group G']);
      expect(await core.count('group_members')).to.equal(2);
      expect(await core.count('group_groups')).to.equal(0);
    });

    it('returns never under its old id: a mapping does not pass to one of the same name', async () => {
      const id = await newGroup('G');
      await deleteGroup(id);

      expect(await newGroup('G')).not.to.equal(id);
    });
  });

  describe('nesting', () => {
    it('finds the Groups of a User with the ways that lead there', async () => {
      const ann = await newUser('ann');
      const [a, b] = [await newGroup('a', [ann]), await newGroup('b', [ann])];
      const top = await newGroup('top', [a, b]);
      const [above] = [await newGroup('above', [top])];
      await newGroup('elsewhere');

      const paths = await groupPaths(core.db.read, ann);
      expect(paths.map(({ id, via }) => [id, [...via].sort()]).sort()).to.deep.equal(
        [
          [a, [a]],
          [b, [b]],
          [top, [a, b].sort()],
          [above, [a, b].sort()],
        ].sort(),
      );
      const shown = (await groupsByUser(core.db.read, [ann])).get(ann) ?? [];
      expect(shown.map(({ display_name, direct }) => `${display_name} ${direct}`)).to.deep.equal(['a 1', 'b 1', 'top 0', 'above 0']);
    });

    it('a User directly in a Group and below it counts as direct', async () => {
      const ann = await newUser('ann');
      const low = await newGroup('low', [ann]);
      await newGroup('high', [ann, low]);

      const shown = (await groupsByUser(core.db.read, [ann])).get(ann) ?? [];
      expect(shown.map(({ display_name, direct }) => `${display_name} ${direct}`)).to.deep.equal(['low 1', 'high 1']);
    });

    it('marks everybody below when a Group comes into another or leaves it', async () => {
      const [ann, bo] = [await newUser('ann'), await newUser('bo')];
      const low = await newGroup('low', [ann]);
      const middle = await newGroup('middle', [low, bo]);
      const top = await newGroup('top');
      for (const op of ['add', 'remove'] as const) {
        await clean();
        expect((await steps(top, { op, ids: [middle] })).affected).to.deep.equal([ann, bo].sort());
        expect(await dirty()).to.deep.equal([ann, bo].sort());
      }
    });

    it('refuses a Group in itself, directly or through one, two and thirty others', async () => {
      const chain = [await newGroup('g0')];
      for (let n = 1; n <= 30; n += 1) chain.push(await newGroup(`g${n}`, [chain[n - 1] ?? '']));
      await newEvents();
      for (const index of [0, 1, 2, 30]) {
        for (const op of ['add', 'replace'] as const) {
          expect(await failure(steps(chain[0] ?? '', { op, ids: [chain[index] ?? ''] }))).to.be.instanceOf(CircularNesting);
        }
      }
      expect(await told()).to.deep.equal([]);
      expect(await core.count('group_groups')).to.equal(30);
    });

    it('allows two ways to one Group: that is no circle', async () => {
      const bottom = await newGroup('bottom');
      const [left, right] = [await newGroup('left', [bottom]), await newGroup('right', [bottom])];

      await newGroup('top', [left, right, bottom]);

      expect(await core.count('group_groups')).to.equal(5);
    });
  });
}
