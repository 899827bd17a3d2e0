import type { SkipReason } from '../../domain/access.js';
import type { Reservation, StayRow } from './reservation.js';

/** null grants. Cancelled has one l on reservations and two on rooms; nobody is let in or kept out for a spelling. */
const RESERVATION: ReadonlyMap<string, SkipReason | null> = new Map([
  ['confirmed', null],
  ['checked_in', null],
  ['not_confirmed', 'not_confirmed'],
  ['canceled', 'canceled'],
  ['cancelled', 'canceled'],
  ['no_show', 'no_show'],
  ['checked_out', 'expired'],
]);

const ROOM: ReadonlyMap<string, SkipReason | null> = new Map([
  // Not every answer has the status of a room; then that of the reservation counts alone.
  ['', null],
  ['not_checked_in', null],
  ['in_house', null],
  ['cancelled', 'canceled'],
  ['canceled', 'canceled'],
  ['checked_out', 'expired'],
]);

/** Rows that are neither cancelled nor left: of a stay whose guest has moved, the room where the guest is now. */
export function liveRows(rows: readonly StayRow[]): readonly StayRow[] {
  return rows.filter(({ status }) => !isOver(status));
}

/** A guest who has left this room for another one of the same stay is in the other one. */
export function hasLeft({ status }: StayRow): boolean {
  return ROOM.get(status) === 'expired';
}

/**
 * Why the source itself gives no access, or null. What it says in so many words comes before a word that nobody knows, and
 * the reservation before its rooms.
 */
export function skipReasonOf({ status, deleted }: Reservation, rows: readonly StayRow[]): SkipReason | null {
  const ofReservation = RESERVATION.get(status);
  const live = liveRows(rows);
  if (deleted) return 'canceled';
  if (ofReservation !== undefined && ofReservation !== null) return ofReservation;
  if (live.length === 0) return rows.some(hasLeft) ? 'expired' : 'canceled';
  if (ofReservation === undefined || live.some((row) => !ROOM.has(row.status))) return 'unknown_status';
  return live.every(({ roomId }) => roomId === null) ? 'unassigned_room' : null;
}

function isOver(status: string): boolean {
  const reason = ROOM.get(status);
  return reason === 'canceled' || reason === 'expired';
}
