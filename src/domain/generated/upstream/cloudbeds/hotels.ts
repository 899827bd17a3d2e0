// Generated from schemas/upstream/cloudbeds/hotels.json by `npm run generate`. Do not edit.

/**
 * Long digits: a text, or a number that is still exact.
 */
export type Id = string | number;
/**
 * Answer of getHotels.
 */
export type CloudbedsHotels = CloudbedsHotel[];

/**
 * A property.
 */
export interface CloudbedsHotel {
  propertyID: Id;
  propertyName?: string | null;
  propertyTimezone: string;
}
