import type { CloudbedsKey } from '../../domain/generated/upstream/cloudbeds/key.js';
import { instant, type Window } from '../../domain/time.js';
import { compareText } from '../../domain/windows.js';
import { instantOf, minutesOf } from '../local-time.js';
import { UpstreamContract } from '../upstream-errors.js';
import type { CloudbedsClient } from './client.js';
import { idOf, textOf } from './lax.js';
import { checkKey } from './schema.js';

/** A door key that is a code, as the front desk or we have made it. */
export interface DoorKey {
  readonly id: string;
  readonly reservationId: string | null;
  /** null: it is for the whole reservation. */
  readonly stayId: string | null;
  readonly status: string;
  readonly code: string;
  /** null: it follows the stay, as our own keys do, whose times nobody can change afterwards. */
  readonly window: Window | null;
  /** Its times cannot be understood. */
  readonly unclear?: true;
}

/** On the keys that we make, followed by the id of the room stay. */
export const OURS = 'latchkey-';

/** What a key record of Cloudbeds says; null for cards and phones, which other systems hand out. */
export function doorKeyOf(record: CloudbedsKey, zone: string): DoorKey | null {
  if (record.keyType !== 'access_code') return null;
  const ours = textOf(record.externalId).startsWith(OURS);
  return {
    id: String(record.keyId),
    reservationId: idOf(record.reservationId),
    stayId: idOf(record.subReservationId),
    status: record.status,
    code: textOf(record.keyCode),
    ...(ours ? { window: null } : windowIfTold(record, zone)),
  };
}

/**
 * The keys that stand for a room stay, the first one made first: wanted or given out. What failed or was deleted, and any
 * word that nobody knows, leaves the stay to itself.
 */
export function standingKeys(ofStay: readonly DoorKey[]): readonly DoorKey[] {
  return ofStay
    .filter(({ status }) => status === 'processing' || status === 'completed')
    .sort((a, b) => a.id.length - b.id.length || compareText(a.id, b.id));
}

/** Keys of any status. One without a room stay belongs to the only stay of its reservation. */
export function keysOfStay(keys: readonly DoorKey[], stayId: string, onlyStay: boolean): readonly DoorKey[] {
  return keys.filter((key) => key.stayId === stayId || (key.stayId === null && onlyStay));
}

/** Keys of one reservation. */
export async function keysOfReservation(client: CloudbedsClient, reservationId: string, zone: string): Promise<readonly DoorKey[]> {
  const keys = await readKeys(client, { reservationId }, zone);
  return keys.filter((key) => key.reservationId === null || key.reservationId === reservationId);
}

/** The reservation that a key belongs to; null when the service does not know the key any more. */
export async function reservationOfKey(client: CloudbedsClient, keyId: string, zone: string): Promise<string | null> {
  const keys = await readKeys(client, { keyIds: keyId }, zone);
  return keys.find(({ id }) => id === keyId)?.reservationId ?? null;
}

async function readKeys(client: CloudbedsClient, query: Readonly<Record<string, string>>, zone: string): Promise<readonly DoorKey[]> {
  const response = await client.service(`keys/${client.propertyId}`, { method: 'GET', query });
  const body = response.json();
  if (response.status === 404) return [];
  if (response.status >= 400) throw client.unexpected(response);
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) {
    throw new UpstreamContract('Cloudbeds sent door keys that we do not understand: it has no list “data”.');
  }
  // The specification draws a list within a list.
  return body.data.flat().flatMap((record) => doorKeyOf(checkKey(record), zone) ?? []);
}

function windowIfTold(record: CloudbedsKey, zone: string): Pick<DoorKey, 'window' | 'unclear'> {
  try {
    return { window: windowOf(record, zone) };
  } catch (error) {
    if (!(error instanceof UpstreamContract)) throw error;
    return { window: null, unclear: true };
  }
}

function windowOf({ startDateTime, endDateTime }: CloudbedsKey, zone: string): Window | null {
  const [start, end] = [textOf(startDateTime), textOf(endDateTime)];
  if (start === '' || end === '') return null;
  return { startsAt: timeOf(start, zone, 'start'), endsAt: timeOf(end, zone, 'end') };
}

/** With its offset, as documented; without one it can only be meant locally. */
function timeOf(text: string, zone: string, edge: 'start' | 'end'): string {
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text);
  const minutes = hasOffset ? null : minutesOf(text.slice(11));
  if (minutes !== null) return instantOf({ date: text.slice(0, 10), minutes }, zone, edge);
  const at = hasOffset ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UpstreamContract('Cloudbeds sent a door key whose times we do not understand.');
  return instant(at);
}
