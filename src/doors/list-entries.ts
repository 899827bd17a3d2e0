import { accessListHash } from '../credentials/list-key.js';
import type { CardStore } from '../credentials/card-store.js';
import type { PinStore } from '../credentials/pin-store.js';
import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant, Window } from '../domain/time.js';
import { intersection } from '../domain/windows.js';
import type { ListRule } from './list-rules.js';

/** One way through one door. A controller grants when any of them fits. */
interface ListDoor extends ListRule {
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
}

/** What a controller needs of one member to decide alone. */
export interface ListEntry {
  readonly memberId: string;
  readonly pins: readonly { readonly hash: string; readonly length: number }[];
  readonly cards: readonly { readonly hash: string }[];
  readonly doors: readonly ListDoor[];
}

export interface EntrySource {
  readonly reader: Reader;
  readonly pins: PinStore;
  readonly cards: CardStore;
  readonly key: Buffer;
  readonly rules: ReadonlyMap<string, readonly ListRule[]>;
  readonly now: Instant;
}

interface MemberRow {
  readonly seq: number;
  readonly id: string;
  readonly starts_at: Instant | null;
  readonly ends_at: Instant | null;
}

interface AssociationRow {
  readonly member_id: string;
  readonly member_group_id: string;
  readonly starts_at: Instant | null;
  readonly ends_at: Instant | null;
}

const LIVE = 'm.deleted_at is null and m.ended_at is null and (m.ends_at is null or m.ends_at > ?)';

const page = statement<{ after: number; now: Instant; groups: string; limit: number }, MemberRow>('list.page', (sql, p, dialect) =>
  sql.raw(
    `select m.seq, m.id, m.starts_at, m.ends_at from members m where m.seq > ? and ${LIVE}
       and exists (select 1 from associations a where a.member_id = m.id and ${dialect.inList('a.member_group_id')})
     order by m.seq limit cast(? as bigint)`,
    [p.after, p.now, p.groups, p.limit],
  ),
);

const byId = statement<{ now: Instant; ids: string }, MemberRow>('list.by-id', (sql, p, dialect) =>
  sql.raw(`select m.seq, m.id, m.starts_at, m.ends_at from members m where ${LIVE} and ${dialect.inList('m.id')} order by m.seq`, [
    p.now,
    p.ids,
  ]),
);

const associationsOf = statement<{ ids: string; groups: string; now: Instant }, AssociationRow>('list.associations', (sql, p, dialect) =>
  sql.raw(
    `select member_id, member_group_id, starts_at, ends_at from associations
     where ${dialect.inList('member_id')} and ${dialect.inList('member_group_id')} and (ends_at is null or ends_at > ?)
     order by member_id, created_at, id`,
    [p.ids, p.groups, p.now],
  ),
);

/** A page of members who may come through a door of these rules, in the order of their row numbers; `next` null: the last. */
export async function entriesAfter(
  source: EntrySource,
  after: number,
  limit: number,
): Promise<{ readonly entries: readonly ListEntry[]; readonly next: number | null }> {
  const { reader, now } = source;
  const rows = await reader.all(page, { after, now, groups: groupsOf(source), limit });
  return { entries: await entriesOf(source, rows), next: rows.length < limit ? null : (rows.at(-1)?.seq ?? null) };
}

/** Those of these members who may come through a door of these rules; the others are in no list. */
export async function entriesOfMembers(source: EntrySource, ids: readonly string[]): Promise<readonly ListEntry[]> {
  return entriesOf(source, await source.reader.all(byId, { now: source.now, ids: JSON.stringify(ids) }));
}

async function entriesOf(source: EntrySource, members: readonly MemberRow[]): Promise<readonly ListEntry[]> {
  if (members.length === 0) return [];
  const { reader, pins, cards, key, now } = source;
  const ids = members.map(({ id }) => id);
  const found = await reader.all(associationsOf, { ids: JSON.stringify(ids), groups: groupsOf(source), now });
  const associations = byMember(found, (row) => row.member_id);
  const digits = byMember(await pins.digitsOf(reader, ids), (pin) => pin.memberId);
  const uids = byMember(await cards.uidsOf(reader, ids), (card) => card.memberId);
  return members.flatMap((member): ListEntry[] => {
    const entry: ListEntry = {
      memberId: member.id,
      pins: (digits.get(member.id) ?? []).map((pin) => ({ hash: accessListHash(key, pin.digits), length: pin.digits.length })),
      cards: (uids.get(member.id) ?? []).map(({ uid }) => ({ hash: accessListHash(key, uid) })),
      doors: (associations.get(member.id) ?? []).flatMap((association) => doorsOf(source, member, association)),
    };
    const opensNothing = entry.doors.length === 0 || (entry.pins.length === 0 && entry.cards.length === 0);
    return opensNothing ? [] : [entry];
  });
}

/** The ways that one association gives, within its own window and the member's. */
function doorsOf({ rules }: EntrySource, member: MemberRow, association: AssociationRow): ListDoor[] {
  const window = intersection(windowOf(member), windowOf(association));
  if (window === null) return [];
  return (rules.get(association.member_group_id) ?? []).map((rule) => ({ ...rule, startsAt: window.startsAt, endsAt: window.endsAt }));
}

function windowOf({ starts_at, ends_at }: Pick<MemberRow, 'starts_at' | 'ends_at'>): Window {
  return { startsAt: starts_at, endsAt: ends_at };
}

function groupsOf({ rules }: EntrySource): string {
  return JSON.stringify([...rules.keys()]);
}

function byMember<Row>(rows: readonly Row[], memberOf: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const list = found.get(memberOf(row));
    if (list === undefined) found.set(memberOf(row), [row]);
    else list.push(row);
  }
  return found;
}
