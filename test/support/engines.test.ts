import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { forEachEngine } from './engines.js';

const given: string[] = [];

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
  it('has deleted every database', async () => {
    expect(given).to.have.length.greaterThan(1);
    for (const url of given) {
      if (!url.startsWith('postgres')) {
        expect(existsSync(dirname(url))).to.equal(false);
        continue;
      }
      const refused = await new pg.Client({ connectionString: url }).connect().catch((error: unknown) => error);
      expect(refused).to.have.property('code', '3D000');
    }
  });
});
