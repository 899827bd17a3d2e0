import { expect } from 'chai';
import { addAssociation, removeAssociation } from '../../src/access/members.js';
import { createApiToken } from '../../src/integrations/api-token-store.js';
import { OPEN_WINDOW, shift } from '../../src/domain/time.js';
import { ACCESS_URN } from '../../src/domain/scim.js';
import { dryRun } from '../../src/reconcile/guard.js';
import { reconcileUser } from '../../src/reconcile/reconcile.js';
import { accessOf, everything, memberAccess } from '../support/access-view.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { user, userBody } from '../support/scim-bodies.js';
import { DAY_MS, HOUR_MS, T0, worldOf } from '../support/world.js';

describe('reconciliation', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);
    let core: Core;
    let pool: string;
    let gate: string;
    let guests: string;
    const fields = { userName: 'ann', externalId: 'r-1', displayName: 'Ann', emails: [{ value: 'ann@example.com' }] };
    /** A User in the mapped Group. */
    const guest = async (more: object = {}, groupId = guests) => {
      const id = await core.createUser({ ...fields, ...more });
      await core.changeMembers(groupId, { op: 'add', ids: [id] });
      return id;
    };
    const outcome = (id: string) =>
      core.one<{ sync_status: string; skip_reason: string | null; warnings: string; dirty: number; next_at: string | null }>(
        'select sync_status, skip_reason, warnings, dirty, next_at from users where id = ?',
        id,
      );
    const expectSettled = async () => {
      for (const { id } of await core.query<{ id: string }>('select id from users')) {
        expect((await core.preview(id))?.changes, id).to.deep.equal([]);
      }
      expect(await core.count('users where dirty = 1')).to.equal(0);
    };
    const events = async () =>
      (await core.query<{ verb: string; object_type: string }>('select verb, object_type from events order by seq')).map(
        ({ verb, object_type }) => `${verb} ${object_type}`,
      );
    const eventsOf = async (act: () => Promise<unknown>) => {
      const before = (await events()).length;
      await act();
      return (await events()).slice(before);
    };

    beforeEach(async () => {
      core = await Core.create(world().db);
      [pool, gate] = [await core.memberGroup('Pool'), await core.memberGroup('Gate')];
      guests = await core.createGroup('Guests');
      await core.map(guests, pool);
      await core.worker.drain();
    });
    afterEach(expectSettled);

    describe('of what the source says', () => {
      it('a User in no mapped Group has no member, and one that comes in has all of it in the same transaction', async () => {
        const id = await core.createUser(fields);
        expect(await accessOf(core, id)).to.equal(null);
        expect(await outcome(id)).to.include({ sync_status: 'none', skip_reason: 'no_mapped_resource', dirty: 0 });

        await core.changeMembers(guests, { op: 'add', ids: [id] });

        expect(await memberAccess(core, id)).to.deep.include({
          ...{ name: 'Ann', emails: ['ann@example.com'], startsAt: null, endsAt: null, ended: false, associations: ['Pool'], cards: [] },
        });
        const { pins, links } = await memberAccess(core, id);
        expect([pins.length, links.length]).to.deep.equal([1, 1]);
        expect(await outcome(id)).to.include({ sync_status: 'synced', skip_reason: null, warnings: '[]', dirty: 0 });
      });

      it('deactivation takes everything away at once, and reactivation brings the same member, PIN and link back', async () => {
        const id = await guest();
        const before = await memberAccess(core, id);

        await core.patchUser(id, { active: false });
        expect(await memberAccess(core, id)).to.deep.include({ ended: true, associations: [], pins: [], links: [] });
        expect(await outcome(id)).to.include({ sync_status: 'none', skip_reason: 'inactive' });

        core.advance(29 * DAY_MS);
        await core.patchUser(id, { active: true });
        expect(await memberAccess(core, id)).to.deep.equal(before);
      });

      it('after the cool-down there is the same member with a new PIN and a new link', async () => {
        const id = await guest();
        const before = await memberAccess(core, id);
        await core.patchUser(id, { active: false });

        core.advance(30 * DAY_MS);
        await core.timekeeper.tick();
        await core.patchUser(id, { active: true });

        const after = await memberAccess(core, id);
        expect(after).to.include({ memberId: before.memberId, ended: false });
        expect(after.pins).to.have.length(1).and.not.deep.equal(before.pins);
        expect(after.links).to.have.length(1).and.not.deep.equal(before.links);
      });

      it('deletion takes everything away at once', async () => {
        const id = await guest();
        await core.deleteUser(id);

        expect(await memberAccess(core, id)).to.deep.include({ ended: true, associations: [], pins: [], links: [] });
      });

      it('one that returns under the same externalId has its member, PIN and link again, whatever its new id and name', async () => {
        const before = await memberAccess(core, await guest());
        const [{ user_id: old } = { user_id: '' }] = await core.query<{ user_id: string }>('select user_id from members');
        await core.deleteUser(old);
        core.advance(10 * DAY_MS);

        const id = await guest({ userName: 'somebody.else', displayName: 'Ann Two' });

        expect(id).not.to.equal(old);
        expect(await memberAccess(core, id)).to.deep.equal({ ...before, name: 'Ann Two' });
        expect(await core.count('members')).to.equal(1);
      });

      it('R3 one that has nothing but the name and address of another is somebody else', async () => {
        const first = await guest();
        const before = await memberAccess(core, first);
        await core.deleteUser(first);

        const second = await guest({ externalId: 'r-2' });
        const third = await core.createUser({ userName: 'third', emails: fields.emails });

        expect((await memberAccess(core, second)).memberId).not.to.equal(before.memberId);
        expect(await accessOf(core, third)).to.equal(null);
        expect(await core.count('members')).to.equal(2);
      });

      it('a change of the externalId is followed, so a later return finds the member', async () => {
        const first = await guest();
        const before = await memberAccess(core, first);
        await core.patchUser(first, { externalId: 'r-9' });
        await core.deleteUser(first);

        const second = await guest({ externalId: 'r-9' });
        expect((await memberAccess(core, second)).memberId).to.equal(before.memberId);
      });

      it('name and addresses follow, with one event of the member', async () => {
        const id = await guest();

        expect(await eventsOf(() => core.patchUser(id, { displayName: 'Ann Two', emails: [{ value: 'two@example.com' }] }))).to.deep.equal([
          'edit user',
          'edit member',
        ]);
        expect(await memberAccess(core, id)).to.deep.include({ name: 'Ann Two', emails: ['two@example.com'] });
      });

      it('a Group emptied, left or deleted takes access away in the same transaction', async () => {
        const acts = [
          () => core.changeMembers(guests, { op: 'replace', ids: [] }),
          (id: string) => core.changeMembers(guests, { op: 'remove', ids: [id] }),
          () => core.deleteGroup(guests),
        ];
        for (const [n, act] of acts.entries()) {
          const id = await guest({ userName: `user ${n}`, externalId: `r-${n}` });
          await act(id);
          expect(await memberAccess(core, id), `${n}`).to.deep.include({ ended: true, associations: [], pins: [], links: [] });
        }
      });

      it('a Group put into a mapped one, or taken out of it, gives and takes access of those below', async () => {
        const low = await core.createGroup('low', [await core.createUser(fields)]);
        const { id } = await core.one<{ id: string }>('select id from users');
        await core.changeMembers(guests, { op: 'add', ids: [low] });
        expect((await memberAccess(core, id)).associations).to.deep.equal(['Pool']);

        await core.changeMembers(guests, { op: 'remove', ids: [low] });
        expect((await memberAccess(core, id)).associations).to.deep.equal([]);
      });
    });

    describe('of what an admin sets', () => {
      it('a mapping waits for the worker, which gives and takes', async () => {
        const id = await guest();
        expect(await core.map(guests, pool, gate)).to.equal(1);
        expect((await memberAccess(core, id)).associations).to.deep.equal(['Pool']);
        expect(await outcome(id)).to.include({ dirty: 1 });

        expect(await core.worker.drain()).to.equal(1);
        expect((await memberAccess(core, id)).associations).to.deep.equal(['Gate', 'Pool']);

        await core.map(guests, gate);
        await core.worker.drain();
        expect((await memberAccess(core, id)).associations).to.deep.equal(['Gate']);

        await core.map(guests);
        await core.worker.drain();
        expect(await memberAccess(core, id)).to.deep.include({ ended: true, associations: [], pins: [], links: [] });
      });

      it('the mapping of a Group that is gone gives nothing to another of its name', async () => {
        await core.deleteGroup(guests);
        const again = await core.createGroup('Guests');

        const id = await guest({}, again);
        expect(await accessOf(core, id)).to.equal(null);
      });

      it('Magic Link, PIN and e-mail switched off go, and come back as they were', async () => {
        const id = await guest();
        const before = await memberAccess(core, id);

        await core.set({ credentials: { magicLink: false, pin: 'none', email: false } });
        await core.worker.drain();
        expect(await memberAccess(core, id)).to.deep.equal({ ...before, pins: [], links: [], emails: [] });

        core.advance(DAY_MS);
        await core.set({ credentials: { magicLink: null, pin: null, email: null } });
        await core.worker.drain();
        expect(await memberAccess(core, id)).to.deep.equal(before);
      });

      it('a disabled integration keeps its members as they are, and time goes on for them', async () => {
        const id = await guest();
        const until = shift(T0, DAY_MS);
        await core.patchUser(id, { [ACCESS_URN]: { validUntil: until } });
        const before = await memberAccess(core, id);

        await core.set({ enabled: false });
        await core.worker.drain();
        expect(await memberAccess(core, id)).to.deep.equal(before);

        core.advance(DAY_MS);
        await core.timekeeper.tick();
        expect(await memberAccess(core, id)).to.include({ ended: true });
      });

      it('what was given by hand stays, whatever the source says', async () => {
        const id = await guest();
        const { memberId } = await memberAccess(core, id);
        const member = { id: memberId, name: 'Ann', integrationId: core.integrationId };
        const byHand = { member, managedBy: 'manual', because: 'by hand' };
        await core.inTx((tx) => addAssociation(tx, core.context, memberId, { memberGroupId: gate, window: OPEN_WINDOW }));
        const pin = await core.inTx((tx) => core.stores.pins.generatePin(tx, core.context, byHand));

        await core.patchUser(id, { active: false });
        expect(await memberAccess(core, id)).to.deep.include({ ended: true, associations: ['Gate (manual)'], pins: [pin.id] });

        await core.patchUser(id, { active: true });
        await core.map(guests);
        await core.worker.drain();
        expect(await memberAccess(core, id)).to.deep.include({ associations: ['Gate (manual)'], pins: [pin.id] });
      });

      it('what another integration gives stays too', async () => {
        const other = await Core.create(world().db);
        const id = await guest();
        const { memberId } = await memberAccess(core, id);
        await world().insert('associations', {
          ...{ id: 'asc_other', member_id: memberId, member_group_id: gate, managed_by: other.integrationId, created_at: T0 },
        });

        await core.deleteUser(id);

        expect((await memberAccess(core, id)).associations).to.deep.equal([`Gate (${other.integrationId})`]);
      });

      it('an association of the integration that an admin takes away is given again: the source still says so', async () => {
        const id = await guest();
        const { memberId } = await memberAccess(core, id);
        const { id: association } = await core.one<{ id: string }>('select id from associations');
        await core.inTx((tx) => removeAssociation(tx, core.context, memberId, association)).catch(() => undefined);

        await core.reconcile(id);
        expect((await memberAccess(core, id)).associations).to.deep.equal(['Pool']);
      });
    });

    describe('run again', () => {
      it('writes no row and no event', async () => {
        const ids = [
          await guest(),
          await guest({ userName: 'b', externalId: 'r-2', [ACCESS_URN]: { pin: '730518', card: 'C1', validUntil: shift(T0, DAY_MS) } }),
          await guest({ userName: 'c', externalId: 'r-3', active: false }),
          await core.createUser({ userName: 'd' }),
        ];
        await core.inTx((tx) => createApiToken(tx, core.context, { name: 'x', role: 'viewer', expiresAt: null }));
        const before = await everything(core);
        core.advance(HOUR_MS);

        for (const id of ids) expect((await core.reconcile(id))?.changes).to.deep.equal([]);

        expect(await everything(core)).to.equal(before);
      });

      it('of a User that never was, or of one that left nothing behind, is nothing', async () => {
        expect(await core.reconcile('nobody')).to.equal(null);
        const id = await core.createUser({ userName: 'x' });
        await core.deleteUser(id);
        expect(await core.reconcile(id)).to.equal(null);
        expect(await core.preview('nobody')).to.equal(null);
      });

      it('as a dry run shows everything and stores nothing of it', async () => {
        const id = await guest();
        await core.map(guests, gate);
        const access = await memberAccess(core, id);
        const told = await events();

        const plan = await core.inTx((tx) => reconcileUser(tx, core.context, core.stores, id, dryRun));

        expect(plan?.changes).to.deep.equal([]);
        expect(plan?.held.map(({ kind }) => kind)).to.deep.equal(['association.create', 'association.delete']);
        expect(await memberAccess(core, id)).to.deep.equal(access);
        expect(await events()).to.deep.equal(told);
        await core.reconcile(id);
      });

      it('previewed shows the same and reads only', async () => {
        const id = await guest();
        await core.map(guests, gate);
        const before = await everything(core);

        const plan = await core.preview(id);

        expect(plan?.changes.map(({ kind }) => kind)).to.deep.equal(['association.create', 'association.delete']);
        expect(await everything(core)).to.equal(before);
        await core.worker.drain();
      });
    });

    describe('of PINs that the source chooses', () => {
      const chosen = (userName: string, pin: string | null) => guest({ userName, externalId: userName, [ACCESS_URN]: { pin } });
      const digitsOf = async (id: string) => {
        const { memberId, pins } = await memberAccess(core, id);
        return Promise.all(pins.map((pin) => core.inTx((tx) => core.stores.pins.revealPin(tx, core.context, memberId, pin))));
      };
      beforeEach(async () => {
        await core.set({ credentials: { pin: 'source' } });
        await core.worker.drain();
      });

      it('gives these digits, and follows them when they change', async () => {
        const id = await chosen('a', '730518');
        expect(await digitsOf(id)).to.deep.equal(['730518']);

        await core.patchUser(id, { [ACCESS_URN]: { pin: '815307' } });
        expect(await digitsOf(id)).to.deep.equal(['815307']);
        await core.patchUser(id, { [ACCESS_URN]: { pin: null } });
        expect(await digitsOf(id)).to.deep.equal([]);
      });

      it('gives digits to the first who has them; the other has none, and is told so without a word of who', async () => {
        const [first, second] = [await chosen('a', '730518'), await chosen('b', '730518')];

        expect(await digitsOf(first)).to.deep.equal(['730518']);
        expect(await digitsOf(second)).to.deep.equal([]);
        expect(await outcome(second)).to.include({ sync_status: 'synced', warnings: '["pin_conflict"]', dirty: 0 });
        expect(await outcome(first)).to.include({ warnings: '[]' });
      });

      it('gives them to one of many who come at the same time', async () => {
        const users: string[] = [];
        for (let n = 0; n < 8; n += 1)
          users.push(await core.createUser({ userName: `u${n}`, emails: fields.emails, [ACCESS_URN]: { pin: '730518' } }));

        await Promise.all(users.map((id) => core.changeMembers(guests, { op: 'add', ids: [id] })));

        const warnings = await Promise.all(users.map(async (id) => (await outcome(id)).warnings));
        expect(warnings.filter((text) => text === '[]')).to.have.length(1);
        expect(warnings.filter((text) => text === '["pin_conflict"]')).to.have.length(7);
        expect(await core.count('pins where revoked_at is null')).to.equal(1);
      });

      it('gives them to who waits once nobody has them and their cool-down is over, without anybody touching him', async () => {
        const [first, second] = [await chosen('a', '730518'), await chosen('b', '730518')];
        await core.deleteUser(first);
        core.advance(30 * DAY_MS - 1);
        await core.timekeeper.tick();
        expect(await digitsOf(second)).to.deep.equal([]);

        core.advance(1);
        await core.timekeeper.tick();
        await core.timekeeper.tick();

        expect(await digitsOf(second)).to.deep.equal(['730518']);
        expect(await outcome(second)).to.include({ warnings: '[]' });
      });

      it('refuses digits that are easy to guess no more than it hides them: they are given with a warning', async () => {
        const id = await chosen('a', '1234');
        expect(await digitsOf(id)).to.deep.equal(['1234']);
        expect(await outcome(id)).to.include({ warnings: '["weak_source_pin"]' });
      });
    });

    it('keeps access as it was for a status that nobody knows', async () => {
      const id = await guest();
      const before = await memberAccess(core, id);
      const checked = user(userBody(fields));
      const change = () => ({
        ...checked,
        document: { ...checked.document, [ACCESS_URN]: { skipReason: 'unknown_status' } },
        active: false,
      });

      await core.apply({ kind: 'user.change', id, ifMatch: null, change });

      expect(await memberAccess(core, id)).to.deep.equal(before);
      expect(await outcome(id)).to.include({ sync_status: 'synced', warnings: '["unknown_status"]' });
    });
  });
});
