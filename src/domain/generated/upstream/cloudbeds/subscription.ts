// Generated from schemas/upstream/cloudbeds/subscription.json by `npm run generate`. Do not edit.

/**
 * Long digits: a text, or a number that is still exact.
 */
export type Id = string | number;
/**
 * What it is for.
 */
export type CloudbedsSubscriptionEvent = {
  entity?: string | null;
  action?: string | null;
} | null;
/**
 * Where it goes; sources disagree on the name.
 */
export type CloudbedsSubscriptionData =
  | {
      endpoint?: string | null;
      url?: string | null;
    }
  | unknown[]
  | null;

/**
 * A webhook subscription.
 */
export interface CloudbedsSubscription {
  id: Id;
  event?: CloudbedsSubscriptionEvent;
  subscriptionData?: CloudbedsSubscriptionData;
}
