// Generated from schemas/upstream/cloudbeds/hotel-details.json by `npm run generate`. Do not edit.

/**
 * Answer of getHotelDetails.
 */
export interface CloudbedsHotelDetails {
  propertyPolicy: CloudbedsPolicy;
  propertyEmail?: string | null;
}
/**
 * The hours of the house.
 */
export interface CloudbedsPolicy {
  propertyCheckInTime?: string | null;
  propertyCheckOutTime?: string | null;
}
