import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';
import { ATTEMPTS_LOOKED_AT, CLOCKS_DIFFER_MS, LOOK_BACK_MS } from './limiter.js';

const ROWS_AT_A_TIME = 1_000;
/** Long enough for every limit and alert, and for somebody who looks at it the day after. */
const KEPT_MS = 48 * 60 * 60_000;

const lastOfDoor = statement<{ doorId: string; since: Instant; until: Instant }, { at: Instant }>('attempts.last', (sql, p) =>
  sql.raw('select at from door_attempts where door_id = ? and at > ? and at <= ? order by at desc limit cast(? as bigint)', [
    ...[p.doorId, p.since, p.until],
    ATTEMPTS_LOOKED_AT,
  ]),
);

const insert = statement<{ doorId: string; at: Instant }>('attempts.insert', (sql, p) =>
  sql('door_attempts').insert({ door_id: p.doorId, at: p.at }),
);

const countSince = statement<{ since: Instant; until: Instant }, { n: number }>('attempts.count', (sql, p) =>
  sql.raw('select cast(count(*) as bigint) as n from door_attempts where at > ? and at <= ?', [p.since, p.until]),
);

const forget = statement<{ before: Instant }>('attempts.forget', (sql, p) =>
  sql.raw(`delete from door_attempts where seq in (select seq from door_attempts where at < ? order by at limit ${ROWS_AT_A_TIME})`, [
    p.before,
  ]),
);

/** When somebody was wrong at this door within the hour, newest first; as many as the limits look at. */
export async function wrongAttempts(reader: Reader, doorId: string, now: Instant): Promise<Instant[]> {
  const rows = await reader.all(lastOfDoor, { doorId, since: shift(now, -LOOK_BACK_MS), until: shift(now, CLOCKS_DIFFER_MS) });
  return rows.map(({ at }) => at);
}

export async function noteWrongAttempt(tx: Tx, doorId: string, now: Instant): Promise<void> {
  await tx.run(insert, { doorId, at: now });
}

/** Wrong attempts at all doors within the hour. */
export async function wrongInstallationWide(reader: Reader, now: Instant): Promise<number> {
  const row = await reader.first(countSince, { since: shift(now, -LOOK_BACK_MS), until: shift(now, CLOCKS_DIFFER_MS) });
  return row?.n ?? 0;
}

/** Returns how many were forgotten: a part at a time. */
export function forgetAttempts(tx: Tx, now: Instant): Promise<number> {
  return tx.run(forget, { before: shift(now, -KEPT_MS) });
}
