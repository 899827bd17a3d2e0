import { revokeLive } from '../credentials/member-credentials.js';
import { coolingOf, freeCooledDown } from '../credentials/pin-store.js';
import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type ChangeContext, SYSTEM } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { eraseMemberLater } from '../events/erasure.js';
import { housekeepingAt, lockMember, type StoredMember, updateRow } from './member-rows.js';
import { appendMember } from './member-store.js';

export interface HousekeepingDone {
  readonly deleted: number;
  readonly purged: number;
  readonly freedPins: number;
}

// Whoever has a member in hand locks members in another order than that of their ends: to wait for them could be a deadlock.
const dueMembers = statement<{ now: string; limit: number }, { id: string }>('members.due', (sql, p, dialect) =>
  sql.raw(`select id from members where next_at <= ? order by next_at limit cast(? as bigint) ${dialect.lockFreeRows}`, [p.now, p.limit]),
);

const purgeMember = statement<{ id: string }>('members.purge', (sql, p) => sql('members').where('id', p.id).delete());

const postpone = statement<{ id: string; next_at: string }>('members.postpone', (sql, p) =>
  sql('members').where('id', p.id).update({ next_at: p.next_at }),
);

/**
 * What time alone does to members: 48 hours after its end one is soft-deleted, 90 days after that it is gone; and
 * digits whose cool-down is over are given back. At most `limit` members and `limit` PINs; called again while there
 * is work. Safe to run twice or on two replicas: each row is looked at again once it is locked.
 */
export async function housekeep(tx: Tx, now: Instant, limit: number, coolDownDays: number): Promise<HousekeepingDone> {
  const context: ChangeContext = { actor: SYSTEM, now };
  // It locks Users, which everybody locks before members.
  const freedPins = await freeCooledDown(tx, context, limit);
  const done = { deleted: 0, purged: 0 };
  for (const { id } of await tx.all(dueMembers, { now, limit })) {
    const member = await lockMember(tx, id);
    const due = member === null ? null : housekeepingAt(member);
    if (member === null || due === null || due > now) continue;
    if (member.deletedAt === null) {
      await softDelete(tx, context, member, { because: 'its access ended 48 hours ago', coolDownDays });
      done.deleted += 1;
    } else if (await purge(tx, context, member)) {
      done.purged += 1;
    }
  }
  return { ...done, freedPins };
}

/** Takes the member out of sight and revokes all it opens with. Its associations stay for the day it is restored. */
export async function softDelete(
  tx: Tx,
  context: ChangeContext,
  member: StoredMember,
  { because, coolDownDays }: { readonly because: string; readonly coolDownDays: number },
): Promise<void> {
  await updateRow(tx, context.now, { ...member, deletedAt: context.now });
  await appendMember(tx, context, 'delete', member, { because });
  await revokeLive(tx, context, { member, because, coolDownDays });
}

/** false while digits of it are held: with the row they would become free, and nobody would tell who waits for them. */
async function purge(tx: Tx, context: ChangeContext, member: StoredMember): Promise<boolean> {
  const coolingUntil = await coolingOf(tx, member.id);
  if (coolingUntil !== null) {
    await tx.run(postpone, { id: member.id, next_at: coolingUntil });
    return false;
  }
  await tx.run(purgeMember, { id: member.id });
  await appendMember(tx, context, 'delete', member, { because: 'it was deleted 90 days ago', purged: true });
  await eraseMemberLater(tx, context.now, member.id);
  return true;
}
