import { createHash } from 'node:crypto';
import type { PullHint, Verdict, WebhookRequest } from '../adapter.js';
import type { CloudbedsContext } from './context.js';
import { sourceKeyOfDoorKey } from './read.js';

/** A payload by its keys in lower case: their spelling differs from event to event (`propertyID`, `propertyId`, `propertyID_str`). */
type Payload = ReadonlyMap<string, unknown>;

const CHANGES: readonly PullHint[] = [{ kind: 'changes' }];
const ID = /^[0-9A-Za-z_-]{1,64}$/;
const IDS = ['reservationid', 'subreservationid', 'guestid', 'roomid', 'keyid', 'id'];

/** They say nothing about who may enter. Custom fields are what we write ourselves. */
const IRRELEVANT: ReadonlySet<string> = new Set([
  'reservation/notes_changed',
  'reservation/custom_fields_changed',
  'reservation/accommodation_status_changed',
  'integration/appsettings_changed',
  'night_audit/completed',
]);
const IRRELEVANT_OBJECTS: ReadonlySet<string> = new Set(['roomblock', 'housekeeping']);

/**
 * Cloudbeds signs nothing: the secret in the path, which is checked before, and the property are all there is. A retry has
 * the time of the first try, so the time refuses nothing.
 */
export async function verify(request: WebhookRequest, { config }: CloudbedsContext): Promise<Verdict> {
  const payload = payloadOf(request.body);
  if (payload === null) return { kind: 'genuine', messageId: null };
  const properties = [payload.get('propertyid_str'), payload.get('propertyid')].filter((value) => value !== undefined && value !== null);
  if (properties.some((value) => value !== config.propertyId && String(value) !== config.propertyId)) {
    return { kind: 'refused', reason: 'the message is about another property' };
  }
  return { kind: 'genuine', messageId: messageIdOf(payload, config.propertyId) };
}

/** What to read anew; the payload itself is never taken for the truth. */
export function hints({ body }: WebhookRequest): readonly PullHint[] {
  const payload = payloadOf(body);
  const event = payload?.get('event');
  if (payload === null || typeof event !== 'string') return CHANGES;
  const [object = ''] = event.split('/', 1);
  if (IRRELEVANT.has(event) || IRRELEVANT_OBJECTS.has(object)) return [];
  const reservation = idIn(payload, 'reservationid_str') ?? idIn(payload, 'reservationid');
  if (reservation !== null) return [{ kind: 'entity', sourceKey: reservation }];
  if (object.toLowerCase() !== 'doorlockkey') return CHANGES;
  const key = idIn(payload, 'keyid') ?? idIn(payload, 'id');
  return key === null ? CHANGES : [{ kind: 'entity', sourceKey: sourceKeyOfDoorKey(key) }];
}

function payloadOf(body: Buffer): Payload | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
    return new Map(Object.entries(parsed).map(([key, value]) => [key.toLowerCase(), value]));
  } catch {
    return null;
  }
}

/** A number that is not exact any more is no id. */
function idIn(payload: Payload, name: string): string | null {
  const value = payload.get(name);
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && ID.test(text) ? text : null;
}

/** There is no id of the delivery: event, property, entity and time are the same in every retry, and in nothing else. */
function messageIdOf(payload: Payload, propertyId: string): string | null {
  const [event, timestamp] = [payload.get('event'), payload.get('timestamp')];
  if (typeof event !== 'string' || (typeof timestamp !== 'number' && typeof timestamp !== 'string')) return null;
  const parts = [event, propertyId, String(timestamp), ...IDS.map((name) => String(payload.get(name) ?? ''))];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
