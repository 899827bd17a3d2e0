// Generated from schemas/upstream/cloudbeds/reservation.json by `npm run generate`. Do not edit.

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
 * Rooms of the reservation.
 */
export type CloudbedsStayRooms = CloudbedsStayRoom[] | null;

/**
 * Answer of getReservation.
 */
export interface CloudbedsReservation {
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
  assigned?: CloudbedsStayRooms;
  unassigned?: CloudbedsStayRooms;
  customFields?: CloudbedsCustomField[] | null;
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
 * A room of one reservation.
 */
export interface CloudbedsStayRoom {
  subReservationID: Id;
  reservationRoomID?: Optional;
  roomID?: Optional;
  roomName?: string | null;
  startDate?: string | null;
  endDate?: string | null;
  roomStatus?: string | null;
}
/**
 * A custom field with its value.
 */
export interface CloudbedsCustomField {
  shortcode?: string | null;
  customFieldName?: string | null;
  customFieldValue?: Optional;
}
