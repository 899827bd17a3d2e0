import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NexudusSecrets } from '../../domain/generated/adapters/nexudus/secrets.js';
import type { PullHint, Verdict, WebhookRequest } from '../adapter.js';
import { idOf } from './values.js';

/** Whose record a message of an action carries, and so whom it concerns. */
type Concerns = 'coworker' | 'holder' | 'access' | 'anybody';

/** The actions we subscribe to. There is none for time passes: they show in 61, access control. */
export const ACTIONS: ReadonlyMap<number, { readonly name: string; readonly concerns: Concerns }> = new Map([
  [2, { name: 'coworker updated', concerns: 'coworker' }],
  [3, { name: 'coworker created', concerns: 'coworker' }],
  [50, { name: 'coworker deleted', concerns: 'coworker' }],
  [6, { name: 'booking created', concerns: 'holder' }],
  [7, { name: 'booking updated', concerns: 'holder' }],
  [8, { name: 'booking deleted', concerns: 'holder' }],
  [10, { name: 'contract activated', concerns: 'holder' }],
  [11, { name: 'contract cancelled', concerns: 'holder' }],
  [12, { name: 'contract renewed', concerns: 'holder' }],
  [13, { name: 'contract upgraded or downgraded', concerns: 'holder' }],
  [14, { name: 'contract activated first', concerns: 'holder' }],
  [60, { name: 'contract updated', concerns: 'holder' }],
  [62, { name: 'contract created', concerns: 'holder' }],
  [77, { name: 'contract deleted', concerns: 'holder' }],
  [61, { name: 'access control', concerns: 'access' }],
  [71, { name: 'desk created', concerns: 'anybody' }],
  [72, { name: 'desk deleted', concerns: 'anybody' }],
  [73, { name: 'desk updated', concerns: 'anybody' }],
  [74, { name: 'tariff created', concerns: 'anybody' }],
  [75, { name: 'tariff deleted', concerns: 'anybody' }],
  [76, { name: 'tariff updated', concerns: 'anybody' }],
]);

const CHANGES: readonly PullHint[] = [{ kind: 'changes' }];
/** Access control messages come when a booking is about to start, without any record having changed: two alike are two. */
const ACCESS_CONTROL = 61;
/** One record is what Nexudus sends. */
const RECORDS_MAX = 20;
const SIGNATURE_HEADER = 'x-nexudus-hook-signature';
const SIGNATURE = /^[0-9a-f]{64}$/i;

/**
 * Signed messages carry no time and no id, so an old one can be sent again; it is only a hint to read. Where there is no
 * shared secret Nexudus does not sign, and the secret in the address is what we have.
 */
export function verifyWebhook(request: WebhookRequest, secrets: NexudusSecrets): Verdict {
  const secret = secrets.webhookSecret ?? ('secretKey' in secrets ? secrets.secretKey : null);
  if (secret !== null) {
    const given = request.headers[SIGNATURE_HEADER];
    if (given === undefined) return { kind: 'refused', reason: 'there is no signature' };
    if (!SIGNATURE.test(given)) return { kind: 'refused', reason: 'the signature has not the form of one' };
    const expected = [request.body, asciiOnly(request.body)].map((body) => createHmac('sha256', secret).update(body).digest());
    const matches = expected.map((one) => timingSafeEqual(one, Buffer.from(given, 'hex')));
    if (!matches.includes(true)) return { kind: 'refused', reason: 'the signature is wrong' };
  }
  return { kind: 'genuine', messageId: messageIdOf(request) };
}

/** The vendor hashes with an ASCII encoder, which puts `?` for each UTF-16 unit that is not ASCII, and sends UTF-8. */
function asciiOnly(body: Buffer): Buffer {
  return Buffer.from(
    Array.from(body.toString('utf8'), (character) => (character <= '\u007f' ? character : '?'.repeat(character.length))).join(''),
    'ascii',
  );
}

function messageIdOf(request: WebhookRequest): string | null {
  const action = actionOf(request.path);
  const [record] = recordsOf(request.body) ?? [];
  const id = idOf(record?.get('Id'));
  const updatedOn = record?.get('UpdatedOn');
  if (action === null || action === ACCESS_CONTROL || id === null || typeof updatedOn !== 'string') return null;
  return `${action}:${id}:${updatedOn.slice(0, 40)}`;
}

/** The action is in our address, the record in the body. What cannot be read is a hint to look for changes. */
export function hintsOf(request: WebhookRequest): readonly PullHint[] {
  const action = actionOf(request.path);
  if (action === null) return CHANGES;
  const concerns = ACTIONS.get(action)?.concerns;
  if (concerns === undefined) return [];
  const records = recordsOf(request.body);
  if (concerns === 'anybody' || records === null) return CHANGES;
  const coworkers = records.map((record) => coworkerOf(record, concerns));
  if (coworkers.includes('unknown')) return CHANGES;
  const ids = new Set(coworkers.filter((id) => id !== 'nobody'));
  return [...ids].map((sourceKey) => ({ kind: 'entity', sourceKey }));
}

type Fields = ReadonlyMap<string, unknown>;

function coworkerOf(record: Fields, concerns: Exclude<Concerns, 'anybody'>): string {
  if (concerns === 'coworker') return idOf(record.get('Id')) ?? 'unknown';
  if (record.has('CoworkerId')) return idOf(record.get('CoworkerId')) ?? 'nobody';
  // Nobody has written down what access control messages carry; a coworker is known by its name.
  return concerns === 'access' && record.has('FullName') ? (idOf(record.get('Id')) ?? 'unknown') : 'unknown';
}

/** Of `6`, or of a longer path that ends so. */
function actionOf(path: string): number | null {
  const last = path.split('/').at(-1) ?? '';
  return /^\d{1,4}$/.test(last) ? Number(last) : null;
}

/** An array of one record; a bare record is taken too. null: something else, or too many. */
function recordsOf(body: Buffer): Fields[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (list.length === 0 || list.length > RECORDS_MAX) return null;
  const objects = list.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  return objects.length === list.length ? objects.map((one) => new Map(Object.entries(one as object))) : null;
}
