// Generated from schemas/upstream/nexudus/business.json by `npm run generate`. Do not edit.

/**
 * A number above 2^30, now and then sent as text.
 */
export type NexudusId = number | string;

/**
 * A location.
 */
export interface NexudusBusiness {
  Id: NexudusId;
  Name: string;
  /**
   * Subdomain.
   */
  WebAddress?: string | null;
}
