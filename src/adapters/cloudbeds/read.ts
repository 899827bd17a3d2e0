import { shift } from '../../domain/time.js';
import type { Page, SourceUser } from '../adapter.js';
import { saysReservationGone } from './answers.js';
import { CloudbedsClient } from './client.js';
import type { CloudbedsContext } from './context.js';
import { later, modifiedFrom } from './cursor.js';
import { type DoorKey, keysOfReservation, reservationOfKey } from './door-key.js';
import { truth } from './lax.js';
import { reservationPages, roomPages } from './lists.js';
import { knownProperty, type Property, readProperty, usesDoorKeys } from './property.js';
import { type Reservation, reservationOfRow, reservationOfSingle } from './reservation.js';
import { checkReservation } from './schema.js';
import { localDate } from './zone-time.js';
import { mayGrant, roomGroup, unlistedRooms, usersOf } from './to-scim.js';

const DAY_MS = 24 * 60 * 60_000;
/** As many as may run at once; the pacing is the http's. */
const AT_ONCE = 4;
/** What a webhook about a door key names: nothing but the key. */
const KEY_SOURCE = 'key:';

/** `sourceKey` for a door key whose reservation is not known yet. */
export function sourceKeyOfDoorKey(keyId: string): string {
  return KEY_SOURCE + keyId;
}

/** Rooms, then every reservation whose stay has not ended by yesterday, whatever its status. */
export async function* fullRead(context: CloudbedsContext): AsyncGenerator<Page> {
  const client = new CloudbedsClient(context);
  const property = await readProperty(client);
  const listed = new Set<string>();
  yield* rooms(client, listed);
  const checkOutFrom = localDate(shift(context.now(), -DAY_MS), property.zone);
  let cursor: string | null = null;
  for await (const { rows, total } of reservationPages(client, 'getReservations', { checkOutFrom })) {
    const reservations = rows.map(reservationOfRow);
    for (const { modified } of reservations) cursor = later(cursor, modified, context.now());
    yield { resources: await resourcesOf(client, property, reservations, listed), cursor: null, total };
  }
  yield { resources: [], cursor, total: null };
}

/**
 * What Cloudbeds says has changed, and what was deleted since. It does not bump the time for every change, so this is
 * never the only way: full reads and webhooks close the gap.
 */
export async function* changesSince(context: CloudbedsContext, since: string): AsyncGenerator<Page> {
  const client = new CloudbedsClient(context);
  const query = { modifiedFrom: modifiedFrom(since) };
  const property = await knownProperty(client);
  const listed = new Set<string>();
  let cursor: string | null = since;
  for await (const { rows, total } of reservationPages(client, 'getReservations', query)) {
    const reservations = rows.map(reservationOfRow);
    // A room may be as new as its first reservation.
    if (reservations.length > 0 && listed.size === 0) yield* rooms(client, listed);
    for (const { modified } of reservations) cursor = later(cursor, modified, context.now());
    yield { resources: await resourcesOf(client, property, reservations, listed), cursor: null, total };
  }
  // The only list that shows deleted reservations.
  for await (const { rows } of reservationPages(client, 'getReservationsWithRateDetails', { ...query, includeDeleted: 'true' })) {
    const deleted = rows.filter(({ isDeleted }) => truth(isDeleted)).map(reservationOfRow);
    for (const { modified } of deleted) cursor = later(cursor, modified, context.now());
    yield { resources: deleted.flatMap((reservation) => usersOf(reservation, property, [])), cursor: null, total: null };
  }
  yield { resources: [], cursor, total: null };
}

/** The room stays of one reservation, or of the reservation that a door key belongs to. */
export async function readOne(context: CloudbedsContext, sourceKey: string): Promise<readonly SourceUser[]> {
  const client = new CloudbedsClient(context);
  const property = await knownProperty(client);
  const id = await reservationIdOf(client, property, sourceKey);
  const reservation = id === null ? null : await readReservation(client, id);
  if (reservation === null) return [];
  return usersOf(reservation, property, await keysFor(client, property, reservation));
}

/** null: Cloudbeds says that there is none, or none any more. */
export async function readReservation(client: CloudbedsClient, reservationID: string): Promise<Reservation | null> {
  const response = await client.classic('getReservation', { method: 'GET', query: { propertyID: client.propertyId, reservationID } });
  if (saysReservationGone(response)) return null;
  const single = checkReservation(client.succeeded(response).data);
  const elsewhere = single.propertyID !== undefined && single.propertyID !== null && String(single.propertyID) !== client.propertyId;
  return elsewhere || truth(single.isDeleted) ? null : reservationOfSingle(single);
}

async function reservationIdOf(client: CloudbedsClient, property: Property, sourceKey: string): Promise<string | null> {
  if (!sourceKey.startsWith(KEY_SOURCE)) return sourceKey;
  return usesDoorKeys(client, property) ? reservationOfKey(client, sourceKey.slice(KEY_SOURCE.length), property.zone) : null;
}

async function* rooms(client: CloudbedsClient, listed: Set<string>): AsyncGenerator<Page> {
  for await (const page of roomPages(client)) {
    for (const { roomID } of page) listed.add(String(roomID));
    yield { resources: page.map(roomGroup), cursor: null, total: null };
  }
}

async function resourcesOf(
  client: CloudbedsClient,
  property: Property,
  reservations: readonly Reservation[],
  listed: Set<string>,
): Promise<Page['resources']> {
  const groups = unlistedRooms(reservations, listed);
  for (const { externalId } of groups) listed.add(externalId);
  const users: SourceUser[] = [];
  for (let at = 0; at < reservations.length; at += AT_ONCE) {
    const some = reservations.slice(at, at + AT_ONCE);
    const keys = await Promise.all(some.map((reservation) => keysFor(client, property, reservation)));
    for (const [index, reservation] of some.entries()) users.push(...usersOf(reservation, property, keys[index] ?? []));
  }
  return [...groups, ...users];
}

/** One request for each reservation that may give access: the service has no list of all keys. */
async function keysFor(client: CloudbedsClient, property: Property, reservation: Reservation): Promise<readonly DoorKey[]> {
  return usesDoorKeys(client, property) && mayGrant(reservation) ? keysOfReservation(client, reservation.id, property.zone) : [];
}
