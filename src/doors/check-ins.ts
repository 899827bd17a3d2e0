import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { CHECK_IN } from '../domain/doors.js';
import { epochMs, type Instant } from '../domain/time.js';
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

interface Opening {
  readonly doorId: string;
  readonly memberId: string;
  /** When the door opened, which may be a while ago. */
  readonly at: Instant;
  readonly now: Instant;
}

/**
 * Leaves one message for the source of this member on the first opening of a local day, if its settings want that: the row
 * of the day and the message are of the transaction of the opening. A check-in may cost the customer money, so the row,
 * and not the message, is what says that there was one.
 */
export async function requestCheckIn(tx: Tx, { doorId, memberId, at, now }: Opening): Promise<void> {
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

/** `2026-05-01`, of the wall calendar in that zone. */
function localDay(at: Instant, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, calendar: 'iso8601', year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(epochMs(at));
}
