// Generated from schemas/upstream/guesty/webhook.json by `npm run generate`. Do not edit.

/**
 * A subscription.
 */
export interface GuestyWebhook {
  _id: string;
  url: string;
  events?: string[] | null;
}
