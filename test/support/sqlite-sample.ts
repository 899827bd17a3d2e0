import Database from 'better-sqlite3';
import type { RunQuery } from './filter-differential.js';

/** The tables of `SampleRow` in a SQLite database in memory. */
export function sqliteSample(): { runQuery: RunQuery; close(): void } {
  const database = new Database(':memory:');
  database.exec(`
    CREATE TABLE sample_users (id INTEGER PRIMARY KEY, user_name_key TEXT, external_id TEXT, active INTEGER, created_at TEXT, "match" TEXT NOT NULL);
    CREATE TABLE sample_groups (user_id INTEGER NOT NULL, value TEXT, ref TEXT, display_key TEXT);
  `);
  const addUser = database.prepare('INSERT INTO sample_users VALUES (?, ?, ?, ?, ?, ?)');
  const addGroup = database.prepare('INSERT INTO sample_groups VALUES (?, ?, ?, ?)');
  const runQuery: RunQuery = async (rows, condition) => {
    database.exec('DELETE FROM sample_users; DELETE FROM sample_groups');
    for (const row of rows) {
      const active = row.active === null ? null : Number(row.active);
      addUser.run(row.id, row.userNameKey, row.externalId, active, row.createdAt, JSON.stringify(row.match));
      for (const group of row.groups) addGroup.run(row.id, group.value, group.ref, group.displayKey);
    }
    const query = database.prepare(`SELECT u.id FROM sample_users AS u WHERE ${condition.sql}`);
    return query.pluck().all(...condition.bindings) as number[];
  };
  return { runQuery, close: () => database.close() };
}
