import type { Database } from '../../src/db/database.js';

/** The database, with the number of transactions asked for and of attempts they took: more attempts are deadlocks and other conflicts. */
export function counting(db: Database): { readonly db: Database; readonly count: { asked: number; attempts: number } } {
  const count = { asked: 0, attempts: 0 };
  return {
    count,
    db: {
      ...{ engine: db.engine, read: db.read, close: () => db.close() },
      transaction: (work) => {
        count.asked += 1;
        return db.transaction((tx) => {
          count.attempts += 1;
          return work(tx);
        });
      },
    },
  };
}
