import type { CloudbedsCustomField, CloudbedsReservation } from '../../domain/generated/upstream/cloudbeds/reservation.js';
import { UpstreamUnavailable } from '../upstream-errors.js';
import { saysReservationGone } from './answers.js';
import type { CloudbedsClient } from './client.js';
import type { StayRef } from './key-write.js';
import { textOf } from './lax.js';
import { reservationOfSingle, type Stay } from './reservation.js';
import { checkReservation } from './schema.js';
import { liveRows } from './status.js';

/** Cloudbeds takes longer numbers that pass the Luhn check for those of cards, and refuses them. */
const NUMBER_MAX = 12;

/** Can a custom field hold this PIN? */
export function fits(pin: string): boolean {
  return pin.length <= NUMBER_MAX;
}

/**
 * Writes the PIN of a room stay into the custom field of its reservation. The field belongs to all room stays together: with
 * several it holds `204: 482913; 205: 119283`, and only this stay's part is changed.
 *
 * @param pin null takes it out
 */
export function writeField(client: CloudbedsClient, field: string, stay: StayRef, pin: string | null): Promise<void> {
  return client.context.vault.exclusive(`field:${stay.reservationId}`, async () => {
    const before = await read(client, stay.reservationId);
    if (before === null) return;
    const entry = fieldOf(before, field);
    const is = textOf(entry?.customFieldValue);
    const wanted = fieldValue(is, reservationOfSingle(before).stays, stay.id, pin);
    if (wanted === null || wanted === is) return;
    // By its shortcode: Cloudbeds refuses the name that people see.
    const form = {
      propertyID: client.propertyId,
      reservationID: stay.reservationId,
      'customFields[0][customFieldName]': textOf(entry?.shortcode) || field,
      'customFields[0][customFieldValue]': wanted,
    };
    await client.write('putReservation', { method: 'PUT', form, repeatable: true });
    const after = await read(client, stay.reservationId);
    if (after !== null && textOf(fieldOf(after, field)?.customFieldValue) !== wanted) {
      throw new UpstreamUnavailable(
        `Cloudbeds did not keep the PIN in the custom field “${field}”: is there such a field for reservations?`,
      );
    }
  });
}

/**
 * What the field should hold; null when the stay is not in the reservation any more.
 *
 * @param is what it holds now
 */
export function fieldValue(is: string, stays: readonly Stay[], stayId: string, pin: string | null): string | null {
  if (!stays.some(({ id }) => id === stayId)) return null;
  if (stays.length === 1) return pin ?? '';
  const labels = new Map(stays.map((stay) => [stay.id, labelOf(stay)]));
  const known = new Set(labels.values());
  const parts = new Map(is.split('; ').flatMap((part) => partOf(part, known)));
  const own = labels.get(stayId) ?? stayId;
  if (pin === null) parts.delete(own);
  else parts.set(own, pin);
  return [...new Set(labels.values())].flatMap((label) => (parts.has(label) ? `${label}: ${parts.get(label) ?? ''}` : [])).join('; ');
}

/** What a guest knows the room by; a stay without a room has its number. */
function labelOf({ id, rows }: Stay): string {
  const live = liveRows(rows);
  const name = (live.length > 0 ? live : rows).find(({ roomId, roomName }) => roomId !== null && roomName !== '')?.roomName ?? id;
  return name.replaceAll(';', ',');
}

function partOf(part: string, known: ReadonlySet<string>): (readonly [string, string])[] {
  const at = part.lastIndexOf(': ');
  const label = part.slice(0, Math.max(at, 0));
  return at > 0 && known.has(label) ? [[label, part.slice(at + 2)]] : [];
}

function fieldOf({ customFields }: CloudbedsReservation, field: string): CloudbedsCustomField | undefined {
  const fields = customFields ?? [];
  return (
    fields.find(({ shortcode }) => textOf(shortcode) === field) ?? fields.find(({ customFieldName }) => textOf(customFieldName) === field)
  );
}

async function read(client: CloudbedsClient, reservationID: string): Promise<CloudbedsReservation | null> {
  const query = { propertyID: client.propertyId, reservationID };
  const response = await client.classic('getReservation', { method: 'GET', query });
  return saysReservationGone(response) ? null : checkReservation(client.succeeded(response).data);
}
