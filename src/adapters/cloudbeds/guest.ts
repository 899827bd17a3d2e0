import type { CloudbedsGuest, CloudbedsGuestList, CloudbedsGuestRoom } from '../../domain/generated/upstream/cloudbeds/reservation.js';
import { compareText } from '../../domain/windows.js';
import { idOf, textOf, truth } from './lax.js';

export interface Guest {
  readonly id: string | null;
  /** Empty when it is not known, or taken out on the guest's request. */
  readonly name: string;
  readonly givenName: string;
  readonly familyName: string;
  /** Empty unless it can be an address. */
  readonly email: string;
  readonly phone: string;
}

/** A guest of the list, with its rooms in one list. */
export interface GuestRecord extends Omit<CloudbedsGuest, 'rooms' | 'unassignedRooms'> {
  readonly rooms: readonly CloudbedsGuestRoom[];
}

/** Guests come keyed by id, as a list, or as `[]` when there are none: PHP makes no difference. In the order of their ids. */
export function guestsOf(list: CloudbedsGuestList | undefined): readonly GuestRecord[] {
  return valuesOf<CloudbedsGuest>(list)
    .map(({ rooms, unassignedRooms, ...guest }) => ({
      ...guest,
      rooms: [...valuesOf<CloudbedsGuestRoom>(rooms), ...valuesOf<CloudbedsGuestRoom>(unassignedRooms)],
    }))
    .sort((a, b) => compareText(idOf(a.guestID) ?? '~', idOf(b.guestID) ?? '~'));
}

/**
 * Who stays in a room: the guest whose room stay it is, else one who is in it, else the main guest of the reservation. The
 * list of reservations also says it with the room, the single one does not: only what both have is used.
 */
export function guestOf(guests: readonly GuestRecord[], sub: string, fallbackName: string): Guest {
  const mainFirst = [...guests.filter(isMain), ...guests.filter((guest) => !isMain(guest))];
  const found =
    mainFirst.find(({ subReservationID }) => idOf(subReservationID) === sub) ??
    mainFirst.find(({ rooms }) => rooms.some((room) => idOf(room.subReservationID) === sub)) ??
    mainFirst[0];
  if (found === undefined) return { id: null, name: fallbackName, givenName: '', familyName: '', email: '', phone: '' };
  const [givenName, familyName] = [textOf(found.guestFirstName), textOf(found.guestLastName)];
  const own = textOf(found.guestName) || `${givenName} ${familyName}`.trim();
  return {
    id: idOf(found.guestID),
    name: own || (truth(found.isAnonymized) || !isMain(found) ? '' : fallbackName),
    givenName,
    familyName,
    email: addressOf(textOf(found.guestEmail)),
    phone: textOf(found.guestCellPhone) || textOf(found.guestPhone),
  };
}

function isMain({ isMainGuest }: GuestRecord): boolean {
  return truth(isMainGuest);
}

/** The directory refuses what no address can look like; a reservation must not fail for it. */
function addressOf(text: string): string {
  const at = text.indexOf('@');
  const fits = at > 0 && at < text.length - 1 && at === text.lastIndexOf('@') && text.length <= 254;
  return fits && !/[\s\p{Cc}]/u.test(text) ? text : '';
}

function valuesOf<Value extends object>(
  list: readonly Value[] | Readonly<Record<string, Value | undefined>> | string | null | undefined,
): Value[] {
  if (typeof list !== 'object' || list === null) return [];
  return Object.values<Value | undefined>(list).flatMap((value) => value ?? []);
}
