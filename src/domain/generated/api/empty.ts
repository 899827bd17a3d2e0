// Generated from schemas/api/empty.json by `npm run generate`. Do not edit.

/**
 * Body of calls that say everything in their path: restore, reveal.
 */
export interface EmptyBody {}
