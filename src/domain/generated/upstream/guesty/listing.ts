// Generated from schemas/upstream/guesty/listing.json by `npm run generate`. Do not edit.

/**
 * A listing; MTL is a room type with sub-units, MTL_CHILD one of them.
 */
export interface GuestyListing {
  _id: string;
  nickname?: string | null;
  title?: string | null;
  /**
   * Of a sub-unit: its parent.
   */
  mtl?: {
    p?: string | null;
  } | null;
  timezone?: string | null;
  defaultCheckInTime?: string | null;
  defaultCheckOutTime?: string | null;
}
