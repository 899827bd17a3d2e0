// Generated from schemas/upstream/cloudbeds/rooms.json by `npm run generate`. Do not edit.

/**
 * Long digits: a text, or a number that is still exact.
 */
export type Id = string | number;
/**
 * Answer of getRooms: rooms by property.
 */
export type CloudbedsRooms = CloudbedsPropertyRooms[];

/**
 * The rooms of one property.
 */
export interface CloudbedsPropertyRooms {
  propertyID: Id;
  rooms: CloudbedsRoom[];
}
/**
 * A room or a bed.
 */
export interface CloudbedsRoom {
  roomID: Id;
  roomName?: string | null;
  dormRoomName?: string | null;
}
