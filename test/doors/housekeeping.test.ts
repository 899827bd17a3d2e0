import { expect } from 'chai';
import { forgetFormerDoors } from '../../src/access/former-door-store.js';
import type { SqlValue, Tx } from '../../src/db/database.js';
import { type Instant, shift } from '../../src/domain/time.js';
import { forgetAttempts } from '../../src/doors/attempt-store.js';
import { forgetCheckIns } from '../../src/doors/check-ins.js';
import { forgetCommands } from '../../src/doors/command-store.js';
import { DoorKeeper } from '../../src/doors/keeper.js';
import { forgetReported } from '../../src/doors/reported-store.js';
import { addSession, type NewSession } from '../../src/guest/session-store.js';
import { forEachEngine } from '../support/engines.js';
import { DAY_MS, T0, type World, worldOf } from '../support/world.js';

const SLICE = 1_000;
const OLD = SLICE + 200;
const MINUTE_MS = 60_000;

interface Kept {
  readonly table: string;
  readonly days: number;
  readonly forget: (tx: Tx, now: Instant) => Promise<number>;
  readonly columns: string;
  /** A row whose time is `at`. */
  readonly row: (n: number, at: Instant) => readonly SqlValue[];
}

const TABLES: readonly Kept[] = [
  { table: 'door_attempts', days: 2, forget: forgetAttempts, columns: 'door_id, at', row: (_, at) => ['door_1', at] },
  {
    ...{ table: 'controller_events', days: 180, forget: forgetReported, columns: 'controller_id, event_id, received_at' },
    row: (n, at) => ['ctl_1', `e${n}`, at],
  },
  {
    ...{ table: 'former_doors', days: 180, forget: forgetFormerDoors, columns: 'controller_id, door_id, door_name, site_id, ended_at' },
    row: (n, at) => ['ctl_1', `door_${n}`, 'Gate', 'site_1', at],
  },
  {
    ...{ table: 'door_commands', days: 7, forget: forgetCommands, columns: 'id, door_id, created_at, expires_at, state' },
    row: (n, at) => [`cmd_${n}`, 'door_1', shift(at, -10_000), at, 'expired'],
  },
  {
    ...{ table: 'check_ins', days: 400, forget: forgetCheckIns, columns: 'integration_id, user_id, day, created_at' },
    row: (n, at) => ['int_1', `u${n}`, '2026-05-01', at],
  },
];

describe('what nobody needs any more at doors', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    beforeEach(async () => {
      world = current();
      const times = { created_at: T0, updated_at: T0 };
      await world.insert('sites', { id: 'site_1', name: 'Hotel', time_zone: 'Europe/Madrid', ...times });
      await world.insert('doors', { id: 'door_1', name: 'Gate', site_id: 'site_1', ...times });
      await world.insert('controllers', { id: 'ctl_1', name: 'Lobby', token_hash: 'x', ...times });
      await world.insert('integrations', { id: 'int_1', kind: 'nexudus', name: 'Loft', settings: '{}', ...times });
    });

    const insert = async (table: string, columns: string, rows: readonly (readonly SqlValue[])[]) => {
      await world.db.transaction(async (tx) => {
        for (let from = 0; from < rows.length; from += 200) {
          const part = rows.slice(from, from + 200);
          const marks = part.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
          await tx.execute(`insert into ${table} (${columns}) values ${marks}`, part.flat());
        }
      });
    };
    /** Rows that are just too old, and one that is exactly as old as may be. */
    const fill = ({ table, days, columns, row }: Kept, old: number) =>
      insert(
        table,
        columns,
        Array.from({ length: old + 1 }, (_, n) => row(n, n === 0 ? T0 : shift(T0, -1))),
      ).then(() => shift(T0, days * DAY_MS));

    for (const kept of TABLES) {
      it(`goes from ${kept.table} after ${kept.days} days to the instant, ${SLICE} at a time`, async () => {
        const then = await fill(kept, OLD);
        const forget = (now: Instant) => world.db.transaction((tx) => kept.forget(tx, now));

        expect(await forget(shift(then, -1)), 'a moment before').to.equal(0);
        expect([await forget(then), await forget(then), await forget(then)]).to.deep.equal([SLICE, OLD - SLICE, 0]);
        expect(await world.count(kept.table)).to.equal(1);
        expect(await forget(shift(then, 1))).to.equal(1);
      });
    }

    it('goes by the keeper, of all tables, by its clock, and looked for every ten minutes', async () => {
      let now = T0;
      const never = (): never => {
        throw new Error('nothing goes wrong here');
      };
      const logger = { debug: never, info: never, warn: never, error: never };
      const keeper = new DoorKeeper({ db: world.db, clock: { now: () => now }, timers: { after: () => () => undefined }, logger });
      for (const kept of TABLES) await fill(kept, 2);
      const left = () => Promise.all(TABLES.map(({ table }) => world.count(table)));

      await keeper.tick();
      expect(await left()).to.deep.equal([3, 3, 3, 3, 3]);
      now = shift(T0, 2 * DAY_MS);
      await keeper.tick();
      expect(await left()).to.deep.equal([1, 3, 3, 3, 3]);
      now = shift(now, 10 * MINUTE_MS - 1);
      await keeper.tick();
      expect(await left(), 'nobody looked').to.deep.equal([1, 3, 3, 3, 3]);
      now = shift(now, 1);
      await keeper.tick();
      expect(await left()).to.deep.equal([0, 3, 3, 3, 3]);
      now = shift(T0, 401 * DAY_MS);
      await keeper.tick();
      expect(await left()).to.deep.equal([0, 0, 0, 0, 0]);
    });

    it('goes from the sessions of guests with each that is added, a hundred at a time', async () => {
      await world.insert('members', { id: 'mem_1', name: 'Ann', name_key: 'ann', created_at: T0, updated_at: T0 });
      for (const n of [0, 1, 2, 3, 4, 5, 6]) {
        const link = { id: `ml_${n}`, member_id: 'mem_1', managed_by: 'manual', created_at: T0, secret_hash: `h${n}`, sealed: 'x' };
        await world.insert('magic_links', link);
      }
      const session = (n: number, expiresAt: Instant): NewSession => ({
        ...{ id: `gs_${n}`, tokenHash: `t${n}`, linkId: `ml_${n % 6}`, createdAt: T0, expiresAt },
      });
      const over = Array.from({ length: 120 }, (_, n) => session(n, n === 0 ? shift(T0, 1) : T0));
      const columns = 'id, token_hash, magic_link_id, created_at, expires_at';
      await insert(
        'guest_sessions',
        columns,
        over.map((one) => [one.id, one.tokenHash, one.linkId, one.createdAt, one.expiresAt]),
      );
      const add = (n: number, createdAt: Instant) =>
        world.db.transaction((tx) => addSession(tx, { ...session(n, shift(createdAt, MINUTE_MS)), linkId: 'ml_6', createdAt }));
      const ended = () => world.count('guest_sessions where expires_at <= ?', T0);

      await add(500, shift(T0, -1));
      expect(await ended(), 'not over yet').to.equal(119);
      await add(501, T0);
      expect(await ended()).to.equal(19);
      await add(502, T0);
      expect(await ended()).to.equal(0);
      expect(await world.count(`guest_sessions where id = 'gs_0'`), 'lasts for another moment').to.equal(1);
    });
  });
});
