import type { Reader } from '../db/database.js';
import type { Position, Side, SortOrder } from './keyset.js';
import type { AnyRow } from './list-all.js';
import type { SqlFragment } from './sql-fragment.js';
import { walkGroups, walkUsers, type Walked } from './walk.js';

/** Which resources of one type, and their order: of both types by the same attribute, or of none. */
export interface WalkSelection {
  readonly where: SqlFragment | null;
  readonly order: SortOrder | null;
}

/** A stretch of the list of Users and Groups alike; see `Walk`. */
export interface AllWalk {
  readonly integrationId: string;
  readonly users: WalkSelection;
  readonly groups: WalkSelection;
  readonly from: Position | null;
  readonly side: Side;
  readonly count: number;
}

/** The stretches of both types merged. In the order of creation all Users are before all Groups. */
export async function walkAll(reader: Reader, { users, groups, ...walk }: AllWalk): Promise<Walked<AnyRow>[]> {
  const ofUsers = await walkUsers(reader, { ...walk, ...users });
  const ofGroups = await walkGroups(reader, { ...walk, ...groups });
  const direction = users.order?.direction ?? 'asc';
  const merged = [
    ...ofUsers.map(({ row, position }): Walked<AnyRow> => ({ row: { type: 'User', row }, position })),
    ...ofGroups.map(({ row, position }): Walked<AnyRow> => ({ row: { type: 'Group', row }, position })),
  ].sort((a, b) => (direction === 'asc' ? compareKeys(a, b) : compareKeys(b, a)) || compareCreation(a, b));
  return walk.side === 'after' ? merged.slice(0, walk.count) : merged.slice(-walk.count);
}

/** Text by code point, as both engines do it: that is the order of its UTF-8 bytes, and not that of JavaScript. */
function compareKeys({ position: { key: a } }: Walked<AnyRow>, { position: { key: b } }: Walked<AnyRow>): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compareCreation({ position: a }: Walked<AnyRow>, { position: b }: Walked<AnyRow>): number {
  if (a.type !== b.type) return a.type === 'User' ? -1 : 1;
  return a.seq - b.seq;
}
