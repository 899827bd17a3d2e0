import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

interface Press {
  readonly door_id: string;
  readonly member_id: string;
  readonly link_id: string;
  readonly now: Instant;
}

const underWay = statement<Press, { id: string }>('guest.command-under-way', (sql, p) =>
  sql('door_commands')
    .where({ door_id: p.door_id, member_id: p.member_id, magic_link_id: p.link_id, state: 'pending' })
    .where('expires_at', '>', p.now)
    .orderBy('seq', 'desc')
    .limit(1)
    .select('id'),
);

/**
 * The command by which this link has asked for this door already and that nobody has answered yet; null: there is none. That of
 * another link of the same guest is withdrawn with that link, and opens nothing for this one.
 */
export async function commandUnderWay(
  reader: Reader,
  wanted: { readonly doorId: string; readonly memberId: string; readonly linkId: string },
  now: Instant,
): Promise<string | null> {
  const row = await reader.first(underWay, { door_id: wanted.doorId, member_id: wanted.memberId, link_id: wanted.linkId, now });
  return row?.id ?? null;
}
