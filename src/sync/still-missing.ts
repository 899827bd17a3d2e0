import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { CLOCKS_DIFFER_MS, type Instant, shift } from '../domain/time.js';
import type { Removal } from './removal.js';

const userNow = statement<{ id: string }, { version: number; missing_since: number | null }>('held.userNow', (sql, p) =>
  sql('users').where('id', p.id).select('version', 'missing_since'),
);
const seenSince = statement<{ id: string; since: Instant; until: Instant }, { seq: number }>('held.seenSince', (sql, p) =>
  sql.raw(
    `select h.seq from users u join pull_hints h on h.integration_id = u.integration_id and h.source_key = u.source_key
     where u.id = ? and h.done_at > ? and h.done_at <= ?`,
    [p.id, p.since, p.until],
  ),
);
const groupNow = statement<{ id: string }, { version: number; missing_since: number | null }>('held.groupNow', (sql, p) =>
  sql('groups').where('id', p.id).select('version', 'missing_since'),
);
const membershipNow = statement<{ userId: string; groupId: string }, { user_id: string }>('held.membershipNow', (sql, p) =>
  sql('group_members').where({ user_id: p.userId, group_id: p.groupId }).select('user_id'),
);

/**
 * Is what is to be removed as it was when its absence was found, and has its source not shown it since? `since`: when it
 * was not yet marked as missing, so that only the hints tell who was read directly meanwhile; null: it has been for long.
 */
export async function isStillMissing(
  tx: Tx,
  removal: Removal,
  since: { readonly at: Instant; readonly now: Instant } | null,
): Promise<boolean> {
  if (removal.kind === 'membership') return (await tx.first(membershipNow, removal)) !== undefined;
  const row = removal.kind === 'user' ? await tx.first(userNow, { id: removal.userId }) : await tx.first(groupNow, { id: removal.groupId });
  if (row === undefined || row.version !== removal.version || row.missing_since === null) return false;
  if (since === null || removal.kind === 'group') return true;
  const until = shift(since.now, CLOCKS_DIFFER_MS);
  return (await tx.first(seenSince, { id: removal.userId, since: since.at, until })) === undefined;
}
