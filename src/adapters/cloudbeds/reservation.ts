import type { CloudbedsReservation, CloudbedsStayRoom } from '../../domain/generated/upstream/cloudbeds/reservation.js';
import type { CloudbedsReservationRow, CloudbedsRowRoom } from '../../domain/generated/upstream/cloudbeds/reservation-rows.js';
import { compareText } from '../../domain/windows.js';
import { type Guest, guestOf, guestsOf, type GuestRecord } from './guest.js';
import { idOf, textOf, truth } from './lax.js';

/** One line of a room stay: a room, or none yet, from night to night. A stay has two when the guest moves. */
export interface StayRow {
  readonly roomId: string | null;
  readonly roomName: string;
  /** As Cloudbeds says it; empty when it does not. */
  readonly status: string;
  /** Local dates; empty when they are missing. */
  readonly startDate: string;
  readonly endDate: string;
}

/** What one guest or party has: one `subReservationID`. */
export interface Stay {
  readonly id: string;
  readonly rows: readonly StayRow[];
  readonly guest: Guest;
}

/** A reservation as both calls of Cloudbeds have it. */
export interface Reservation {
  readonly id: string;
  readonly status: string;
  readonly deleted: boolean;
  /** `YYYY-MM-DD HH:MM:SS`, local; empty when it is missing. */
  readonly modified: string;
  /** By id. */
  readonly stays: readonly Stay[];
}

type RoomRecord = Omit<CloudbedsRowRoom, 'roomCheckIn' | 'roomCheckOut'> & Pick<CloudbedsStayRoom, 'startDate' | 'endDate'>;

/** A row of getReservations: `rooms` with `roomCheckIn` and `roomCheckOut`. */
export function reservationOfRow(row: CloudbedsReservationRow): Reservation {
  const rooms = (row.rooms ?? []).map((room) => ({ ...room, startDate: room.roomCheckIn ?? null, endDate: room.roomCheckOut ?? null }));
  return reservationOf(row, rooms);
}

/** An answer of getReservation: `assigned` and `unassigned` with `startDate` and `endDate`, the status of a room only with its guests. */
export function reservationOfSingle(single: CloudbedsReservation): Reservation {
  return reservationOf(single, [...(single.assigned ?? []), ...(single.unassigned ?? [])]);
}

function reservationOf(record: CloudbedsReservation | CloudbedsReservationRow, rooms: readonly RoomRecord[]): Reservation {
  const guests = guestsOf(record.guestList);
  const bySub = new Map<string, RoomRecord[]>();
  for (const room of rooms) {
    const sub = String(room.subReservationID);
    bySub.set(sub, [...(bySub.get(sub) ?? []), room]);
  }
  const fallback = truth(record.isAnonymized) ? '' : textOf(record.guestName);
  const stays = [...bySub].map(([id, own]) => ({
    id,
    rows: own.map((room) => rowOf(room, record, guests)).sort(byDate),
    guest: guestOf(guests, id, fallback),
  }));
  return {
    id: String(record.reservationID),
    status: textOf(record.status),
    deleted: truth(record.isDeleted),
    modified: textOf(record.dateModified),
    stays: stays.sort((a, b) => compareText(a.id, b.id)),
  };
}

function rowOf(room: RoomRecord, record: CloudbedsReservation | CloudbedsReservationRow, guests: readonly GuestRecord[]): StayRow {
  return {
    roomId: idOf(room.roomID),
    roomName: textOf(room.roomName),
    status: textOf(room.roomStatus) || statusWithGuests(room, guests),
    startDate: dateOf(room.startDate) || dateOf(record.startDate),
    endDate: dateOf(room.endDate) || dateOf(record.endDate),
  };
}

function statusWithGuests(room: RoomRecord, guests: readonly GuestRecord[]): string {
  const row = idOf(room.reservationRoomID);
  for (const { rooms } of guests) {
    for (const one of rooms) {
      const same =
        row !== null && idOf(one.reservationRoomID) !== null
          ? idOf(one.reservationRoomID) === row
          : idOf(one.subReservationID) === String(room.subReservationID) && idOf(one.roomID) === idOf(room.roomID);
      if (same && textOf(one.roomStatus) !== '') return textOf(one.roomStatus);
    }
  }
  return '';
}

/** A date, also the first half of a date and time; the zero date of MySQL and anything else counts as missing. */
function dateOf(value: string | null | undefined): string {
  const date = textOf(value).slice(0, 10);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && !date.startsWith('0000') ? date : '';
}

/** Rows without a date come last; rooms of the same nights keep one order whatever the answer had. */
function byDate(a: StayRow, b: StayRow): number {
  return (
    compareText(a.startDate || '~', b.startDate || '~') ||
    compareText(a.endDate || '~', b.endDate || '~') ||
    compareText(a.roomId ?? '~', b.roomId ?? '~') ||
    compareText(a.status, b.status)
  );
}
