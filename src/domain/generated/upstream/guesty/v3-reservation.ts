// Generated from schemas/upstream/guesty/v3-reservation.json by `npm run generate`. Do not edit.

/**
 * A reservation of the v3 read. Its notes are often left out, which does not mean that they are empty.
 */
export interface GuestyV3Reservation {
  _id?: string | null;
  reservationId?: string | null;
  id?: string | null;
  notes?: {
    keyCode?: string | number | null;
  } | null;
}
