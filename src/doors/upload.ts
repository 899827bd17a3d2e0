import { PastAccess } from '../access/past-access.js';
import type { Tx } from '../db/database.js';
import type { AccessMethod, AccessReason } from '../domain/doors.js';
import type { ChangeContext } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { compareText } from '../domain/windows.js';
import { type Opening, requestCheckIns } from './check-ins.js';
import { type Press, pressesOf } from './command-store.js';
import { type DoorUser, doorUsers } from './door-users.js';
import { recordUse } from './record-use.js';
import { knownUses, rememberReported } from './reported-store.js';
import { isAhead, mayHaveMoved, type ToldDoor, toldDoors } from './told-doors.js';

/** An attempt at a door as its controller tells it, soon or days later. */
export interface Reported {
  /** Of the controller's making, or the `eventId` of `verify`, or the id of the command: the same id, the same attempt. */
  readonly id: string;
  readonly doorId: string;
  readonly occurredAt: Instant;
  readonly granted: boolean;
  readonly reason?: AccessReason | undefined;
  readonly credential: { readonly type: AccessMethod; readonly memberId?: string | undefined };
}

export interface Uploaded {
  /** Written down now. */
  readonly accepted: number;
  /** Known already. */
  readonly duplicates: number;
  /** Not taken, now or later: there is no use in sending them again. */
  readonly refused: readonly { readonly id: string; readonly detail: string }[];
}

/**
 * Writes down what a controller tells of its doors, and of those that it had: each attempt once, however often and in whatever
 * order it is told, with the time at which it happened. What happened is not judged again: the door was opened, whoever may
 * open it by now. What nothing explains is marked, and has no consequences.
 */
export async function upload(
  tx: Tx,
  context: ChangeContext,
  controller: { readonly id: string; readonly doorIds: readonly string[] },
  reported: readonly Reported[],
): Promise<Uploaded> {
  const doors = await toldDoors(tx, controller);
  const isTaken = ({ doorId, occurredAt }: Reported) => {
    const door = doors.get(doorId);
    return door !== undefined && mayHaveMoved(door, occurredAt, context.now);
  };
  const news = await newOnes(tx, context, { controllerId: controller.id, doorIds: [...doors.keys()] }, reported.filter(isTaken));
  // Who had a command made wrote its event. What is new is that the door opened, when the acknowledgement of that was lost.
  const presses = await pressesOf(
    tx,
    news.map(({ id }) => id),
    [...doors.keys()],
  );
  const openings = news.flatMap((event) => openingByPress(context, event, presses.get(event.id)) ?? []);
  const events = news.filter(({ id }) => !presses.has(id));
  const members = await doorUsers(
    tx,
    events.flatMap(({ credential }) => credential.memberId ?? []),
  );
  const [earliest] = [events[0]?.occurredAt ?? context.now, context.now].sort(compareText);
  const past = new PastAccess(tx, earliest ?? context.now);
  for (const event of events) {
    const door = doors.get(event.doorId);
    const member = members.get(event.credential.memberId ?? '') ?? null;
    if (door !== undefined) openings.push(...(await write(tx, context, { past, door, member, event })));
  }
  await requestCheckIns(tx, openings);
  const refused = reported.filter((one) => !isTaken(one));
  return {
    accepted: events.length,
    duplicates: reported.length - refused.length - events.length,
    refused: refused.map(({ id }) => ({ id, detail: 'This door is not one of this controller.' })),
  };
}

/** Those that nobody has told or written down yet, each once, in the order in which they happened. */
async function newOnes(
  tx: Tx,
  { now }: ChangeContext,
  { controllerId, doorIds }: { readonly controllerId: string; readonly doorIds: readonly string[] },
  taken: readonly Reported[],
): Promise<Reported[]> {
  const once = [...new Map(taken.map((one) => [one.id, one])).values()];
  const known = await knownUses(
    tx,
    once.map(({ id }) => id),
    doorIds,
  );
  const unknown = once.filter(({ id }) => !known.has(id));
  const fresh = await rememberReported(
    tx,
    controllerId,
    unknown.map(({ id }) => id),
    now,
  );
  return unknown.filter(({ id }) => fresh.has(id)).sort((a, b) => compareText(a.occurredAt, b.occurredAt));
}

/** A command opens within its own time, whatever the clock of the controller says of that. */
function openingByPress({ now }: ChangeContext, event: Reported, press: Press | undefined): Opening | null {
  if (press === undefined || press.memberId === null || !event.granted) return null;
  const isInTime = press.createdAt <= event.occurredAt && event.occurredAt <= press.expiresAt;
  return { doorId: press.doorId, memberId: press.memberId, at: isInTime ? event.occurredAt : press.createdAt, now };
}

/** What happened at the door counts: no reason makes of an opening that it was denied, or the other way round. */
function reasonOf({ granted, reason = 'unknown_credential' }: Reported): AccessReason {
  if (granted) return 'granted';
  return reason === 'granted' ? 'unknown_credential' : reason;
}

interface Writing {
  readonly past: PastAccess;
  readonly door: ToldDoor;
  readonly member: DoorUser | null;
  readonly event: Reported;
}

/** Returns the opening that is to check somebody in, if there is one. */
async function write(tx: Tx, context: ChangeContext, { past, door, member, event }: Writing): Promise<Opening[]> {
  const { credential, granted } = event;
  const isWrong = isAhead(event.occurredAt, context.now);
  const occurredAt = isWrong ? context.now : event.occurredAt;
  const method = credential.type;
  const doubt = granted && member !== null ? await past.doubtAbout({ doorId: door.id, memberId: member.id, method, at: occurredAt }) : null;
  await recordUse(tx, context, {
    ...{ door, member, method, credentialId: null, occurredAt, doubt, leavesCheckIn: true },
    decision: { granted, reason: reasonOf(event) },
    details: {
      ...{ reportedId: event.id, reported: true },
      ...(door.isFormer ? { formerDoor: true } : {}),
      // Of somebody who is no longer known the id is all that is left.
      ...(member === null && credential.memberId !== undefined ? { reportedMemberId: credential.memberId } : {}),
      ...(isWrong ? { clockAhead: true, reportedAt: event.occurredAt } : {}),
    },
  });
  // Who is of no source is checked in nowhere.
  if (!granted || member === null || member.integrationId === null || doubt !== null) return [];
  return [{ doorId: door.id, memberId: member.id, at: occurredAt, now: context.now }];
}
