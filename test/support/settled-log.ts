import type { Reader } from '../../src/db/database.js';

/**
 * Waits until the log holds everything up to its last event for good. On PostgreSQL that is once no transaction is under way
 * that began before, in any database of the server: those of other tests count.
 */
export async function settledLog(reader: Reader): Promise<void> {
  if (reader.engine === 'sqlite') return;
  const open = `select 1 from events where tx >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint limit 1`;
  while ((await reader.query(open, [])).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
