import { expect } from 'chai';
import type { Core } from './core.js';

interface Row {
  readonly type: string;
  readonly id: string;
  readonly memberId: string | null;
  readonly managedBy: string | null;
  readonly version: number;
  /** What an event would tell of; not what housekeeping keeps for itself. */
  readonly state: string;
}

interface EventRow {
  readonly object_type: string;
  readonly object_id: string;
}

/** Everything that events tell of, at one moment, and how many of them there are. */
export interface Snapshot {
  readonly rows: ReadonlyMap<string, Row>;
  readonly events: number;
}

const concat = (...columns: readonly string[]) => columns.map((column) => `coalesce(${column}, '-')`).join(" || ' ' || ");

const QUERIES = [
  `select 'user' as type, id, null as "memberId", null as "managedBy", version, document || coalesce(pin_hash, '') as state from users`,
  `select 'group' as type, id, null as "memberId", null as "managedBy", version, document as state from groups`,
  `select 'member' as type, id, id as "memberId", null as "managedBy", 0 as version, ${concat('name', 'starts_at', 'ends_at', 'ended_at', 'deleted_at', 'restored_at')} as state from members`,
  `select 'association' as type, id, member_id as "memberId", managed_by as "managedBy", 0 as version, ${concat('starts_at', 'ends_at', 'member_group_id')} as state from associations`,
  `select 'pin' as type, id, member_id as "memberId", managed_by as "managedBy", 0 as version, ${concat('hash', 'revoked_at', 'cooling_until')} as state from pins`,
  `select 'magic_link' as type, id, member_id as "memberId", managed_by as "managedBy", 0 as version, ${concat('revoked_at', 'cooling_until')} as state from magic_links`,
  `select 'card' as type, id, member_id as "memberId", managed_by as "managedBy", 0 as version, ${concat('uid', 'live_uid', 'revoked_at', 'cooling_until')} as state from cards`,
];

export async function snapshot(core: Core): Promise<Snapshot> {
  const rows = new Map<string, Row>();
  for (const sql of QUERIES) for (const row of await core.query<Row>(sql)) rows.set(`${row.type} ${row.id}`, row);
  for (const { member_id, value } of await core.query<{ member_id: string; value: string }>(
    'select member_id, value from member_emails order by position',
  )) {
    const member = rows.get(`member ${member_id}`);
    if (member !== undefined) rows.set(`member ${member_id}`, { ...member, state: `${member.state} ${value}` });
  }
  return { rows, events: (await core.one<{ n: number }>('select max(seq) as n from events')).n };
}

/** A row that went along with its member, which has been purged. */
function wentAlong(row: Row, after: Snapshot): boolean {
  return row.type !== 'member' && row.memberId !== null && !after.rows.has(`member ${row.memberId}`);
}

/** The rows that came, went or changed; without those that went along with their member. */
function changedBetween(before: Snapshot, after: Snapshot): Row[] {
  const changed: Row[] = [];
  for (const [key, row] of after.rows)
    if (before.rows.get(key)?.state !== row.state || before.rows.get(key)?.version !== row.version) changed.push(row);
  for (const [key, row] of before.rows) if (!after.rows.has(key) && !wentAlong(row, after)) changed.push(row);
  return changed;
}

/** I7: everything that changed is told of, and nothing else; of Users and Groups once for each version. */
export async function expectToldOf(core: Core, before: Snapshot, after: Snapshot): Promise<void> {
  const events = await core.query<EventRow>('select object_type, object_id from events where seq > ?', before.events);
  const told = events
    .map((event) => `${event.object_type} ${event.object_id}`)
    .filter((key) => /^(user|group|member|association|pin|magic_link|card) /.test(key));
  const changed = changedBetween(before, after);
  // Digits given back in the same look in which their member is purged.
  const gone = [...before.rows].filter(([, row]) => wentAlong(row, after)).map(([key]) => key);
  // A Group that loses a deleted User or Group has a new version, of which the deletion tells.
  const deletion = [...before.rows.keys()].some((key) => /^(user|group) /.test(key) && !after.rows.has(key));
  const expected = changed
    .filter(({ type, id }) => !(deletion && type === 'group' && after.rows.has(`group ${id}`)))
    .map(({ type, id }) => `${type} ${id}`);
  expect([...new Set(told)].filter((key) => !gone.includes(key)).sort(), 'I7').to.deep.equal([...new Set(expected)].sort());
  for (const { type, id, version } of changed) {
    if ((type !== 'user' && type !== 'group') || deletion || !after.rows.has(`${type} ${id}`)) continue;
    const steps = version - (before.rows.get(`${type} ${id}`)?.version ?? 0);
    expect(
      told.filter((key) => key === `${type} ${id}`),
      `I7 ${type}`,
    ).to.have.length(steps);
  }
}

/** I3: of rows that others manage, none has changed; but digits whose cool-down is over are given back by whoever takes them. */
export function expectOnlyOwn(before: Snapshot, after: Snapshot, mayChange: readonly string[]): void {
  const foreign = changedBetween(before, after).filter(({ managedBy }) => managedBy !== null && !mayChange.includes(managedBy));
  const givenBack = ({ type, state }: Row) => type === 'pin' && state.startsWith('- ');
  expect(
    foreign.filter((row) => !givenBack(row)),
    'I3',
  ).to.deep.equal([]);
}
