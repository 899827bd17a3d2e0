import { UpstreamUnavailable } from '../upstream-errors.js';
import type { CloudbedsClient } from './client.js';
import { type DoorKey, keysOfReservation, keysOfStay, OURS, standingKeys } from './door-key.js';
import type { Property } from './property.js';
import { readReservation } from './read.js';
import type { Stay } from './reservation.js';
import { skipReasonOf } from './status.js';
import { hullOf, spansOf } from './stay-window.js';
import { withOffset } from './zone-time.js';

export interface StayRef {
  readonly id: string;
  readonly reservationId: string;
}

/** `making`: asked for, answer not seen yet. `made`: never again, whatever becomes of the key. */
type Mark = 'making' | 'made';

/** Puts the PIN into every key that stands for the stay; makes one where there is none and never was, if that is wanted. */
export function writeKeys(client: CloudbedsClient, property: Property, ref: StayRef, pin: string): Promise<void> {
  const { vault, settings } = client.context;
  const mark = `auto_key:${ref.id}`;
  return vault.exclusive(mark, async () => {
    const reservation = await readReservation(client, ref.reservationId);
    const stay = reservation?.stays.find(({ id }) => id === ref.id);
    if (reservation === null || stay === undefined) return;
    const read = async () =>
      keysOfStay(await keysOfReservation(client, ref.reservationId, property.zone), ref.id, reservation.stays.length === 1);
    const keys = await read();
    const standing = standingKeys(keys);
    if (standing.length > 0) {
      if (settings.autoCreatePin === true) await vault.put(mark, 'made' satisfies Mark);
      if (await fill(client, standing, pin)) confirm(standingKeys(await read()).every((key) => holds(key, pin)));
      return;
    }
    const unwanted =
      settings.autoCreatePin !== true || keys.some(({ status }) => status === 'deleted') || (await vault.get(mark)) === 'made';
    const json = unwanted || skipReasonOf(reservation, stay.rows) !== null ? null : keyFor(client, property, ref, stay, pin);
    if (json === null) return;
    // Marked before it is asked for: if the answer gets lost, the key is found by the next try or made by it, once.
    await vault.put(mark, 'making' satisfies Mark);
    const response = await client.service('keys', { method: 'POST', json, repeatable: false });
    if (response.status >= 400) throw client.unexpected(response);
    await vault.put(mark, 'made' satisfies Mark);
    confirm(standingKeys(await read()).some((key) => holds(key, pin)));
  });
}

/** @returns whether anything had to be written */
async function fill(client: CloudbedsClient, keys: readonly DoorKey[], pin: string): Promise<boolean> {
  const differing = keys.filter((key) => !holds(key, pin));
  for (const { id } of differing) {
    const response = await client.service(`keys/${id}`, { method: 'PATCH', json: { status: 'completed', keyCode: pin }, repeatable: true });
    // Deleted meanwhile: nothing to write into.
    if (response.status >= 400 && response.status !== 404) throw client.unexpected(response);
  }
  return differing.length > 0;
}

function keyFor(client: CloudbedsClient, property: Property, stay: StayRef, { rows }: Stay, pin: string): object | null {
  const spans = spansOf(rows, property);
  const window = hullOf(spans.map((span) => span.window));
  if (window?.startsAt == null || window.endsAt === null) return null;
  return {
    propertyId: client.propertyId,
    reservationId: stay.reservationId,
    subReservationId: stay.id,
    issuerId: 'latchkey',
    startDateTime: withOffset(window.startsAt, property.zone),
    endDateTime: withOffset(window.endsAt, property.zone),
    keyType: 'access_code',
    rooms: [...new Set(spans.flatMap(({ roomId }) => roomId ?? []))],
    externalId: OURS + stay.id,
    keyCode: pin,
    status: 'completed',
  };
}

function holds({ code, status }: DoorKey, pin: string): boolean {
  return code === pin && status === 'completed';
}

function confirm(kept: boolean): void {
  if (!kept) throw new UpstreamUnavailable('Cloudbeds took the PIN for the door key and did not keep it.');
}
