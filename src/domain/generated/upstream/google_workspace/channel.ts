// Generated from schemas/upstream/google_workspace/channel.json by `npm run generate`. Do not edit.

/**
 * What we read of a push channel. “expiration” is milliseconds since the epoch, as text or as a number.
 */
export interface GoogleChannel {
  id: string;
  resourceId: string;
  expiration: string | number;
}
