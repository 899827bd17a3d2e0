import { expect } from 'chai';
import { CHECKS } from '../../conformance/checks/index.js';
import { Client } from '../../conformance/client.js';
import { type Outcome, type Result, runChecks } from '../../conformance/run.js';
import { overHttp } from '../../conformance/transport.js';
import { shift } from '../../src/domain/time.js';
import { forEachEngine } from '../support/engines.js';
import { serverOf } from '../support/running-server.js';

/** A decision of ours (docs/scim.md): a PATCH by an `eq` filter that finds nothing creates what the filter names. */
const WARNINGS = ['patch.no-match-eq'];

/** A token stands for no User, and what is supported need not be refused; anything else that is skipped was lost. */
const SKIPPED = ['me.location', 'truth.no-bulk', 'truth.no-patch', 'truth.no-filter'];

function idsOf(results: readonly Result[], wanted: Outcome): readonly string[] {
  return results.filter(({ outcome }) => outcome === wanted).map(({ check }) => check.id);
}

describe('the conformance checks against Latchkey', function () {
  this.timeout(120_000);
  forEachEngine((engine) => {
    const server = serverOf(engine);

    it('find no MUST that it does not keep', async () => {
      const connection = await server().connect();
      const client = new Client({
        base: connection.base,
        token: connection.token ?? '',
        transport: (url, request) => {
          server().setTime(shift(server().now, 1));
          return overHttp(url, request);
        },
      });
      // One engine is enough to see that what was created is deleted.
      const { results, leftBehind } = await runChecks(client, { checks: CHECKS, keep: engine.name === 'postgres' });

      const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ check, failure }) => [check.id, failure]);
      expect(failed).to.deep.equal([]);
      expect(idsOf(results, 'warning')).to.deep.equal(WARNINGS);
      expect(idsOf(results, 'skipped')).to.deep.equal(SKIPPED);
      expect(leftBehind).to.deep.equal([]);
    });
  });
});
