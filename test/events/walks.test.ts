import { expect } from 'chai';
import fc from 'fast-check';
import type { SqlValue } from '../../src/db/statement.js';
import { type Instant, shift } from '../../src/domain/time.js';
import { EVENT_ORDERS, type EventFilter, type EventOrder, type EventPosition, listEvents } from '../../src/events/list.js';
import { forEachEngine } from '../support/engines.js';
import { recording } from '../support/recording.js';
import { runs } from '../support/runs.js';
import { seededRandom } from '../support/seeded-random.js';
import { T0, worldOf } from '../support/world.js';

const EVENTS = 600;
const HOURS = 3_600_000;

interface Told {
  readonly seq: number;
  readonly id: string;
  readonly created_at: Instant;
  readonly occurred_at: Instant;
  readonly [column: string]: string | number | null;
}

const COLUMNS: Readonly<Record<string, string>> = {
  objectType: 'object_type',
  objectId: 'object_id',
  verb: 'verb',
  integrationId: 'integration_id',
  siteId: 'site_id',
  subjectId: 'subject_id',
  memberId: 'member_id',
  result: 'result',
};

const hour = fc.integer({ min: -30, max: 130 }).map((at) => shift(T0, at * HOURS));
const filters: fc.Arbitrary<EventFilter> = fc.record(
  {
    objectType: fc.constantFrom('door' as const, 'member' as const, 'site' as const),
    objectId: fc.constantFrom('o1', 'o2', 'o7'),
    verb: fc.constantFrom('use' as const, 'edit' as const, 'reveal' as const),
    integrationId: fc.constantFrom('int_1', 'int_2'),
    siteId: fc.constantFrom('site_1', 'site_2'),
    subjectId: fc.constantFrom('s1', 's2', 'mem_1'),
    memberId: fc.constantFrom('mem_1', 'mem_2', 'mem_9'),
    result: fc.constantFrom('ok' as const, 'denied' as const),
    since: hour,
    until: hour,
    occurredSince: hour,
    occurredUntil: hour,
  },
  { requiredKeys: [] },
);

/** What the list should hold: every row looked at, in the order that was asked for. */
function expected(rows: readonly Told[], filter: EventFilter, order: EventOrder): string[] {
  const { since, until, occurredSince, occurredUntil } = filter;
  const matching = rows.filter(
    (row) =>
      Object.entries(COLUMNS).every(([name, column]) => {
        const value = filter[name as keyof EventFilter];
        return value === undefined || row[column] === value;
      }) &&
      (since === undefined || row.created_at >= since) &&
      (until === undefined || row.created_at < until) &&
      (occurredSince === undefined || row.occurred_at >= occurredSince) &&
      (occurredUntil === undefined || row.occurred_at < occurredUntil),
  );
  const timed =
    order === 'occurredAt' || ((since ?? until) !== undefined && filter.objectId === undefined && filter.memberId === undefined);
  const key = ({ occurred_at, created_at }: Told) => (order === 'occurredAt' ? occurred_at : created_at);
  const byTime = (a: Told, b: Told) => (key(a) < key(b) ? 1 : key(a) > key(b) ? -1 : 0);
  return matching.sort((a, b) => (timed ? byTime(a, b) : 0) || b.seq - a.seq).map(({ id }) => id);
}

