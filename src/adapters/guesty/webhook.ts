import { createHmac, timingSafeEqual } from 'node:crypto';
import { epochMs } from '../../domain/time.js';
import type { PullHint, Verdict, WebhookRequest } from '../adapter.js';
import type { GuestyContext } from './context.js';
import { property } from './schema.js';
import { keyOf, secretsInForce } from './subscription.js';

const TOLERANCE_SECONDS = 5 * 60;
/** A sender that rotates its key sends two. */
const SIGNATURES_MAX = 10;
const MESSAGE_ID = /^[\w-]{1,128}$/;
const TIMESTAMP = /^[1-9]\d{0,11}$/;
const SIGNATURE = /^v1,([A-Za-z0-9+/]{43}=)$/;
const ENTITY_ID = /^[\w-]{1,100}$/;

const CHANGES: readonly PullHint[] = [{ kind: 'changes' }];
/** Events that may tell of another listing, or of another name of a guest, without naming a reservation. */
const OF_OTHERS = ['listing.new', 'listing.updated', 'listing.removed', 'guest.updated', 'guest.deleted'];
const MESSAGES = ['reservation.messageReceived', 'reservation.messageSent'];

/** Svix's signature over the raw bytes; the header names of Standard Webhooks are taken as well. */
export async function verify(request: WebhookRequest, context: GuestyContext): Promise<Verdict> {
  const header = (name: string) => request.headers[`svix-${name}`] ?? request.headers[`webhook-${name}`] ?? '';
  const [id, timestamp, signature] = [header('id'), header('timestamp'), header('signature')];
  if (!MESSAGE_ID.test(id)) return refused('the message id is missing or wrong');
  if (!TIMESTAMP.test(timestamp)) return refused('the timestamp is missing or no number of seconds');
  if (Math.abs(epochMs(context.now()) / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS)
    return refused('the timestamp is too old or too new');
  const sent = signaturesIn(signature);
  if (sent.length === 0) return refused('the signature is missing or has a wrong form');
  const secrets = await secretsInForce(context);
  if (secrets.length === 0) return refused('there is no subscription whose secret is known');
  for (const secret of secrets) {
    const expected = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(request.body).digest();
    if (sent.some((one) => timingSafeEqual(one, expected))) return { kind: 'genuine', messageId: id };
  }
  return refused('the signature does not fit');
}

/** What an event makes worth reading again. Only the reservation's id is taken out of it, wherever it stands. */
export function hints({ body }: Pick<WebhookRequest, 'body'>): readonly PullHint[] {
  let message: unknown;
  try {
    message = JSON.parse(body.toString('utf8'));
  } catch {
    return CHANGES;
  }
  if (typeof message !== 'object' || message === null) return CHANGES;
  const event = property(message, 'event');
  if (typeof event === 'string' && event !== '') {
    if (OF_OTHERS.includes(event)) return CHANGES;
    if (!event.startsWith('reservation') || MESSAGES.includes(event)) return [];
  }
  const id = reservationId(message);
  return id === null ? CHANGES : [{ kind: 'entity', sourceKey: id }];
}

/** 32 bytes each; none when the list is longer than any real one. */
function signaturesIn(text: string): readonly Buffer[] {
  if (text.length > SIGNATURES_MAX * 100) return [];
  const parts = text.split(' ');
  if (parts.length > SIGNATURES_MAX) return [];
  return parts.flatMap((part) => {
    const found = SIGNATURE.exec(part)?.[1];
    return found === undefined ? [] : [Buffer.from(found, 'base64')];
  });
}

function reservationId(message: unknown): string | null {
  const data = property(message, 'data');
  const inner = property(data, 'reservation');
  const candidates = [
    property(property(message, 'reservation'), '_id'),
    property(message, 'reservationId'),
    property(inner, '_id'),
    property(inner, 'id'),
    property(data, 'reservationId'),
    property(data, '_id'),
    property(data, 'id'),
  ];
  const found = candidates.find((one) => typeof one === 'string' && ENTITY_ID.test(one));
  return typeof found === 'string' ? found : null;
}

function refused(reason: string): Verdict {
  return { kind: 'refused', reason };
}
