import type { Tx } from '../db/database.js';
import type { AccessDecision, AccessMethod, AccessReason } from '../domain/doors.js';
import type { Actor, ChangeContext } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { appendWithId } from '../events/append.js';
import { requestCheckIn } from './check-ins.js';
import type { DoorUser } from './door-users.js';

export interface DoorUse {
  readonly door: { readonly id: string; readonly name: string; readonly siteId: string };
  /** null: nobody knows. */
  readonly member: DoorUser | null;
  readonly method: AccessMethod;
  /** Of the PIN, card or link; null: unknown. Never what opens. */
  readonly credentialId: string | null;
  readonly decision: Pick<AccessDecision, 'granted' | 'reason'> & Partial<Pick<AccessDecision, 'because'>>;
  /** What speaks against an opening that a controller tells of: it is kept, and nothing follows from it. */
  readonly doubt?: AccessReason | null;
  /** Whoever writes down many at once checks in by itself, in an order in which nobody waits in a circle. */
  readonly leavesCheckIn?: boolean;
  /** When it happened, if that is not now. */
  readonly occurredAt?: Instant;
  /** What else is to be read of it later. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Who opens by these has the door opened by a command: what follows from an opening waits until the controller says that it is open. */
const BY_COMMAND: readonly AccessMethod[] = ['magic_link', 'app'];

/**
 * The one event of an attempt at a door, granted or denied, in the transaction that decided; returns its id. Who used the
 * credential is the subject; of an unknown one it is whoever reports it (`context.actor`). A granted opening by PIN or card of
 * which there is no doubt checks the member in; one by link or app does when its command is acknowledged.
 */
export async function recordUse(tx: Tx, context: ChangeContext, use: DoorUse): Promise<string> {
  const { door, member, method, credentialId, decision, doubt = null, leavesCheckIn = false, occurredAt = context.now, details = {} } = use;
  const { granted, reason, because = [] } = decision;
  const eventId = await appendWithId(
    tx,
    { actor: subjectOf(context, member), now: context.now },
    {
      verb: 'use',
      object: { type: 'door', id: door.id, name: door.name },
      siteId: door.siteId,
      ...(member?.integrationId == null ? {} : { integrationId: member.integrationId }),
      ...(member === null ? {} : { memberId: member.id }),
      details: {
        method,
        reason,
        ...(because.length > 0 && !granted ? { because } : {}),
        ...(doubt === null ? {} : { doubt }),
        ...(credentialId === null ? {} : { credentialId }),
        ...(context.actor.type === 'controller' ? { controllerId: context.actor.id } : {}),
        ...details,
      },
      result: granted ? 'ok' : 'denied',
      occurredAt,
    },
  );
  // Who is of no source is checked in nowhere: at the busiest door a look less.
  if (granted && doubt === null && !leavesCheckIn && member?.integrationId != null && !BY_COMMAND.includes(method)) {
    await requestCheckIn(tx, { doorId: door.id, memberId: member.id, at: occurredAt, now: context.now });
  }
  return eventId;
}

function subjectOf({ actor }: ChangeContext, member: DoorUser | null): Actor {
  return member === null ? actor : { type: 'member', id: member.id, name: member.name };
}