describe('event walks', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine, { inventsEvents: true });

    /** Events of five days, some told late, some of a clock that was set back, and many of one instant. */
    async function tell(): Promise<Told[]> {
      const random = seededRandom(7);
      const below = (n: number) => Math.floor(random() * n);
      const one = <Value>(...values: readonly Value[]): Value => values[below(values.length)] as Value;
      const rows: string[] = [];
      const bindings: (string | null)[] = [];
      for (let n = 0; n < EVENTS; n += 1) {
        const created = n % 50 === 0 ? below(100) : Math.floor(n / 40) * 8;
        const occurred = n % 7 === 0 ? created - below(20) : created;
        rows.push('(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
        const [type, subject] = one(
          ['admin', 's1'],
          ['system', 's2'],
          ['admin', 's3'],
          ['system', 's3'],
          ['member', one('mem_1', 'mem_2')],
        );
        const member = type === 'member' ? subject : one('mem_1', 'mem_2', null);
        bindings.push(`evt_${n}`, shift(T0, created * HOURS), shift(T0, occurred * HOURS), type ?? '', subject ?? '');
        bindings.push('Somebody', one('use', 'use', 'use', 'edit', n % 199 === 0 ? 'reveal' : 'create'), one('door', 'door', 'member'));
        bindings.push(one('o1', 'o2', 'o3', 'o3'), 'Something', one('site_1', null), one('int_1', null, null), member ?? null);
        bindings.push(n % 90 === 0 ? 'denied' : 'ok');
      }
      await world().db.transaction((tx) =>
        tx.execute(
          `insert into events (id, created_at, occurred_at, subject_type, subject_id, subject_name, verb, object_type, object_id,
             object_name, site_id, integration_id, member_id, result) values ${rows.join(', ')}`,
          bindings,
        ),
      );
      return world().query<Told>('select * from events order by seq');
    }

    async function read(filter: EventFilter, order: EventOrder, limit: number, pageMs?: number): Promise<string[]> {
      const ids: string[] = [];
      let after: EventPosition | null = null;
      do {
        const page = await listEvents(world().db.read, filter, { limit, after, order, ...(pageMs === undefined ? {} : { pageMs }) });
        expect(page.data.length).to.be.at.most(limit);
        ids.push(...page.data.map(({ id }) => id));
        after = page.next;
      } while (after !== null);
      return ids;
    }

    it('find what a look at every event finds, however long a page may take', async () => {
      const rows = await tell();

      await fc.assert(
        fc.asyncProperty(
          filters,
          fc.constantFrom(...EVENT_ORDERS),
          fc.constantFrom(3, 40, 100),
          fc.constantFrom(0, undefined),
          async (filter, order, limit, pageMs) => {
            expect(await read(filter, order, limit, pageMs)).to.deep.equal(expected(rows, filter, order));
          },
        ),
        { numRuns: runs(engine.name === 'sqlite' ? 120 : 50, 5_000) },
      );
    });

    it('end a page that found nothing in its time with a cursor that goes on', async () => {
      const rows = await tell();
      const filter = { subjectId: 's9' };

      const page = await listEvents(world().db.read, filter, { limit: 10, after: null, pageMs: 0 });

      expect(page.data).to.deep.equal([]);
      expect(page.next?.seq).to.be.within(rows[0]?.seq ?? 0, rows.at(-1)?.seq ?? 0);
    });

    /** Each filter, and the index that answers it. */
    const answered: readonly (readonly [EventFilter, EventOrder, RegExp])[] = [
      [{}, 'createdAt', /INTEGER PRIMARY KEY|events_pkey/],
      // PostgreSQL reads some hundred rows of one kind and another just as well by their numbers.
      [{ verb: 'reveal' }, 'createdAt', engine.name === 'sqlite' ? /events_kind/ : /events_kind|events_pkey/],
      [{ objectType: 'site' }, 'createdAt', /events_kind/],
      [{ objectType: 'door', verb: 'use' }, 'createdAt', /events_kind/],
      [{ objectId: 'o9' }, 'createdAt', /events_object_id_seq_index/],
      [{ subjectId: 's9' }, 'createdAt', /events_subject/],
      [{ subjectId: 'mem_9' }, 'createdAt', /events_member/],
      [{ integrationId: 'int_9' }, 'createdAt', /events_integration_id_seq_index/],
      [{ siteId: 'site_9' }, 'createdAt', /events_site/],
      [{ memberId: 'mem_9' }, 'createdAt', /events_member/],
      [{ result: 'denied' }, 'createdAt', /events_denied/],
      [{ memberId: 'mem_9', verb: 'use', since: T0 }, 'createdAt', /events_member/],
      [{ since: T0 }, 'createdAt', /events_created/],
      [{ until: T0, result: 'ok' }, 'createdAt', /events_created/],
      [{ occurredSince: T0 }, 'occurredAt', /events_occurred/],
      [{ memberId: 'mem_9', occurredUntil: T0 }, 'occurredAt', /events_member/],
    ];
    for (const [filter, order, index] of answered) {
      it(`of ${JSON.stringify(filter)} by ${order} use an index, and never the whole table`, async () => {
        await tell();
        const recorded = recording(world().db);
        await listEvents(recorded.db.read, filter, { limit: 10, after: null, order });
        const reads = recorded.statements.filter(({ sql }) => /^select .* from .*events/.test(sql) && !/min\(seq\)/.test(sql));
        expect(reads.length).to.be.greaterThan(0);

        for (const { sql, bindings } of reads) {
          const plan = await planOf(sql, bindings);
          expect(plan, sql).to.match(index);
          expect(plan, sql).to.not.match(/SCAN events(?! USING)|Seq Scan/);
        }
      });
    }

    async function planOf(sql: string, bindings: readonly SqlValue[]): Promise<string> {
      if (engine.name === 'sqlite') {
        const steps = await world().query<{ detail: string }>(`explain query plan ${sql}`, ...bindings);
        return steps.map(({ detail }) => detail).join('; ');
      }
      return world().db.transaction(async (tx) => {
        // A table of some hundred rows is read as a whole in any case.
        await tx.execute('set local enable_seqscan = off', []);
        const steps = await tx.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, bindings);
        return steps.map((step) => step['QUERY PLAN']).join('; ');
      });
    }
  });
});
