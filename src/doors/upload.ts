import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { AccessMethod, AccessReason } from '../domain/doors.js';
import type { ChangeContext } from '../domain/events.js';
import { type Instant, shift } from '../domain/time.js';
import { compareText } from '../domain/windows.js';
import { requestCheckIn } from './check-ins.js';
import { type Press, pressesOf } from './command-store.js';
import { type DoorUser, recordUse } from './record-use.js';
import { knownUses, rememberReported } from './reported-store.js';

/** A clock that is this far ahead of ours is taken at its word; one further ahead is wrong. */
const AHEAD_MS = 5 * 60_000;

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

interface DoorRow {
  readonly id: string;
  readonly name: string;
  readonly site_id: string;
}

interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly integration_id: string | null;
}

const doorsOf = statement<{ ids: string }, DoorRow>('upload.doors', (sql, p, dialect) =>
  sql.raw(`select id, name, site_id from doors where ${dialect.inList('id')}`, [p.ids]),
);
const membersOf = statement<{ ids: string }, MemberRow>('upload.members', (sql, p, dialect) =>
  sql.raw(`select id, name, integration_id from members where ${dialect.inList('id')}`, [p.ids]),
);

/**
 * Writes down what a controller tells of its doors: each attempt once, however often and in whatever order it is told, with
 * the time at which it happened. What happened is not judged again: the door was opened, whoever may open it by now.
 */
export async function upload(
  tx: Tx,
  context: ChangeContext,
  controller: { readonly id: string; readonly doorIds: readonly string[] },
  reported: readonly Reported[],
): Promise<Uploaded> {
  const doors = new Map((await tx.all(doorsOf, { ids: JSON.stringify(controller.doorIds) })).map((door) => [door.id, door]));
  const once = new Map(reported.map((one) => [one.id, one]));
  const isTaken = ({ doorId }: Reported) => doors.has(doorId);
  const taken = [...once.values()].filter(isTaken);
  const known = await knownUses(
    tx,
    taken.map(({ id }) => id),
    controller.doorIds,
  );
  const unknown = taken.filter(({ id }) => !known.has(id));
  const fresh = await rememberReported(
    tx,
    controller.id,
    unknown.map(({ id }) => id),
    context.now,
  );
  const news = unknown.filter(({ id }) => fresh.has(id)).sort((a, b) => compareText(a.occurredAt, b.occurredAt));
  // Who had a command made wrote its event. What is new is that the door opened, when the acknowledgement of that was lost.
  const presses = await pressesOf(
    tx,
    news.map(({ id }) => id),
    controller.doorIds,
  );
  for (const event of news) await checkInByPress(tx, context, event, presses.get(event.id));
  const events = news.filter(({ id }) => !presses.has(id));
  const members = await membersById(tx, events);
  for (const event of events) {
    const door = doors.get(event.doorId);
    if (door !== undefined) await write(tx, context, door, members.get(event.credential.memberId ?? '') ?? null, event);
  }
  const refused = [...once.values()].filter((one) => !isTaken(one));
  return {
    accepted: events.length,
    duplicates: reported.length - refused.length - events.length,
    refused: refused.map(({ id }) => ({ id, detail: 'This door is not one of this controller.' })),
  };
}

async function checkInByPress(tx: Tx, { now }: ChangeContext, event: Reported, press: Press | undefined): Promise<void> {
  if (press === undefined || press.memberId === null || !event.granted) return;
  const at = isAhead(event, now) ? now : event.occurredAt;
  await requestCheckIn(tx, { doorId: press.doorId, memberId: press.memberId, at, now });
}

function isAhead({ occurredAt }: Reported, now: Instant): boolean {
  return occurredAt > shift(now, AHEAD_MS);
}

/** What happened at the door counts: no reason makes of an opening that it was denied, or the other way round. */
function reasonOf({ granted, reason = 'unknown_credential' }: Reported): AccessReason {
  if (granted) return 'granted';
  return reason === 'granted' ? 'unknown_credential' : reason;
}

async function membersById(tx: Tx, events: readonly Reported[]): Promise<ReadonlyMap<string, DoorUser>> {
  const ids = [...new Set(events.flatMap(({ credential }) => credential.memberId ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await tx.all(membersOf, { ids: JSON.stringify(ids) });
  return new Map(rows.map(({ id, name, integration_id }) => [id, { id, name, integrationId: integration_id }]));
}

async function write(tx: Tx, context: ChangeContext, door: DoorRow, member: DoorUser | null, event: Reported): Promise<void> {
  const { credential, granted } = event;
  const isWrong = isAhead(event, context.now);
  const occurredAt = isWrong ? context.now : event.occurredAt;
  const method = credential.type;
  await recordUse(tx, context, {
    ...{ door: { id: door.id, name: door.name, siteId: door.site_id }, member, method, credentialId: null, occurredAt },
    decision: { granted, reason: reasonOf(event) },
    details: {
      ...{ reportedId: event.id, reported: true },
      // Of somebody who is no longer known the id is all that is left.
      ...(member === null && credential.memberId !== undefined ? { reportedMemberId: credential.memberId } : {}),
      ...(isWrong ? { clockAhead: true, reportedAt: event.occurredAt } : {}),
    },
  });
  const byCommand = method === 'magic_link' || method === 'app';
  if (granted && byCommand && member !== null) {
    await requestCheckIn(tx, { doorId: door.id, memberId: member.id, at: occurredAt, now: context.now });
  }
}
