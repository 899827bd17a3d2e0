import type { Tx } from './database.js';
import { statement } from './statement.js';

/**
 * Turns that transactions take on PostgreSQL, each until it ends; on SQLite one transaction writes at a time anyway.
 *
 * They come before every row lock, so that whoever changes the rules of an integration (settings, mappings) never waits
 * for a row of somebody who waits for the rules: that would be a deadlock, which costs a second and one of the two.
 * Unlike row locks these are fair: a change of the rules is not starved by a steady stream of shared holders.
 */
const shared = statement<{ name: string }>('turns.shared', (sql, p) =>
  sql.raw('select pg_advisory_xact_lock_shared(hashtextextended(?, 0))', [p.name]),
);
const alone = statement<{ name: string }>('turns.alone', (sql, p) =>
  sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [p.name]),
);

/** Until this transaction ends, nobody changes the integration's settings or mappings. Any number may hold them at once. */
export async function holdRules(tx: Tx, integrationId: string): Promise<void> {
  if (tx.engine === 'postgres') await tx.all(shared, { name: `rules ${integrationId}` });
}

/** Until this transaction ends, nobody acts by the integration's settings and mappings: they may be changed. */
export async function takeRules(tx: Tx, integrationId: string): Promise<void> {
  if (tx.engine === 'postgres') await tx.all(alone, { name: `rules ${integrationId}` });
}

/** Two transactions that nest Groups at once could close a circle that neither sees. */
export async function takeNesting(tx: Tx, integrationId: string): Promise<void> {
  if (tx.engine === 'postgres') await tx.all(alone, { name: `nesting ${integrationId}` });
}

/**
 * Bulk requests of one integration go by turns, a transaction each: one writes so many rows, in the client's order, that
 * two at once close a circle sooner or later. Taken before the rules, which are shared by all who write.
 */
export async function takeBulk(tx: Tx, integrationId: string): Promise<void> {
  if (tx.engine === 'postgres') await tx.all(alone, { name: `bulk ${integrationId}` });
}

/**
 * Workers of several processes look at the lines of the outbox one after the other: only who sees all that the others have
 * taken can say that a destination is free. Taken last and held for one statement and the commit.
 */
export async function takeClaims(tx: Tx): Promise<void> {
  if (tx.engine === 'postgres') await tx.all(alone, { name: 'outbox claims' });
}

/** Attempts at one door take turns, so that each knows of all wrong ones before it. */
export async function takeDoor(tx: Tx, doorId: string): Promise<void> {
  if (tx.engine === 'postgres') await tx.all(alone, { name: `door ${doorId}` });
}

/** Wrong attempts at all doors are counted one after the other: of those at the same moment each would miss the others. Taken last. */
export async function takeWrongCount(tx: Tx): Promise<void> {
  if (tx.engine === 'postgres') await tx.all(alone, { name: 'wrong attempts' });
}
