import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { forEachEngine } from './engines.js';

const given: string[] = [];
/** PostgreSQL: there is no database of this name. */
const GONE = '3D000';

/** null: it took the connection. */
async function refusal(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  // Dropped while somebody is connected: that one hears of it whenever it likes.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return (error as { readonly code?: string }).code;
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('forEachEngine', () => {
  forEachEngine((engine) => {
    it('gives the address of another new database at every call', async () => {
      const [one, other] = [await engine.url(), await engine.url()];

      expect(one).to.not.equal(other);
      given.push(one, other);
    });
  });
});

describe('forEachEngine, once its tests have run', () => {
  it('deletes every database, and nobody waits for that', async () => {
    expect(given).to.have.length.greaterThan(1);
    for (const url of given) {
      if (!url.startsWith('postgres')) {
        expect(existsSync(dirname(url))).to.equal(false);
        continue;
      }
      while ((await refusal(url)) !== GONE) await pause(20);
    }
  });
});
