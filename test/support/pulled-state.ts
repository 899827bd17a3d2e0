import { expect } from 'chai';
import type { Parts } from '../../src/compose.js';
import type { HolidayLets } from './holiday-lets.js';

type Row = Readonly<Record<string, unknown>>;

/** What a pull has led to, by the source's ids: without ids of ours, digits, and the times at which something was written. */
export interface PulledState {
  /** A line for every User, and how many events there are of each sort. */
  readonly lines: ReadonlyMap<string, string>;
  readonly granted: number;
}

const USERS = `select external_id, source_key, user_name, active, version, document, sync_status, skip_reason, warnings, dirty, next_at,
  missing_since, case when written_back is null then 0 else 1 end as written from users`;
const HOUSES = `select u.external_id, g.display_name from group_members gm join users u on u.id = gm.user_id
  join groups g on g.id = gm.group_id order by 1, 2`;
const MEMBERS = `select external_id, name, starts_at, ends_at, ended_at, deleted_at, next_at,
  case when user_id in (select id from users) then 1 else 0 end as attached from members`;
const EMAILS = `select m.external_id, e.position, e.value from member_emails e join members m on m.id = e.member_id order by 1, 2`;
const ASSOCIATIONS = `select m.external_id, g.name, a.starts_at, a.ends_at, case when a.managed_by = m.integration_id then 1 else 0 end as own
  from associations a join members m on m.id = a.member_id join member_groups g on g.id = a.member_group_id order by 1, 2, 3`;
const CREDENTIALS = ['pins', 'magic_links', 'cards'].map(
  (table) => `select m.external_id, '${table}' as sort, c.revoked_at from ${table} c join members m on m.id = c.member_id order by 1, 3`,
);
const EVENTS = `select verb, object_type, result, count(*) as n from events where object_type <> 'sync_run' group by verb, object_type, result`;

export async function pulledState({ db }: Parts): Promise<PulledState> {
  const lines = new Map<string, unknown[]>();
  const note = (key: string, ...what: unknown[]) => lines.set(key, [...(lines.get(key) ?? []), ...what]);
  for (const user of await db.read.query<Row>(USERS, [])) note(String(user['external_id']), { ...user, document: told(user['document']) });
  for (const sql of [HOUSES, MEMBERS, EMAILS, ASSOCIATIONS, ...CREDENTIALS]) {
    for (const row of await db.read.query<Row>(sql, [])) note(String(row['external_id']), row);
  }
  for (const { n, ...sort } of await db.read.query<Row>(EVENTS, [])) note(`events ${Object.values(sort).join(' ')}`, n);
  const granted = [...lines.values()].filter((parts) => parts.some((part) => isRow(part) && part['sort'] === 'pins')).length;
  return { lines: new Map([...lines].map(([key, parts]) => [key, JSON.stringify(parts)])), granted };
}

function told(document: unknown): unknown {
  const { id: _id, meta: _meta, ...rest } = (typeof document === 'string' ? JSON.parse(document) : document) as Row;
  return rest;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

export function expectSame(actual: PulledState, expected: PulledState): void {
  const keys = [...new Set([...actual.lines.keys(), ...expected.lines.keys()])];
  const other = keys.filter((key) => actual.lines.get(key) !== expected.lines.get(key));
  const shown = other.slice(0, 3).map((key) => `\n${actual.lines.get(key)}\ninstead of\n${expected.lines.get(key)}`);
  expect(other.length, `${other.length} of ${keys.length} differ: ${shown.join('\n')}`).to.equal(0);
}

/** Everybody who may enter has one PIN that nobody else has, which the source was told once; nothing is left to do or to wait for. */
export async function expectSettled(lets: HolidayLets, { db, stores, clock }: Parts): Promise<void> {
  const count = async (from: string) => Number((await db.read.query<{ n: number }>(`select count(*) as n from ${from}`, []))[0]?.n);
  const live = await db.read.query<{ member: string; key: string; id: string }>(
    `select m.id as member, u.source_key as key, p.id from pins p join members m on m.id = p.member_id join users u on u.id = m.user_id
     where p.revoked_at is null`,
    [],
  );
  const digits = new Map<string, string | null>();
  for (const { member, key, id } of live) digits.set(key, await stores.pins.digitsFor(db.read, member, id));
  expect(digits.size, 'a PIN each').to.equal(live.length);
  expect(new Set(digits.values()).size, 'a PIN of its own').to.equal(live.length);
  const links = `magic_links l where l.revoked_at is null and l.member_id in (select member_id from pins where revoked_at is null)`;
  expect(await count(links), 'a link each').to.equal(live.length);

  for (const { _id, keyCode } of lets.sandbox.world.reservations.values()) expect(keyCode, _id).to.equal(digits.get(_id) ?? null);
  const first = new Map<string, string | null>();
  for (const { id, keyCode } of lets.written) {
    expect(first.get(id) ?? keyCode, `what was written to ${id}`).to.equal(keyCode);
    first.set(id, keyCode);
  }
  expect(first.size, 'reservations written to').to.equal(live.length);

  expect(
    await db.read.query(`select object_id from events where verb = 'create' group by object_id having count(*) > 1`, []),
  ).to.deep.equal([]);
  expect(await count('outbox'), 'messages left').to.equal(0);
  expect(await count(`deliveries where outcome = 'dead'`), 'messages set aside').to.equal(0);
  expect(await count('alerts'), 'alerts').to.equal(0);
  expect(await count('users where dirty = 1'), 'Users left').to.equal(0);
  expect(await count(`sync_runs where state = 'running'`), 'runs left behind').to.equal(0);
  expect(await db.read.query('select name, holder from leases where expires_at > ?', [clock.now()]), 'leases').to.deep.equal([]);
}
