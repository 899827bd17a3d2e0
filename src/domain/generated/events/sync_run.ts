// Generated from schemas/events/sync_run.json by `npm run generate`. Do not edit.

/**
 * One pull of a source.
 */
export type SyncRunEvents = SyncRunSync | SyncRunEdit;

/**
 * A pull that changed something has ended.
 */
export interface SyncRunSync {
  verb: 'sync';
  details: {
    /**
     * How it ended.
     */
    state: 'succeeded' | 'held';
    /**
     * Pages read.
     */
    pages: number;
    /**
     * Users that are new.
     */
    created: number;
    /**
     * Users that changed.
     */
    changed: number;
    /**
     * Users that are gone.
     */
    removed: number;
    /**
     * Users as before.
     */
    unchanged: number;
    /**
     * Users that give no access.
     */
    skipped: number;
    /**
     * Users whose removal waits for approval.
     */
    held: number;
  };
}
/**
 * Somebody approved or dismissed the removals that a pull had held.
 */
export interface SyncRunEdit {
  verb: 'edit';
  details: {
    /**
     * The id of the plan.
     */
    heldPlan: string;
    /**
     * What was decided.
     */
    state: 'approved' | 'dismissed';
    /**
     * Users whose removal was held.
     */
    removals: number;
  };
}
