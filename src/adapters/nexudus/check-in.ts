import { DateTime, IANAZone } from 'luxon';
import { epochMs, type Instant, shift } from '../../domain/time.js';
import type { CheckInOutcome } from '../adapter.js';
import { instantOf } from '../local-time.js';
import { UpstreamContract } from '../upstream-errors.js';
import { NexudusClient } from './client.js';
import type { NexudusContext } from './context.js';
import { CHECK_IN, COWORKER } from './entities.js';
import { checkCoworker } from './schema.js';
import { idOf, utc } from './values.js';

const DAY_MS = 24 * 60 * 60_000;

/**
 * Checks a coworker in, once per day, if the setting `checkInOnOpen` is on: a check-in uses up passes and may cost the
 * customer money. Nexudus itself remembers that it was made, so asking again, after a lost answer too, makes no second one.
 *
 * @param zone IANA name of the zone whose day counts
 * @throws UpstreamContract for an unknown zone, and those of `UpstreamHttp`
 */
export async function checkIn(context: NexudusContext, coworkerId: string, at: Instant, zone = 'UTC'): Promise<CheckInOutcome> {
  if (context.settings.checkInOnOpen !== true) return { kind: 'off' };
  const client = new NexudusClient(context);
  return context.vault.exclusive(`checkIn:${coworkerId}`, async () => {
    const record = idOf(coworkerId) === null ? null : await client.get(COWORKER, coworkerId);
    if (record === null) return { kind: 'gone' };
    const { InvoicingBusinessId, Businesses } = checkCoworker(record);
    if (await isCheckedIn(client, coworkerId, dayOf(at, zone))) return { kind: 'already' };
    const business = idOf(InvoicingBusinessId) ?? idOf(Businesses?.[0]);
    if (business === null) return { kind: 'refused', reason: 'This coworker belongs to no location.' };
    const json = { BusinessId: Number(business), CoworkerId: Number(coworkerId), FromTime: at };
    const answer = await client.send('POST', CHECK_IN, json);
    return answer.done ? { kind: 'made' } : { kind: 'refused', reason: answer.message };
  });
}

interface Day {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

/** Whoever made it: at the reception desk, at another door, or we. */
async function isCheckedIn(client: NexudusClient, coworkerId: string, { startsAt, endsAt }: Day): Promise<boolean> {
  const since = shift(startsAt, -DAY_MS).slice(0, 'YYYY-MM-DDTHH:mm'.length);
  const made = await client.list(CHECK_IN, { Checkin_Coworker: coworkerId, from_Checkin_FromTime: since });
  return made.some(({ CoworkerId, FromTime }) => {
    const from = utc(FromTime);
    return idOf(CoworkerId) === coworkerId && from >= startsAt && from < endsAt;
  });
}

/** The local day that `at` lies in. */
function dayOf(at: Instant, zone: string): Day {
  if (!IANAZone.isValidZone(zone)) throw new UpstreamContract(`The time zone “${zone.slice(0, 60)}” is not known.`);
  const local = DateTime.fromMillis(epochMs(at), { zone });
  const midnight = (day: DateTime): Instant => instantOf({ date: day.toFormat('yyyy-MM-dd'), minutes: 0 }, zone, 'start');
  return { startsAt: midnight(local), endsAt: midnight(local.plus({ days: 1 })) };
}
