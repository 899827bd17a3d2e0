import { type Instant, shift } from '../../domain/time.js';
import type { SubscribeOptions } from '../adapter.js';
import { UpstreamContract, UpstreamUnavailable } from '../upstream-errors.js';
import { call, segment } from './client.js';
import type { GuestyContext } from './context.js';
import { type GuestyWebhook, listOf, property, webhookOf } from './schema.js';

/** Only names of the second generation: registering the old ones is refused. */
export const EVENTS: readonly string[] = ['reservation.created.v2', 'reservation.updated.v2'];

const SUBSCRIPTION = 'webhook';
/** What was signed before a new secret is delivered for a while yet. */
const GRACE_MS = 24 * 60 * 60_000;
const SECRET_LATER_MS = 60_000;
const KEY_BYTES_MIN = 16;

interface Kept {
  readonly url: string;
  readonly secret: string;
  readonly previous: { readonly secret: string; readonly until: Instant } | null;
}

/**
 * One subscription for this address, with our events and its secret known here. Making one is not idempotent, so the list
 * is looked at first, and again when the answer is lost.
 *
 * @returns `renewAt` in a minute when Guesty does not hand out the secret yet
 */
export async function subscribe(context: GuestyContext, { url }: SubscribeOptions): Promise<{ readonly renewAt: Instant | null }> {
  const kept = await keptSubscription(context);
  const all = await subscriptions(context);
  const [own, ...extra] = all.filter((one) => one.url === url);
  const outdated = kept === null || kept.url === url ? [] : all.filter((one) => one.url === kept.url);
  for (const one of [...extra, ...outdated]) await remove(context, one);
  if (own === undefined) await create(context, url);
  else await repair(context, own);

  const secret = await secretOf(context, url);
  if (secret === null) return { renewAt: shift(context.now(), SECRET_LATER_MS) };
  if (kept?.secret !== secret || kept.url !== url) {
    const previous = kept === null ? null : { secret: kept.secret, until: shift(context.now(), GRACE_MS) };
    await context.vault.put(SUBSCRIPTION, JSON.stringify({ url, secret, previous } satisfies Kept));
  }
  return { renewAt: null };
}

/** Takes away every subscription of this address, and forgets its secrets. */
export async function unsubscribe(context: GuestyContext, { url }: SubscribeOptions): Promise<void> {
  for (const one of (await subscriptions(context)).filter((found) => found.url === url)) await remove(context, one);
  await context.vault.put(SUBSCRIPTION, null);
}

/** The secrets that a delivery may be signed with now, the newest first. */
export async function secretsInForce(context: GuestyContext): Promise<readonly string[]> {
  const kept = await keptSubscription(context);
  if (kept === null) return [];
  const { secret, previous } = kept;
  return previous !== null && context.now() < previous.until ? [secret, previous.secret] : [secret];
}

/** The bytes that `whsec_…` stands for. */
export function keyOf(secret: string): Buffer {
  return Buffer.from(secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret, 'base64');
}

async function keptSubscription(context: GuestyContext): Promise<Kept | null> {
  const text = await context.vault.get(SUBSCRIPTION);
  return text === null ? null : (JSON.parse(text) as Kept);
}

async function subscriptions(context: GuestyContext): Promise<readonly GuestyWebhook[]> {
  return listOf((await call(context, { method: 'GET', path: '/webhooks' })).json(), webhookOf).items;
}

async function create(context: GuestyContext, url: string): Promise<void> {
  try {
    await call(context, { method: 'POST', path: '/webhooks', json: { url, events: EVENTS } });
  } catch (error) {
    const isLost = error instanceof UpstreamUnavailable && (await subscriptions(context)).some((one) => one.url === url);
    if (!isLost) throw error;
  }
}

async function repair(context: GuestyContext, { _id, url, events }: GuestyWebhook): Promise<void> {
  const has = events ?? [];
  if (EVENTS.every((event) => has.includes(event))) return;
  await call(context, { method: 'PUT', path: `/webhooks/${segment(_id)}`, json: { url, events: EVENTS }, repeatable: true });
}

async function remove(context: GuestyContext, { _id }: GuestyWebhook): Promise<void> {
  await call(context, { method: 'DELETE', path: `/webhooks/${segment(_id)}`, repeatable: true, accepts: [404] });
}

/** null: not yet; right after a subscription is made, its secret is not found for a short while. */
async function secretOf(context: GuestyContext, url: string): Promise<string | null> {
  const response = await call(context, {
    method: 'GET',
    path: '/webhooks-v2/secret',
    query: { url },
    accepts: [404],
    notYet: ({ status }) => status === 404,
  });
  if (response.status === 404) return null;
  const body = response.json();
  const said = [body, property(body, 'key'), property(body, 'secret'), property(body, 'signingSecret')];
  const secret = said.find((one) => typeof one === 'string');
  // A signature made with no key, or hardly one, anybody could make.
  if (typeof secret !== 'string' || keyOf(secret).length < KEY_BYTES_MIN) {
    throw new UpstreamContract('Guesty sent a secret for webhooks that we do not understand.');
  }
  return secret;
}
