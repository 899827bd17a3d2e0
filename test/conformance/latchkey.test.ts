import { expect } from 'chai';
import { CHECKS } from '../../conformance/checks/index.js';
import { Client } from '../../conformance/client.js';
import { runChecks } from '../../conformance/run.js';
import { overHttp } from '../../conformance/transport.js';
import { shift } from '../../src/domain/time.js';
import { forEachEngine } from '../support/engines.js';
import { serverOf } from '../support/running-server.js';

/** Where a decision of ours differs from a SHOULD (docs/decisions): an `eq` filter that finds nothing creates what it names. */
const WARNINGS = ['patch.no-match-eq'];

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
      expect(results.filter(({ outcome }) => outcome === 'warning').map(({ check }) => check.id)).to.deep.equal(WARNINGS);
      expect(leftBehind).to.deep.equal([]);
      expect(results.filter(({ outcome }) => outcome === 'passed')).to.have.length.at.least(300);
    });
  });
});
