// Generated from schemas/api/sync-start.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/integrations/{id}/sync.
 */
export interface SyncStart {
  /**
   * Read everything, not only what has changed.
   */
  full?: boolean;
  /**
   * Say what a run would do and write nothing. Answers when that is known.
   */
  dryRun?: boolean;
  /**
   * Answer when the run has ended instead of when it has begun.
   */
  wait?: boolean;
}
