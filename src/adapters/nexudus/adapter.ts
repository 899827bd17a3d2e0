import type { NexudusConfig } from '../../domain/generated/adapters/nexudus/config.js';
import type { NexudusSecrets } from '../../domain/generated/adapters/nexudus/secrets.js';
import type { NexudusSettings } from '../../domain/generated/adapters/nexudus/settings.js';
import type { Account, Adapter } from '../adapter.js';
import { UpstreamRefused } from '../upstream-errors.js';
import { checkIn } from './check-in.js';
import { NexudusClient } from './client.js';
import type { NexudusContext } from './context.js';
import { BOOKABLES, BOOKING, BUSINESS, CANCELLED_BOOKING, CONTRACT, COWORKER, COWORKER_TIME_PASS } from './entities.js';
import { readChanges, readEverything, userOf } from './read.js';
import { subscribe, unsubscribe } from './subscriptions.js';
import { idOf } from './values.js';
import { hintsOf, verifyWebhook } from './webhook.js';

/** A 409 of Nexudus never is a conflict: it means "too fast". */
const THROTTLED = 409;

/**
 * Nexudus: coworking spaces. One User per coworker; Groups are tariffs, time passes, floor-plan desks and bookable resources.
 *
 * Rates: 1 request per 100 ms, 120 a minute, 5,000 an hour, 200,000 a day.
 */
export const nexudusAdapter: Adapter<NexudusConfig, NexudusSecrets, NexudusSettings> = {
  kind: 'nexudus',
  limits: {
    windows: [
      // 100 is what is allowed, counted as requests arrive: one that is a moment late must not bring the next one too close.
      { ms: 125, max: 1 },
      { ms: 60_000, max: 120 },
      { ms: 3_600_000, max: 5_000 },
      { ms: 86_400_000, max: 200_000 },
    ],
    // Two a second is all that the minute allows; in turn, none overtakes another and comes too early after it.
    concurrent: 1,
    isThrottled: ({ status }) => status === THROTTLED,
  },
  account: async (context) => accountOf(new NexudusClient(context), context),
  resources: (context) => readEverything(new NexudusClient(context), context),
  changes: (context, cursor) => readChanges(new NexudusClient(context), context, cursor),
  one: async (context, sourceKey) => {
    // What is no number is the id of no coworker.
    const user = idOf(sourceKey) === null ? null : await userOf(new NexudusClient(context), context, sourceKey, context.now());
    return user === null ? [] : [user];
  },
  checkIn,
  webhook: {
    verify: async (request, { secrets }) => verifyWebhook(request, secrets),
    hints: hintsOf,
    subscribe: (context, options) => subscribe(new NexudusClient(context), options),
    unsubscribe: (context, options) => unsubscribe(new NexudusClient(context), options),
  },
};

/** Also asks for one row of every list that a sync needs: a role that is missing shows when connecting, not at night. */
async function accountOf(client: NexudusClient, { secrets }: NexudusContext): Promise<Account> {
  const businesses = await client.list(BUSINESS);
  const [first] = businesses;
  if (first === undefined) throw new UpstreamRefused('This user of Nexudus sees no location: give it a role in one.');
  const people = [COWORKER, CONTRACT, COWORKER_TIME_PASS, BOOKING, CANCELLED_BOOKING];
  for (const entity of [...BOOKABLES.map((bookable) => bookable.entity), ...people]) await client.probe(entity);
  const subdomains = [...new Set(businesses.map(({ WebAddress }) => WebAddress).filter((one) => typeof one === 'string' && one !== ''))];
  return {
    id: String(first.Id),
    name: first.Name,
    details: [
      ...subdomains.map((value) => ({ label: 'Subdomain', value: String(value) })),
      ...('email' in secrets ? [{ label: 'E-mail', value: secrets.email }] : []),
      ...businesses.map(({ Name }) => ({ label: 'Business', value: Name })),
    ],
  };
}
