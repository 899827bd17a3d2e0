import { randomBytes } from 'node:crypto';
import { epochMs, type Instant, instant, shift } from '../../domain/time.js';
import type { SubscribeOptions } from '../adapter.js';
import { UpstreamContract, UpstreamError, UpstreamRefused } from '../upstream-errors.js';
import { failure, faultOf } from './answers.js';
import { call } from './client.js';
import { customerOf, type GoogleContext, VAULT } from './context.js';
import { checkChannel } from './schema.js';

/** A push channel as the vault keeps it. */
export interface Channel {
  readonly id: string;
  readonly event: string;
  /** Where its messages go. */
  readonly url: string;
  /** Comes with every message. */
  readonly token: string;
  /** null until Google has answered: its first message may come before. */
  readonly opened: { readonly resourceId: string; readonly expiresAt: Instant; readonly renewAt: Instant } | null;
}

/** Suspending, archiving and renaming are updates. One channel tells of one kind of event. */
const EVENTS = ['add', 'delete', 'undelete', 'update'] as const;

/** The longest life that is known to be granted; whatever is granted counts. */
const LIFETIME_SECONDS = 6 * 60 * 60;
/** A channel is replaced this long before its end, or after three quarters of a short life. */
const MARGIN_MS = 30 * 60_000;
/** What would be due this soon is replaced along with the others. */
const TOGETHER_MS = 5 * 60_000;

export async function channelsOf({ vault }: GoogleContext): Promise<readonly Channel[]> {
  const text = await vault.get(VAULT.channels);
  return text === null ? [] : (JSON.parse(text) as Channel[]);
}

/**
 * Sees to it that one channel for each event is alive and leads to `url`. There is no renewal: a replacement is opened
 * first, then the old one is stopped, so that no change is missed in between.
 *
 * @returns when the next one has to be replaced
 */
export async function subscribe(context: GoogleContext, { url }: SubscribeOptions): Promise<{ readonly renewAt: Instant | null }> {
  return context.vault.exclusive(VAULT.channels, async () => {
    const soon = shift(context.now(), TOGETHER_MS);
    const good = (channel: Channel) => channel.url === url && channel.opened !== null && channel.opened.renewAt > soon;
    let channels = (await channelsOf(context)).filter((channel) => isAlive(channel, context.now()));
    const current: Channel[] = [];
    for (const event of EVENTS) {
      const kept = channels.find((channel) => channel.event === event && good(channel));
      const channel = kept ?? (await open(context, channels, event, url));
      current.push(channel);
      if (kept === undefined) channels = [...channels, channel];
    }
    const [stopped] = await stopAll(
      context,
      channels.filter((channel) => !current.includes(channel)),
    );
    await keep(
      context,
      channels.filter((channel) => !stopped.has(channel)),
    );
    const dates = current.flatMap(({ opened }) => (opened === null ? [] : [opened.renewAt])).sort();
    return { renewAt: dates[0] ?? null };
  });
}

/** Stops all channels. Those that cannot be stopped are kept for another try and end by themselves. */
export async function unsubscribe(context: GoogleContext): Promise<void> {
  await context.vault.exclusive(VAULT.channels, async () => {
    const alive = (await channelsOf(context)).filter((channel) => isAlive(channel, context.now()));
    const [stopped, error] = await stopAll(context, alive);
    await keep(
      context,
      alive.filter((channel) => !stopped.has(channel)),
    );
    if (error !== null) throw error;
  });
}

/** One that was never answered is not ours to use: nobody knows whether it is there. */
function isAlive({ opened }: Channel, now: Instant): boolean {
  return opened !== null && opened.expiresAt > now;
}

async function keep({ vault }: GoogleContext, channels: readonly Channel[]): Promise<void> {
  await vault.put(VAULT.channels, channels.length === 0 ? null : JSON.stringify(channels));
}

async function open(context: GoogleContext, others: readonly Channel[], event: string, url: string): Promise<Channel> {
  const asked: Channel = {
    id: randomBytes(16).toString('hex'),
    event,
    url,
    token: randomBytes(32).toString('base64url'),
    opened: null,
  };
  // Kept before it is asked for: the first message may come before the answer.
  await keep(context, [...others, asked]);
  try {
    const channel = { ...asked, opened: await watch(context, asked) };
    await keep(context, [...others, channel]);
    return channel;
  } catch (error) {
    await keep(context, others);
    throw error;
  }
}

async function watch(context: GoogleContext, { id, event, url, token }: Channel): Promise<NonNullable<Channel['opened']>> {
  const response = await call(context, '/admin/directory/v1/users/watch', {
    method: 'POST',
    query: { customer: customerOf(context), event },
    json: { id, type: 'web_hook', address: url, token, params: { ttl: String(LIFETIME_SECONDS) } },
  });
  if (response.status === 400 || response.status === 401)
    throw new UpstreamRefused(`Google does not send to our address: ${faultOf(response).message}`);
  if (response.status !== 200) throw failure(response, context.now());
  const { resourceId, expiration } = checkChannel(response.json());
  const now = epochMs(context.now());
  const lifetime = Number(expiration) - now;
  if (lifetime <= 0) throw new UpstreamContract('Google opened a push channel that has already ended.');
  const margin = Math.min(MARGIN_MS, lifetime / 4);
  return { resourceId, expiresAt: instant(now + lifetime), renewAt: instant(Math.floor(now + lifetime - margin)) };
}

/** @returns those that are stopped, and why the first of the others is not */
async function stopAll(
  context: GoogleContext,
  channels: readonly Channel[],
): Promise<readonly [ReadonlySet<Channel>, UpstreamError | null]> {
  const stopped = new Set<Channel>();
  let first: UpstreamError | null = null;
  for (const channel of channels) {
    try {
      await stop(context, channel);
      stopped.add(channel);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      context.logger.warn('a push channel of Google Workspace could not be stopped', { error: error.name });
      first ??= error;
    }
  }
  return [stopped, first];
}

/** One that Google does not know is stopped. */
async function stop(context: GoogleContext, { id, opened }: Channel): Promise<void> {
  const json = { id, resourceId: opened?.resourceId ?? '' };
  const response = await call(context, '/admin/directory_v1/channels/stop', { method: 'POST', json, repeatable: true });
  if (response.status !== 204 && response.status !== 200 && response.status !== 404) throw failure(response, context.now());
}
