import type { SkipReason } from '../../domain/access.js';
import type { CloudbedsRoom } from '../../domain/generated/upstream/cloudbeds/rooms.js';
import type { JsonObject } from '../../domain/scim.js';
import { OPEN_WINDOW } from '../../domain/time.js';
import type { SourceGroup, SourceUser } from '../adapter.js';
import { UpstreamContract } from '../upstream-errors.js';
import { type DoorKey, keysOfStay, standingKeys } from './door-key.js';
import type { Guest } from './guest.js';
import { textOf } from './lax.js';
import type { Reservation, Stay } from './reservation.js';
import { skipReasonOf } from './status.js';
import { type Hours, hullOf, type Span, spansOf, spansWithKeys } from './stay-window.js';

/** A room, or a bed of a dormitory. */
export function roomGroup(room: CloudbedsRoom): SourceGroup {
  const [dorm, name] = [textOf(room.dormRoomName), textOf(room.roomName)];
  const shown = dorm === '' || name === '' || dorm === name ? name || dorm : `${dorm} / ${name}`;
  return groupOf(String(room.roomID), shown);
}

/** Rooms that a reservation names and the list of rooms does not have: taken down since, or new this minute. */
export function unlistedRooms(reservations: readonly Reservation[], listed: ReadonlySet<string>): readonly SourceGroup[] {
  const found = new Map<string, SourceGroup>();
  for (const { roomId, roomName } of reservations.flatMap(({ stays }) => stays.flatMap(({ rows }) => rows))) {
    if (roomId !== null && !listed.has(roomId) && !found.has(roomId)) found.set(roomId, groupOf(roomId, roomName));
  }
  return [...found.values()];
}

/** Could somebody have access by this reservation? Only then its door keys matter. */
export function mayGrant(reservation: Reservation): boolean {
  return reservation.stays.some(({ rows }) => {
    const reason = skipReasonOf(reservation, rows);
    return reason === null || reason === 'unknown_status';
  });
}

/** One User for each room stay; the door key that stands for it, if there is one, is in its externalId. */
export function usersOf(reservation: Reservation, hours: Hours, keys: readonly DoorKey[]): readonly SourceUser[] {
  return reservation.stays.map((stay) =>
    userOf(reservation, stay, hours, standingKeys(keysOfStay(keys, stay.id, reservation.stays.length === 1))),
  );
}

function userOf(reservation: Reservation, stay: Stay, hours: Hours, keys: readonly DoorKey[]): SourceUser {
  const key = keys[0];
  const said = skipReasonOf(reservation, stay.rows);
  const { spans, unclear } = spansIfTold(stay, hours, keys);
  const window = hullOf(spans.map((span) => span.window));
  const skipReason = said ?? (unclear === null ? notOpening(spans) : 'invalid_window');
  const rooms = spans.length > 0 ? spans : stay.rows;
  return {
    resourceType: 'User',
    externalId: key === undefined ? stay.id : `${stay.id}/${key.id}`,
    sourceKey: reservation.id,
    attributes: attributesOf(stay),
    skipReason,
    ...(said === null && unclear !== null ? { unclear } : {}),
    window: window ?? OPEN_WINDOW,
    periods: periodsOf(spans),
    groups: [...new Set(rooms.flatMap(({ roomId }) => roomId ?? []))],
    pin: null,
    card: null,
  };
}

/** None with the reason why when the times cannot be told: one room stay must not stop the read of all others. */
function spansIfTold(
  stay: Stay,
  hours: Hours,
  keys: readonly DoorKey[],
): { readonly spans: readonly Span[]; readonly unclear: string | null } {
  if (keys.some(({ unclear }) => unclear === true)) return { spans: [], unclear: 'A door key has times that are none.' };
  try {
    const spans = withKeys(spansOf(stay.rows, hours), stay, keys);
    const isDated = spans.length > 0 || stay.rows.some(({ startDate, endDate }) => startDate !== '' && endDate !== '');
    return { spans, unclear: isDated ? null : 'A room stay has no dates.' };
  } catch (error) {
    if (!(error instanceof UpstreamContract)) throw error;
    return { spans: [], unclear: error.publicMessage };
  }
}

/** What is left of a stay that the source grants: no time at all, or none in a room. */
function notOpening(spans: readonly Span[]): SkipReason | null {
  if (spans.length === 0) return 'invalid_window';
  return spans.every(({ roomId }) => roomId === null) ? 'unassigned_room' : null;
}

/** A key that has no times of its own, or that we made ourselves, follows the stay. */
function withKeys(spans: readonly Span[], stay: Stay, keys: readonly DoorKey[]): readonly Span[] {
  if (keys.every(({ window }) => window === null)) return spans;
  const whole = hullOf(spans.map(({ window }) => window));
  return spansWithKeys(
    spans,
    stay.rows,
    keys.flatMap(({ window }) => window ?? whole ?? []),
  );
}

/** Only where one window does not say it all: a move, or keys with a gap between them. */
function periodsOf(spans: readonly Span[]): SourceUser['periods'] {
  if (spans.length < 2) return [];
  return spans.flatMap(({ roomId, window }) => (roomId === null ? [] : [{ groupExternalId: roomId, window }]));
}

/** `userName` is the stay's alone, so that it stays the same when a key appears or goes. */
function attributesOf({ id, guest }: Stay): JsonObject {
  const { givenName, familyName, email, phone } = guest;
  const shown = guest.name || unnamed(guest);
  const parts = { ...(givenName === '' ? {} : { givenName }), ...(familyName === '' ? {} : { familyName }) };
  return {
    userName: `stay-${id}`,
    ...(shown === '' ? {} : { displayName: shown, name: { formatted: shown, ...parts } }),
    ...(email === '' ? {} : { emails: [{ value: email, primary: true }] }),
    ...(phone === '' ? {} : { phoneNumbers: [{ value: phone, type: 'mobile' }] }),
    active: true,
  };
}

/** Anonymized guests have no name; the id tells them apart. */
function unnamed({ id }: Guest): string {
  return id === null ? '' : `Guest ${id}`;
}

function groupOf(externalId: string, displayName: string): SourceGroup {
  return { resourceType: 'Group', externalId, displayName: displayName || `Room ${externalId}`, kind: 'room', members: null };
}
