import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { RETENTION_MS, SOFT_DELETE_AFTER_MS } from '../domain/member-life.js';
import { type Instant, shift } from '../domain/time.js';
import { ERASED, OF_ONE_MEMBER, withoutPerson } from './personal.js';

/** A member is erased from what concerns it (`events.member_id`), a User from the events about it. */
type Kind = 'member' | 'user';

/** So many events at a time, of as many persons as they are of: others want to write too. */
export const ERASED_AT_ONCE = 500;
/** Who is writing of a member while it is purged has finished by then: no transaction lasts as long. */
const SETTLED_MS = 3_600_000;
/** As long as the member of a User that is gone: until then an admin may ask who that was. */
const USER_KEPT_MS = SOFT_DELETE_AFTER_MS + RETENTION_MS;

interface Job {
  readonly seq: number;
  readonly kind: Kind;
  readonly object_id: string;
  readonly done_to: number;
}

interface Told {
  readonly seq: number;
  readonly object_type: string;
  readonly details: string | null;
}

interface Span {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

const addJob = statement<{ kind: string; object_id: string; due_at: string }>('erasures.insert', (sql, p) =>
  sql('erasures').insert({ kind: p.kind, object_id: p.object_id, due_at: p.due_at }),
);

const nextJob = statement<{ now: string }, Job>('erasures.next', (sql, p, { lockFreeRows }) =>
  sql.raw(`select seq, kind, object_id, done_to from erasures where due_at <= ? order by due_at, seq limit 1 ${lockFreeRows}`, [p.now]),
);

const goOn = statement<{ seq: number; done_to: number }>('erasures.go-on', (sql, p) =>
  sql('erasures').where('seq', p.seq).update({ done_to: p.done_to }),
);

const endJob = statement<{ seq: number }>('erasures.delete', (sql, p) => sql('erasures').where('seq', p.seq).delete());

const WHERE: Readonly<Record<Kind, string>> = { member: 'member_id = ?', user: "object_id = ? and object_type = 'user'" };

const eventsOf = (kind: Kind) =>
  statement<{ id: string; from: number; limit: number }, Told>(`erasures.events-of-${kind}`, (sql, p) =>
    sql.raw(
      `select seq, object_type, details from events where ${WHERE[kind]} and seq > cast(? as bigint) order by seq limit cast(? as bigint)`,
      [p.id, p.from, p.limit],
    ),
  );

const eraseNames = (kind: Kind) =>
  statement<Span>(`erasures.names-of-${kind}`, (sql, p) =>
    sql.raw(
      `update events set
         object_name = case when object_type in (${OF_ONE_MEMBER.map((type) => `'${type}'`)}) then '${ERASED}' else object_name end,
         subject_name = case when subject_type = 'member' then '${ERASED}' else subject_name end
       where ${WHERE[kind]} and seq > ? and seq <= ?`,
      [p.id, p.from, p.to],
    ),
  );

const READ = { member: eventsOf('member'), user: eventsOf('user') };
const ERASE = { member: eraseNames('member'), user: eraseNames('user') };

const setDetails = statement<{ seq: number; details: string | null }>('erasures.details', (sql, p) =>
  sql('events').where('seq', p.seq).update({ details: p.details }),
);

/** Has the log forget who a member was that is purged in this transaction. */
export async function eraseMemberLater(tx: Tx, now: Instant, memberId: string): Promise<void> {
  await tx.run(addJob, { kind: 'member', object_id: memberId, due_at: shift(now, SETTLED_MS) });
}

/** Has the log forget who a User was that is deleted in this transaction. */
export async function eraseUserLater(tx: Tx, now: Instant, userId: string): Promise<void> {
  await tx.run(addJob, { kind: 'user', object_id: userId, due_at: shift(now, USER_KEPT_MS) });
}

/** `eraseUserLater` for all Users of an integration, while they are still there. */
export async function eraseUsersLater(tx: Tx, now: Instant, integrationId: string): Promise<void> {
  await tx.execute(
    "insert into erasures (kind, object_id, due_at) select 'user', id, cast(? as text) from users where integration_id = ?",
    [shift(now, USER_KEPT_MS), integrationId],
  );
}

/**
 * Erases names and addresses of those whose time has come from the next part of the events about them; the events stay, with
 * their ids, their order and all else. true: there may be more to do. Safe on several replicas at once.
 */
export async function eraseSome(tx: Tx, now: Instant): Promise<boolean> {
  let left = ERASED_AT_ONCE;
  while (left > 0) {
    const job = await tx.first(nextJob, { now });
    if (job === undefined) break;
    // Who has no event costs a look as well.
    left -= Math.max(1, await eraseOf(tx, job, left));
  }
  return left < ERASED_AT_ONCE;
}

/** Returns how many events were looked at. */
async function eraseOf(tx: Tx, { seq, kind, object_id: id, done_to: from }: Job, limit: number): Promise<number> {
  const events = await tx.all(READ[kind], { id, from, limit });
  const last = events.at(-1);
  if (last !== undefined) {
    await tx.run(ERASE[kind], { id, from, to: last.seq });
    for (const event of events) {
      const kept = withoutPerson(event.object_type, event.details);
      if (kept !== event.details) await tx.run(setDetails, { seq: event.seq, details: kept });
    }
  }
  if (last === undefined || events.length < limit) await tx.run(endJob, { seq });
  else await tx.run(goOn, { seq, done_to: last.seq });
  return events.length;
}
