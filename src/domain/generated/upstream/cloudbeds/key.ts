// Generated from schemas/upstream/cloudbeds/key.json by `npm run generate`. Do not edit.

/**
 * Long digits: a text, or a number that is still exact.
 */
export type Id = string | number;
/**
 * Absent things are left out, empty, or null.
 */
export type Optional = string | number | boolean | null;

/**
 * A key of the door-lock service.
 */
export interface CloudbedsKey {
  keyId: Id;
  reservationId?: Optional;
  subReservationId?: Optional;
  startDateTime?: string | null;
  endDateTime?: string | null;
  keyType: string;
  externalId?: string | null;
  keyCode?: Optional;
  status: string;
}
