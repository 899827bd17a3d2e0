import { accessFacts } from '../access/access-reader.js';
import { decide } from '../access/decide.js';
import { lockMember } from '../access/member-rows.js';
import type { Clock, Timers } from '../db/clock.js';
import type { Database, Tx } from '../db/database.js';
import { ACCESS_REASONS, type AccessDecision, type AccessReason } from '../domain/doors.js';
import type { ChangeContext } from '../domain/events.js';
import type { OpenAnswer, OpenResult } from '../domain/guest-page.js';
import { NotFound } from '../errors.js';
import { type CommandEnd, requestOpen, waitForCommand } from '../doors/commands.js';
import { recordUse } from '../doors/record-use.js';
import { commandUnderWay } from './press-store.js';
import { type Guest, guestOf } from './sessions.js';

export interface OpenDoorParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly timers: Timers;
}

interface Pressed {
  readonly decision: AccessDecision;
  /** null: denied. */
  readonly commandId: string | null;
}

const RESULT_OF: Readonly<Record<CommandEnd['state'], OpenResult>> = {
  ...{ done: 'opened', failed: 'failed', expired: 'no_answer', withdrawn: 'denied' },
};

/**
 * A guest presses *Open*: decided anew at this moment, written down, sent to the controller, and answered with what became
 * of it. A second press while the first is under way is the same press: one command, one event. What was withdrawn before a
 * controller took the command is answered as the next press would be.
 *
 * @throws NotFound for a door that nothing of this guest names
 * @throws LinkRefused when link or member were revoked meanwhile
 */
export async function openDoor(parts: OpenDoorParts, token: string, guest: Guest, doorId: string): Promise<OpenAnswer> {
  const { decision, commandId } = await parts.db.transaction((tx) => press(tx, parts, token, guest, doorId));
  if (commandId === null) return { result: 'denied', reason: decision.reason };
  const { state, detail } = await waitForCommand(parts, commandId);
  if (state !== 'withdrawn') return { result: RESULT_OF[state], reason: decision.reason };
  await guestOf(parts.db.read, parts.clock.now(), guest.linkId, token);
  return { result: RESULT_OF[state], reason: isAccessReason(detail) ? detail : 'no_permission' };
}

async function press(tx: Tx, { clock }: OpenDoorParts, token: string, guest: Guest, doorId: string): Promise<Pressed> {
  const { linkId, member } = guest;
  // Whoever revokes holds the member as well: what is read below is either before all of that, or after it.
  await lockMember(tx, member.id);
  const now = clock.now();
  await guestOf(tx, now, linkId, token);
  const facts = await accessFacts(tx, { doorId, memberId: member.id });
  if (facts === null || facts.associations.every(({ permissions }) => permissions.length === 0))
    throw new NotFound('There is no such door.');
  const decision = decide(facts, 'magic_link', now);
  const underWay = decision.granted ? await commandUnderWay(tx, { doorId, memberId: member.id, linkId }, now) : null;
  if (underWay !== null) return { decision, commandId: underWay };
  const context: ChangeContext = { actor: { type: 'member', id: member.id, name: member.name }, now };
  await recordUse(tx, context, { door: facts.door, member, method: 'magic_link', credentialId: linkId, decision });
  return { decision, commandId: decision.granted ? await requestOpen(tx, context, { doorId, memberId: member.id, linkId }) : null };
}

function isAccessReason(text: string | null): text is AccessReason {
  return text !== null && Object.hasOwn(ACCESS_REASONS, text);
}
