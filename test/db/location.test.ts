import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { databaseLocation } from '../../src/db/location.js';
import { migrate } from '../../src/db/migrate.js';
import { openDatabase } from '../../src/db/open.js';

describe('the place of the database', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'latchkey-location-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('is a file that only its owner can read, and so are the files that SQLite puts beside it', async () => {
    const location = databaseLocation(null, join(dir, 'data'));
    await migrate(location);
    const db = openDatabase(location, () => undefined);
    await db.read.query('select 1 as one', []);

    const modes = ['latchkey.db', 'latchkey.db-wal', 'latchkey.db-shm'].map((name) => statSync(join(dir, 'data', name)).mode & 0o777);
    await db.close();

    expect(modes).to.deep.equal([0o600, 0o600, 0o600]);
  });

  it('is the server that the URL names, and nothing is made on disk', () => {
    const url = 'postgres://latchkey@db.example/latchkey';
    expect(databaseLocation(url, join(dir, 'data'))).to.deep.equal({ engine: 'postgres', at: url });
    expect(() => statSync(join(dir, 'data'))).to.throw('ENOENT');
  });
});
