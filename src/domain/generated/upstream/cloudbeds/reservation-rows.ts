// Generated from schemas/upstream/cloudbeds/reservation-rows.json by `npm run generate`. Do not edit.

/**
 * Absent things are left out, empty, or null.
 */
export type Optional = string | number | boolean | null;
/**
 * Long digits: a text, or a number that is still exact.
 */
export type Id = string | number;
/**
 * Guests by id; an empty list when there are none.
 */
export type CloudbedsGuestList =
  | {
      [k: string]: CloudbedsGuest | undefined;
    }
  | CloudbedsGuest[]
  | null;
/**
 * Where the guest stays; an empty list may come as anything empty.
 */
export type CloudbedsGuestRooms =
  | CloudbedsGuestRoom[]
  | {
      [k: string]: CloudbedsGuestRoom | undefined;
    }
  | null
  | string;
/**
 * Answer of getReservations and getReservationsWithRateDetails.
 */
export type CloudbedsReservationRows = CloudbedsReservationRow[];

/**
 * A reservation in a list.
 */
export interface CloudbedsReservationRow {
  propertyID?: Optional;
  reservationID: Id;
  status: string;
  dateModified?: string | null;
  guestName?: string | null;
  startDate?: string | null;
  endDate?: string | null;
  isAnonymized?: Optional;
  isDeleted?: Optional;
  guestList?: CloudbedsGuestList;
  rooms?: CloudbedsRowRoom[] | null;
}
/**
 * A guest of a reservation.
 */
export interface CloudbedsGuest {
  guestID?: Optional;
  guestName?: string | null;
  guestFirstName?: string | null;
  guestLastName?: string | null;
  guestEmail?: string | null;
  guestPhone?: string | null;
  guestCellPhone?: string | null;
  subReservationID?: Optional;
  isMainGuest?: Optional;
  isAnonymized?: Optional;
  rooms?: CloudbedsGuestRooms;
  unassignedRooms?: CloudbedsGuestRooms;
}
/**
 * One room of a guest.
 */
export interface CloudbedsGuestRoom {
  reservationRoomID?: Optional;
  subReservationID?: Optional;
  roomID?: Optional;
  roomStatus?: string | null;
}
/**
 * A room of a reservation in a list.
 */
export interface CloudbedsRowRoom {
  subReservationID: Id;
  reservationRoomID?: Optional;
  roomID?: Optional;
  roomName?: string | null;
  roomCheckIn?: string | null;
  roomCheckOut?: string | null;
  roomStatus?: string | null;
}
