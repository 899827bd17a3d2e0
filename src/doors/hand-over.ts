import { accessFacts } from '../access/access-reader.js';
import { decide } from '../access/decide.js';
import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { AccessDecision, AccessFacts, AccessMethod, CommandState } from '../domain/doors.js';
import type { ChangeContext } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { wakeForCommand } from './command-wakes.js';
import { isDelivered, noteDelivery } from './delivery-store.js';
import { doorUsers } from './door-users.js';
import { recordUse } from './record-use.js';

interface Row {
  readonly door_id: string;
  readonly member_id: string | null;
  readonly magic_link_id: string | null;
  readonly state: CommandState;
  readonly expires_at: Instant;
}

const lock = statement<{ id: string }, Row>('commands.lock-to-hand-over', (sql, p) =>
  sql('door_commands').where('id', p.id).forNoKeyUpdate().select('door_id', 'member_id', 'magic_link_id', 'state', 'expires_at'),
);

const liveLink = statement<{ id: string }, { id: string }>('commands.live-link', (sql, p) =>
  sql('magic_links').where('id', p.id).whereNull('revoked_at').select('id'),
);

const withdraw = statement<{ id: string; reason: string; now: Instant }>('commands.withdraw', (sql, p) =>
  sql('door_commands').where({ id: p.id, state: 'pending' }).update({ state: 'withdrawn', detail: p.reason, ended_at: p.now }),
);

/**
 * Decides once more, at the moment at which these controllers take the command, whether it may open its door: between the press
 * and now the link may have been revoked, the member ended, a permission taken. Whatever was withdrawn before this read stops
 * it; what is withdrawn later comes too late, because the command is on its way. true: it may be sent to them.
 *
 * A command that no controller has is withdrawn, with an event that says why. One that another controller has already is not
 * given to any more.
 */
export async function handOver(
  tx: Tx,
  context: ChangeContext,
  { commandId, controllerIds }: { readonly commandId: string; readonly controllerIds: readonly string[] },
): Promise<boolean> {
  const { now } = context;
  const command = await tx.first(lock, { id: commandId });
  if (command === undefined || command.state !== 'pending' || command.expires_at <= now) return false;
  const { memberId, method, facts, decision } = await decideAnew(tx, command, now);
  if (decision.granted) {
    for (const controllerId of controllerIds) await noteDelivery(tx, { commandId, controllerId, now });
    return true;
  }
  if (await isDelivered(tx, commandId)) return false;
  await tx.run(withdraw, { id: commandId, reason: decision.reason, now });
  const member = (await doorUsers(tx, memberId === null ? [] : [memberId])).get(memberId ?? '') ?? null;
  if (facts !== null) {
    const use = { door: facts.door, member, method, credentialId: command.magic_link_id, decision };
    await recordUse(tx, context, { ...use, details: { commandId, withdrawn: true } });
  }
  wakeForCommand(tx);
  return false;
}

interface DecidedAnew {
  readonly memberId: string | null;
  readonly method: AccessMethod;
  readonly facts: AccessFacts | null;
  readonly decision: AccessDecision;
}

const NOBODY_IN_PARTICULAR: AccessDecision = { granted: true, reason: 'granted', because: [] };
const NO_LINK: AccessDecision = { granted: false, reason: 'unknown_credential', because: ['The link was revoked.'] };
const NOTHING_KNOWN: AccessDecision = { granted: false, reason: 'no_permission', because: [] };

async function decideAnew(tx: Tx, command: Row, now: Instant): Promise<DecidedAnew> {
  const { door_id: doorId, member_id: memberId, magic_link_id: linkId } = command;
  const method = linkId === null ? 'app' : 'magic_link';
  if (memberId === null) return { memberId, method, facts: null, decision: NOBODY_IN_PARTICULAR };
  const facts = await accessFacts(tx, { doorId, memberId });
  if (facts === null) return { memberId, method, facts, decision: NOTHING_KNOWN };
  const decision = decide(facts, method, now);
  const isRevoked = linkId !== null && (await tx.first(liveLink, { id: linkId })) === undefined;
  return { memberId, method, facts, decision: decision.granted && isRevoked ? NO_LINK : decision };
}
