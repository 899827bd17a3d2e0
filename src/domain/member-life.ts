const HOUR_MS = 3_600_000;

/** An ended member stays in sight for so long before it is soft-deleted. */
export const SOFT_DELETE_AFTER_MS = 48 * HOUR_MS;
/** A soft-deleted member can be restored for so long; then it is gone for good. */
export const RETENTION_MS = 90 * 24 * HOUR_MS;
