import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Removal } from './removal.js';

const userNow = statement<{ id: string }, { version: number; missing_since: number | null }>('held.userNow', (sql, p) =>
  sql('users').where('id', p.id).select('version', 'missing_since'),
);
const groupNow = statement<{ id: string }, { version: number; missing_since: number | null }>('held.groupNow', (sql, p) =>
  sql('groups').where('id', p.id).select('version', 'missing_since'),
);
const membershipNow = statement<{ userId: string; groupId: string }, { user_id: string }>('held.membershipNow', (sql, p) =>
  sql('group_members').where({ user_id: p.userId, group_id: p.groupId }).select('user_id'),
);

/** Is what is to be removed as it was when its absence was found, and has its source not shown it since? */
export async function isStillMissing(tx: Tx, removal: Removal): Promise<boolean> {
  if (removal.kind === 'membership') return (await tx.first(membershipNow, removal)) !== undefined;
  const row = removal.kind === 'user' ? await tx.first(userNow, { id: removal.userId }) : await tx.first(groupNow, { id: removal.groupId });
  return row !== undefined && row.version === removal.version && row.missing_since !== null;
}
