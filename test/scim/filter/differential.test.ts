import { expect } from 'chai';
import fc from 'fast-check';
import { sqliteJson } from '../../../src/db/json-sql.js';
import { parseFilter } from '../../../src/scim/filter/parse.js';
import { filterArbitrary } from '../../support/filter-arbitraries.js';
import { filterDifferential } from '../../support/filter-differential.js';
import { printFilter, withoutPositions } from '../../support/filter-print.js';
import { SAMPLE_SCHEMA } from '../../support/sample-schema.js';
import { sqliteSample } from '../../support/sqlite-sample.js';

describe('filters, from text to rows', () => {
  it('parses what it prints to the same filter', () => {
    fc.assert(
      fc.property(filterArbitrary(SAMPLE_SCHEMA), (filter) => {
        expect(withoutPositions(parseFilter(printFilter(filter)))).to.deep.equal(filter);
      }),
      { numRuns: 500 },
    );
  });

  it('finds on SQLite what the RFC says', async () => {
    const sample = sqliteSample();

    const { looked, found } = await filterDifferential(sqliteJson, sample.runQuery, { runs: 2000 });
    sample.close();

    // Filters that match everything or nothing would prove little.
    expect(found / looked).to.be.within(0.2, 0.8);
  }).timeout(30_000);
});
