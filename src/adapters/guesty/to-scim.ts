import type { SkipReason } from '../../domain/access.js';
import type { Json, JsonObject } from '../../domain/scim.js';
import { isValid, OPEN_WINDOW, type Window } from '../../domain/time.js';
import type { SourceGroup, SourceUser } from '../adapter.js';
import { UpstreamContract } from '../upstream-errors.js';
import type { GuestyListing, GuestyReservation } from './schema.js';
import { type Place, stayOf } from './stay.js';
import { emailAddress, shownName } from './text.js';

const NAME_MAX = 200;
/** Two of them and what is between them have to fit into the name of a Group. */
const LISTING_NAME_MAX = 120;

/** null: grants. A status that is not here is unknown. */
const STATUSES: ReadonlyMap<string, SkipReason | null> = new Map<string, SkipReason | null>([
  ['confirmed', null],
  ['checked_in', null],
  ['reserved', 'not_confirmed'],
  ['awaiting_payment', 'not_confirmed'],
  ['inquiry', 'not_confirmed'],
  ['checked_out', 'expired'],
  ['canceled', 'canceled'],
  ['declined', 'canceled'],
  ['expired', 'canceled'],
  ['closed', 'canceled'],
]);

/** Why a reservation of this status gives no access; null when it does. */
export function skipReasonOf(status: string): SkipReason | null {
  const known = STATUSES.get(status);
  return known === undefined ? 'unknown_status' : known;
}

/**
 * A reservation becomes one User whose access is the stay, in the Group of its own listing: the parent's while no sub-unit
 * is assigned. Cancelled stays are Users too: left out they would look gone, and nobody could see why.
 *
 * The key code of the reservation is not its PIN: it is what Latchkey writes there, and reading it back would make the
 * source the owner of every PIN.
 *
 * @param listing null: Guesty does not have it any more
 * @see RFC 7643 section 4.1
 */
export function toUser(reservation: GuestyReservation, listing: GuestyListing | null, parent: GuestyListing | null): SourceUser {
  const { _id, status } = reservation;
  const said = skipReasonOf(status);
  const { stay, unclear } = stayIfTold(reservation, listing, parent);
  const skipReason = said ?? (unclear === null && isValid(stay) ? null : 'invalid_window');
  return {
    resourceType: 'User',
    externalId: _id,
    sourceKey: _id,
    attributes: { userName: `reservation-${_id}`, ...guestOf(reservation), active: skipReason === null },
    skipReason,
    ...(said === null && unclear !== null ? { unclear } : {}),
    window: isValid(stay) ? stay : OPEN_WINDOW,
    periods: [],
    groups: listing === null ? [] : [listing._id],
    pin: null,
    card: null,
  };
}

/** A sub-unit carries its parent's name in front: many of them are just called 101. */
export function toGroup(listing: GuestyListing, parent: GuestyListing | null): SourceGroup {
  const own = listingName(listing);
  return {
    resourceType: 'Group',
    externalId: listing._id,
    displayName: parent === null ? own : `${listingName(parent)} / ${own}`,
    kind: 'listing',
    members: null,
  };
}

/** The unit, or the parent while none is assigned; null when the reservation has neither. */
export function listingIdOf({ listingId }: GuestyReservation): string | null {
  return listingId === '' ? null : listingId;
}

/** The id of the multi-unit listing that this one is a part of. */
export function parentIdOf({ mtl, _id }: GuestyListing): string | null {
  const id = mtl?.p;
  return id === undefined || id === null || id === '' || id === _id ? null : id;
}

function listingName({ _id, nickname, title }: GuestyListing): string {
  return shownName(nickname, LISTING_NAME_MAX) ?? shownName(title, LISTING_NAME_MAX) ?? `Listing ${_id}`;
}

function guestOf({ _id, guest, confirmationCode }: GuestyReservation): JsonObject {
  const givenName = shownName(guest?.firstName, NAME_MAX);
  const familyName = shownName(guest?.lastName, NAME_MAX);
  const said = shownName(guest?.fullName, NAME_MAX) ?? shownName(`${givenName ?? ''} ${familyName ?? ''}`, NAME_MAX);
  const email = emailAddress(guest?.email);
  return {
    displayName: said ?? `Reservation ${shownName(confirmationCode, NAME_MAX) ?? _id}`,
    ...given('name', { ...given('formatted', said), ...given('givenName', givenName), ...given('familyName', familyName) }),
    ...(email === null ? {} : { emails: [{ value: email, primary: true }] }),
  };
}

function given(name: 'name' | 'formatted' | 'givenName' | 'familyName', value: Json): JsonObject {
  const empty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  return empty ? {} : { [name]: value };
}

/** The reservation tells of its listing itself; what it leaves out the listing knows, or its parent. */
function placeOf({ listing: told }: GuestyReservation, listing: GuestyListing | null, parent: GuestyListing | null): Place {
  return {
    timezone: told?.timezone || listing?.timezone || parent?.timezone || null,
    defaultCheckInTime: told?.defaultCheckInTime || listing?.defaultCheckInTime || parent?.defaultCheckInTime || null,
    defaultCheckOutTime: told?.defaultCheckOutTime || listing?.defaultCheckOutTime || parent?.defaultCheckOutTime || null,
  };
}

/** Open with the reason why when the times cannot be told: one reservation must not stop the read of all others. */
function stayIfTold(
  reservation: GuestyReservation,
  listing: GuestyListing | null,
  parent: GuestyListing | null,
): { readonly stay: Window; readonly unclear: string | null } {
  try {
    return { stay: stayOf(reservation, placeOf(reservation, listing, parent)), unclear: null };
  } catch (error) {
    if (!(error instanceof UpstreamContract)) throw error;
    return { stay: OPEN_WINDOW, unclear: error.publicMessage };
  }
}
