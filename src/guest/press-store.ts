import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

const underWay = statement<{ door_id: string; member_id: string; now: string }, { id: string }>('guest.command-under-way', (sql, p) =>
  sql('door_commands')
    .where({ door_id: p.door_id, member_id: p.member_id, state: 'pending' })
    .where('expires_at', '>', p.now)
    .orderBy('seq', 'desc')
    .limit(1)
    .select('id'),
);

/** The command by which this member has asked for this door already and that nobody has answered yet; null: there is none. */
export async function commandUnderWay(reader: Reader, doorId: string, memberId: string, now: Instant): Promise<string | null> {
  const row = await reader.first(underWay, { door_id: doorId, member_id: memberId, now });
  return row?.id ?? null;
}
