import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Engine } from './dialect.js';

/** Where the data are: a server, or a file. */
export interface DatabaseLocation {
  readonly engine: Engine;
  /** A connection URL for PostgreSQL, a path for SQLite. */
  readonly at: string;
}

/** `DATABASE_URL` or, without one, `latchkey.db` in the data directory, which is made when it is not there, readable by this user alone. */
export function databaseLocation(databaseUrl: string | null, dataDir: string): DatabaseLocation {
  if (databaseUrl !== null && /^postgres(?:ql)?:\/\//.test(databaseUrl)) return { engine: 'postgres', at: databaseUrl };
  const file = databaseUrl === null ? join(dataDir, 'latchkey.db') : databaseUrl.replace(/^(sqlite|file):(\/\/)?/, '');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Names, e-mail addresses and the audit log are for nobody else on this machine; SQLite's own files beside it take over the mode.
  closeSync(openSync(file, 'a', 0o600));
  return { engine: 'sqlite', at: file };
}
