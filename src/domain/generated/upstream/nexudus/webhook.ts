// Generated from schemas/upstream/nexudus/webhook.json by `npm run generate`. Do not edit.

/**
 * A number above 2^30, now and then sent as text.
 */
export type NexudusId = number | string;
/**
 * An id, or nothing.
 */
export type NexudusIdOrNull = number | string | null;

/**
 * A webhook: one action of one location.
 */
export interface NexudusWebhook {
  Id: NexudusId;
  BusinessId: NexudusIdOrNull;
  Action: number;
  URL: string | null;
  Active: boolean;
}
