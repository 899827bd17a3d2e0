import type { Database } from '../../src/db/database.js';
import type { DatabaseLocation } from '../../src/db/location.js';
import { openDatabase } from '../../src/db/open.js';
import type { Engine } from './engines.js';

export const ignore = (): void => undefined;

/** A place for a database that does not exist yet, or is empty. */
export async function freshLocation(engine: Engine): Promise<DatabaseLocation> {
  return { engine: engine.name, at: await engine.url() };
}

/** A migrated database, and a second, independent opening of it: what another process would have. Both close after the suite. */
export function openedTwice(
  engine: Engine,
): () => { readonly db: Database; readonly other: Database; readonly location: DatabaseLocation } {
  let opened: { db: Database; other: Database; location: DatabaseLocation } | undefined;
  before(async () => {
    const location = { engine: engine.name, at: await engine.migrated() };
    opened = { db: openDatabase(location, ignore), other: openDatabase(location, ignore), location };
  });
  after(async () => {
    await opened?.db.close();
    await opened?.other.close();
  });
  return () => {
    if (opened === undefined) throw new Error('no database');
    return opened;
  };
}

/** What a promise is refused with; a promise that is kept fails the test. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  const kept = Symbol('kept');
  const outcome = await promise.then(
    () => kept,
    (error: unknown) => error,
  );
  if (outcome === kept) throw new Error('expected a failure');
  return outcome;
}

/** Lets several parties wait until all of them are there. */
export function meeting(parties: number): () => Promise<void> {
  let missing = parties;
  let open = ignore;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return all;
  };
}
