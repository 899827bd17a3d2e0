import { expect } from 'chai';
import { housekeep } from '../../src/access/housekeeping.js';
import { createMember, updateMember } from '../../src/access/member-store.js';
import { addAssociation } from '../../src/access/members.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import { OPEN_WINDOW } from '../../src/domain/time.js';
import { recordUse } from '../../src/doors/record-use.js';
import { ERASED_AT_ONCE, eraseMemberLater, eraseSome } from '../../src/events/erasure.js';
import { append } from '../../src/events/append.js';
import { openDatabase } from '../../src/db/open.js';
import { ignore } from '../support/fresh-database.js';
import { deleteIntegration } from '../../src/integrations/delete-integration.js';
import { migrationSource } from '../../src/db/migrations/index.js';
import { knexConfig } from '../../src/db/migrate.js';
import knexPkg from 'knex';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, HOUR_MS, NOW, type World, worldOf } from '../support/world.js';

const because = 'a test';
const DOOR = { id: 'door_1', name: 'Gate', siteId: 'site_1' };
/** Ends at once, is soft-deleted after two days and purged ninety days later. */
const PURGED = 92 * DAY_MS;

describe('erasing who is gone from the log', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    beforeEach(async () => {
      world = current();
      await world.db.transaction((tx) => tx.execute('delete from erasures', []));
    });

    /** Somebody about whom everything is told that names a person. */
    async function guest(name: string, email: string): Promise<string> {
      const window = { startsAt: null, endsAt: NOW.now };
      const group = await world.memberGroup('Guests');
      return world.db.transaction(async (tx) => {
        const fields = { name, emails: [email], window };
        const id = await createMember(tx, at(-DAY_MS), { integrationId: null, userId: null, externalId: null, ...fields });
        const changed = { ...fields, name: `${name} II`, emails: [`new-${email}`] };
        await updateMember(tx, at(-DAY_MS), id, fields, changed, because);
        await addAssociation(tx, at(-DAY_MS), id, { memberGroupId: group, window: OPEN_WINDOW });
        const member = { id, name, integrationId: null };
        await new PinStore(world.keys).generatePin(tx, at(-DAY_MS), { member, managedBy: 'manual', because });
        const use = { door: DOOR, member, method: 'pin' as const, credentialId: null };
        await recordUse(tx, NOW, { ...use, decision: { granted: true, reason: 'granted' } });
        const sentences = [`The window of ${name} ended.`];
        await recordUse(tx, NOW, { ...use, decision: { granted: false, reason: 'after_window', because: sentences } });
        return id;
      });
    }
    const keep = async (ms: number) => {
      const all = () => world.db.transaction((tx) => housekeep(tx, at(ms).now, 100, 30));
      for (let done = await all(); done.deleted + done.purged + done.freedPins > 0; ) done = await all();
    };
    const erase = async (ms: number) => {
      while (await world.db.transaction((tx) => eraseSome(tx, at(ms).now)));
    };
    const purge = async () => {
      await keep(2 * DAY_MS);
      await keep(PURGED);
    };
    /** All that is not the name of somebody. */
    const skeleton = async () => {
      const position = engine.name === 'postgres' ? ', tx' : '';
      return world.query(
        `select seq${position}, id, created_at, occurred_at, subject_type, subject_id, verb, object_type, object_id, site_id, member_id, result from events order by seq`,
      );
    };

    it('leaves neither name nor address of who was purged, and every event with its place and its meaning', async () => {
      await guest('Ana', 'ana@example.com');
      await purge();
      const before = await skeleton();

      await erase(PURGED + HOUR_MS);

      const log = await world.log();
      expect(log).not.to.match(/\bAna\b|example\.com/);
      expect(await skeleton()).to.deep.equal(before);
      expect(log).to.include('Gate').and.include('after_window').and.include('(erased)');
      expect(await world.count('erasures')).to.equal(0);
    });

    it('touches nobody else, nor anybody who can still be restored', async () => {
      const gone = await guest('Ana', 'ana@example.com');
      await keep(2 * DAY_MS);
      await guest('Bo', 'bo@example.com');
      await keep(2 * DAY_MS);
      const others = () => world.query('select * from events where member_id <> ? order by seq', gone);
      await erase(91 * DAY_MS);
      expect(await world.log()).to.include('ana@example.com');
      await world.db.transaction((tx) => tx.execute("update members set next_at = null where name like 'Bo%'", []));
      await keep(PURGED);
      const before = await others();

      await erase(PURGED + HOUR_MS);

      expect(await world.log()).not.to.include('ana@example.com');
      expect(await others()).to.deep.equal(before);
    });

    it('does so in parts, however much there is to tell of one person', async () => {
      const member = { id: 'mem_1', name: 'Ana', integrationId: null };
      await world.db.transaction(async (tx) => {
        const use = { door: DOOR, member, method: 'pin' as const, credentialId: null };
        const decision = { granted: false, reason: 'after_window' as const, because: ['Ana was in Guests.'] };
        for (let n = 0; n < ERASED_AT_ONCE + 1; n += 1) await recordUse(tx, NOW, { ...use, decision });
        await eraseMemberLater(tx, NOW.now, member.id);
      });
      const named = () => world.count("events where subject_name = 'Ana' or details like '%Ana%'");
      const some = () => world.db.transaction((tx) => eraseSome(tx, at(HOUR_MS).now));

      expect(await some()).to.equal(true);
      expect(await named()).to.equal(1);
      expect(await some()).to.equal(true);
      expect(await named()).to.equal(0);
      expect(await some()).to.equal(false);
    });

    it('does so of many persons at a time: whoever deletes a large directory has it forgotten the same day', async () => {
      const few = ERASED_AT_ONCE / 5;
      await world.db.transaction(async (tx) => {
        for (let n = 0; n < few + 1; n += 1) {
          const object = { type: 'member' as const, id: `mem_${n}`, name: 'Ana' };
          for (let told = 0; told < 5; told += 1) {
            await append(tx, NOW, {
              verb: 'edit',
              object,
              memberId: object.id,
              details: { because, changes: { name: { before: 'Eva', after: 'Ana' } } },
            });
          }
          await eraseMemberLater(tx, NOW.now, object.id);
        }
      });

      expect(await world.db.transaction((tx) => eraseSome(tx, at(HOUR_MS).now))).to.equal(true);
      expect(await world.count('erasures')).to.be.at.most(2);
      await erase(HOUR_MS);
      expect(await world.log()).not.to.match(/Ana|Eva/);
    });

    it('erases a deleted User when nobody can be restored any more that it stood for, and not one that is there', async () => {
      const core = await Core.create(world.db);
      const ann = await core.createUser({ userName: 'ann@example.com', externalId: 'a' });
      await core.createUser({ userName: 'bo@example.com', externalId: 'b' });
      await core.deleteUser(ann);

      await erase(PURGED - 1);
      expect(await world.log()).to.include('ann@example.com');
      await erase(PURGED);
      expect(await world.log()).not.to.include('ann@example.com');
      expect(await world.log()).to.include('bo@example.com');
    });

    it('erases the Users of an integration that was deleted', async () => {
      const core = await Core.create(world.db);
      await core.createUser({ userName: 'ann@example.com', externalId: 'a' });
      await world.db.transaction((tx) => deleteIntegration(tx, NOW, core.integrationId, { members: 'revoke', coolDownDays: 30 }));

      await erase(PURGED);
      expect(await world.log()).not.to.include('ann@example.com');
    });

    it('is the work of the timekeeper', async () => {
      const core = await Core.create(world.db);
      const ann = await core.createUser({ userName: 'ann@example.com', externalId: 'a' });
      await core.deleteUser(ann);
      await core.timekeeper.tick();
      core.advance(PURGED);
      await core.timekeeper.tick();

      expect(await world.log()).not.to.include('ann@example.com');
    });

    it('is made up for by the migration for those who went before', async () => {
      const location = { engine: engine.name, at: await engine.migrated() };
      const db = openDatabase(location, ignore);
      const knex = knexPkg.knex(knexConfig(location));
      try {
        await db.transaction(async (tx) => {
          const gone = (type: 'user' | 'member', id: string, details?: Readonly<Record<string, unknown>>) =>
            append(tx, NOW, { verb: 'delete', object: { type, id, name: 'Ana' }, ...(details === undefined ? {} : { details }) });
          await gone('user', 'u1');
          await gone('member', 'mem_1', { because });
          await gone('member', 'mem_2', { because, purged: true });
        });
        const migration = await migrationSource.getMigration('0012_erasures');
        await migration.down?.(knex);
        await migration.up(knex);
        const rows = await db.read.query('select kind, object_id, due_at from erasures order by seq', []);
        expect(rows).to.deep.equal([
          { kind: 'member', object_id: 'mem_2', due_at: NOW.now },
          { kind: 'user', object_id: 'u1', due_at: at(PURGED).now },
        ]);
      } finally {
        await knex.destroy();
        await db.close();
      }
    });
  });
});
