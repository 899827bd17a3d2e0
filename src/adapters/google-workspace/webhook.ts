import { timingSafeEqual } from 'node:crypto';
import { shift } from '../../domain/time.js';
import type { PullHint, Verdict, WebhookRequest } from '../adapter.js';
import { type Channel, channelsOf } from './channels.js';
import type { GoogleContext } from './context.js';

/** An id of a user as Google makes them; anything else is not asked for. */
const USER_ID = /^[A-Za-z0-9_-]{1,64}$/;
const MESSAGE_NUMBER = /^[0-9]{1,19}$/;
/** Messages of a channel that has just ended may still be on their way. */
const GRACE_MS = 5 * 60_000;
const EVERYTHING: readonly PullHint[] = [{ kind: 'changes' }];

/**
 * Is this message from a channel of ours? Google signs nothing: it sends back the secret that the channel was opened with.
 * The first message, `sync`, may come while the channel is still being opened.
 */
export async function verify(request: WebhookRequest, context: GoogleContext): Promise<Verdict> {
  const { headers } = request;
  const id = headers['x-goog-channel-id'] ?? '';
  const channel = (await channelsOf(context)).find((one) => one.id === id);
  if (channel === undefined) return refused('no such channel');
  if (!same(headers['x-goog-channel-token'] ?? '', channel.token)) return refused('wrong channel token');
  return verdictOf(headers, channel, context);
}

function verdictOf(headers: WebhookRequest['headers'], { id, opened }: Channel, context: GoogleContext): Verdict {
  if (opened !== null && headers['x-goog-resource-id'] !== opened.resourceId) return refused('another resource than the channel’s');
  if (opened !== null && shift(opened.expiresAt, GRACE_MS) <= context.now()) return refused('the channel has ended');
  const number = headers['x-goog-message-number'] ?? '';
  if (!MESSAGE_NUMBER.test(number)) return refused('no message number');
  return { kind: 'genuine', messageId: `${id}:${number}` };
}

/** Takes as long for any token of the right length; the length is no secret. */
function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refused(reason: string): Verdict {
  return { kind: 'refused', reason };
}

/** Whom a message is about. Nothing else in its body is used; its etag is not even that of the user. */
export function hints({ headers, body }: WebhookRequest): readonly PullHint[] {
  switch (headers['x-goog-resource-state']) {
    // The channel is open; and who is an admin opens no door.
    case 'sync':
    case 'makeAdmin':
      return [];
    case 'add':
    case 'delete':
    case 'undelete':
    case 'update': {
      const sourceKey = userIdIn(body);
      return sourceKey === null ? EVERYTHING : [{ kind: 'entity', sourceKey }];
    }
    default:
      return EVERYTHING;
  }
}

function userIdIn(body: Buffer): string | null {
  try {
    const message: unknown = JSON.parse(body.toString('utf8'));
    const id = typeof message === 'object' && message !== null && 'id' in message ? message.id : null;
    return typeof id === 'string' && USER_ID.test(id) ? id : null;
  } catch {
    return null;
  }
}
