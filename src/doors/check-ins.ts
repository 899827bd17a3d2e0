import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { CHECK_IN } from '../domain/doors.js';
import { localDay } from '../domain/local-moment.js';
import { type Instant, shift } from '../domain/time.js';
import { compareText } from '../domain/windows.js';
import { getIntegration } from '../integrations/integration-store.js';
import { enqueue } from '../outbox/enqueue.js';

/** Kinds of integrations that can be told of an opening, each with the setting `checkInOnOpen`. */
const KIND = 'nexudus';

interface Visitor {
  readonly integration_id: string;
  readonly user_id: string;
  readonly time_zone: string;
}

const visitorOf = statement<{ memberId: string; doorId: string }, Visitor>('check-ins.visitor', (sql, p) =>
  sql('members')
    .join('integrations', 'integrations.id', 'members.integration_id')
    .join('users', 'users.id', 'members.user_id')
    .join('doors', 'doors.id', sql.raw('?', [p.doorId]))
    .join('sites', 'sites.id', 'doors.site_id')
    .where('members.id', p.memberId)
    .where('integrations.kind', KIND)
    .select('members.integration_id', 'members.user_id', 'sites.time_zone'),
);

const first = statement<{ integration_id: string; user_id: string; day: string; now: Instant }>('check-ins.first', (sql, p) =>
  sql('check_ins')
    .insert({ integration_id: p.integration_id, user_id: p.user_id, day: p.day, created_at: p.now })
    .onConflict(['integration_id', 'user_id', 'day'])
    .ignore(),
);

/** What is told later than that is history: the clock of a controller that lost its power may begin anew in another year. */
const CHECKED_IN_WITHIN_MS = 30 * 86_400_000;

/** What a check-in is asked for. */
export interface Opening {
  readonly doorId: string;
  readonly memberId: string;
  /** When the door opened, which may be a while ago. */
  readonly at: Instant;
  readonly now: Instant;
}

/**
 * Of many openings, one member after the other: two controllers that tell at once, after an outage, of the same members
 * would wait for each other in turn.
 */
export async function requestCheckIns(tx: Tx, openings: readonly Opening[]): Promise<void> {
  const inOrder = openings.toSorted((a, b) => compareText(a.memberId, b.memberId) || compareText(a.at, b.at));
  for (const opening of inOrder) await requestCheckIn(tx, opening);
}

/**
 * Leaves one message for the source of this member on the first opening of a local day, if its settings want that: the row
 * of the day and the message are of the transaction of the opening. A check-in may cost the customer money, so the row,
 * and not the message, is what says that there was one.
 */
export async function requestCheckIn(tx: Tx, { doorId, memberId, at, now }: Opening): Promise<void> {
  if (at < shift(now, -CHECKED_IN_WITHIN_MS)) return;
  const visitor = await tx.first(visitorOf, { memberId, doorId });
  if (visitor === undefined) return;
  const { integration_id, user_id, time_zone: zone } = visitor;
  const { settings } = await getIntegration(tx, integration_id);
  if (!settings.enabled || !('checkInOnOpen' in settings) || settings.checkInOnOpen !== true) return;
  if ((await tx.run(first, { integration_id, user_id, day: localDay(at, zone), now })) === 0) return;
  await enqueue(tx, {
    ...{ destination: `${CHECK_IN}:${integration_id}`, kind: CHECK_IN, payload: { userId: user_id, at, zone } },
    ...{ integrationId: integration_id, now },
  });
}

const KEPT_DAYS = 400;
const ROWS_AT_A_TIME = 1_000;

const forget = statement<{ before: Instant }>('check-ins.forget', (sql, p) =>
  sql.raw(
    `delete from check_ins where (integration_id, user_id, day) in
       (select integration_id, user_id, day from check_ins where created_at < ? order by created_at limit ${ROWS_AT_A_TIME})`,
    [p.before],
  ),
);

/** Returns how many were forgotten: a part at a time. */
export function forgetCheckIns(tx: Tx, now: Instant): Promise<number> {
  return tx.run(forget, { before: shift(now, -KEPT_DAYS * 86_400_000) });
}
