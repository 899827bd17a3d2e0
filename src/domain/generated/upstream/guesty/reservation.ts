// Generated from schemas/upstream/guesty/reservation.json by `npm run generate`. Do not edit.

/**
 * A reservation of the legacy list. Without its status a cancelled stay would look like a live one, so that it must be there.
 */
export interface GuestyReservation {
  _id: string;
  /**
   * The unit, or the parent while none is assigned.
   */
  listingId: string | null;
  status: string;
  confirmationCode?: string | null;
  /**
   * UTC; may be stale.
   */
  checkIn?: string | null;
  /**
   * UTC; may be stale.
   */
  checkOut?: string | null;
  checkInDateLocalized?: string | null;
  checkOutDateLocalized?: string | null;
  /**
   * HH:MM in the zone of the listing.
   */
  plannedArrival?: string | null;
  /**
   * HH:MM in the zone of the listing.
   */
  plannedDeparture?: string | null;
  guest?: {
    fullName?: string | null;
    firstName?: string | null;
    lastName?: string | null;
    email?: string | null;
  } | null;
  listing?: {
    timezone?: string | null;
    defaultCheckInTime?: string | null;
    defaultCheckOutTime?: string | null;
  } | null;
  lastUpdatedAt?: string | null;
}
