import { expect } from 'chai';
import { removeDoorFromControllers } from '../../src/access/controller-store.js';
import { deleteDoor } from '../../src/access/door-store.js';
import { type ChangeContext, SYSTEM } from '../../src/domain/events.js';
import { shift } from '../../src/domain/time.js';
import { acknowledge } from '../../src/doors/command-ack.js';
import { COMMAND_MS, waitForCommand } from '../../src/doors/commands.js';
import { handOver } from '../../src/doors/hand-over.js';
import { counting } from '../support/counting.js';
import { forEachEngine } from '../support/engines.js';
import { ignore, openedTwice } from '../support/fresh-database.js';
import { HOUR_MS, T0 } from '../support/world.js';

describe('a command that is handed over', () => {
  forEachEngine((engine) => {
    const opened = openedTwice(engine);
    const context: ChangeContext = { actor: SYSTEM, now: T0 };

    beforeEach(async () => {
      await opened().db.transaction(async (tx) => {
        for (const table of ['doors', 'sites', 'controllers']) await tx.execute(`delete from ${table}`, []);
        await tx.execute("insert into sites (id, name, time_zone, created_at, updated_at) values ('s', 'S', 'UTC', ?, ?)", [T0, T0]);
        await tx.execute("insert into doors (id, name, site_id, created_at, updated_at) values ('d', 'D', 's', ?, ?)", [T0, T0]);
        await tx.execute("insert into controllers (id, name, token_hash, created_at, updated_at) values ('c', 'C', 'h', ?, ?)", [T0, T0]);
        await tx.execute("insert into controller_doors (controller_id, door_id) values ('c', 'd')", []);
        await tx.execute("insert into door_commands (id, door_id, created_at, expires_at, state) values ('m', 'd', ?, ?, 'pending')", [
          T0,
          shift(T0, 10_000),
        ]);
      });
    });

    it('while its door is deleted waits for nobody in a circle', async () => {
      const { db, other } = opened();
      const counted = [counting(db), counting(other)] as const;
      let isHeld = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        isHeld = resolve;
      });
      // On SQLite one comes after the other. On PostgreSQL the door is off its controllers, and not yet gone, when the command goes out.
      const deleting = counted[0].db.transaction(async (tx) => {
        await removeDoorFromControllers(tx, context, 'd', 'the door was deleted');
        isHeld();
        if (tx.engine === 'postgres') {
          const waiting = 'select 1 from pg_locks where not granted and pid <> pg_backend_pid()';
          const done = "select 1 from command_deliveries where command_id = 'm'";
          while ((await db.read.query(waiting, [])).length + (await db.read.query(done, [])).length === 0);
        }
        await deleteDoor(tx, context, 'd');
      });
      await held;
      await counted[1].db.transaction((tx) => handOver(tx, context, { commandId: 'm', controllerIds: ['c'] }));
      await deleting;

      expect(counted.map(({ count }) => count.attempts)).to.deep.equal([1, 1]);
      expect(await db.read.query('select 1 from door_commands', [])).to.deep.equal([]);
    });

    it('has not gone out when its ten seconds have passed by the watch, though the clock was set back meanwhile', async () => {
      const { db } = opened();
      const earlier = shift(T0, -HOUR_MS);
      let runOut = (): void => undefined;
      const timers = {
        after: (ms: number, work: () => void) => {
          if (ms === COMMAND_MS) runOut = work;
          return ignore;
        },
      };
      const answer = waitForCommand({ db, clock: { now: () => earlier }, timers }, 'm');
      runOut();

      expect(await answer).to.deep.equal({ state: 'expired', detail: null });
      const later = { actor: SYSTEM, now: earlier };
      expect(await db.transaction((tx) => handOver(tx, later, { commandId: 'm', controllerIds: ['c'] }))).to.equal(false);
    });

    it('has not failed with the first that says so at once, while another may be getting it from another replica', async () => {
      const { db } = opened();
      const said = (controllerId: string, ms: number) => {
        const ack = { result: 'failed' as const, detail: '' };
        return db.transaction((tx) => acknowledge(tx, { actor: SYSTEM, now: shift(T0, ms) }, controllerId, 'm', ack));
      };
      await db.transaction(async (tx) => {
        await tx.execute(
          "insert into controllers (id, name, token_hash, created_at, updated_at, last_seen_at) values ('b', 'B', 'i', ?, ?, ?)",
          [T0, T0, T0],
        );
        await tx.execute("insert into controller_doors (controller_id, door_id) values ('b', 'd')", []);
        await handOver(tx, context, { commandId: 'm', controllerIds: ['c'] });
      });

      const { state } = await said('c', 499);
      expect(state).to.equal(engine.name === 'postgres' ? 'pending' : 'failed');
      expect((await said('c', 500)).state, 'half a second later').to.equal('failed');
    });
  });
});
