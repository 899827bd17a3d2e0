// Generated from schemas/upstream/guesty/newest.json by `npm run generate`. Do not edit.

/**
 * The reservation that was changed last: where the next read of changes starts.
 */
export interface GuestyNewest {
  lastUpdatedAt: string;
}
