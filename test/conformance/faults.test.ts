import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CHECKS } from '../../conformance/checks/index.js';
import { FAULTS } from './faults/index.js';
import { faultsFound, healthyRun, type Traces } from './matrix.js';

/** By the name of the fault the ids of exactly the checks that find it, whatever their level. */
const FOUND: ReadonlyMap<string, readonly string[]> = new Map(
  readFileSync(new URL('./faults/found.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => [line.slice(0, line.lastIndexOf(': ')), line.slice(line.lastIndexOf(': ') + 2).split(' ')]),
);

describe('the conformance checks', () => {
  let traces: Traces;
  let outcomes: readonly string[];

  before(async () => {
    const healthy = await healthyRun();
    traces = healthy.traces;
    outcomes = healthy.report.results.map(({ check, outcome }) => `${check.id} ${outcome}`);
  });

  it('are content with a server that keeps the RFCs', () => {
    // What a server refuses that does not offer it cannot be seen of one that offers all.
    const skipped = new Set(['truth.no-bulk', 'truth.no-patch', 'truth.no-filter']);

    expect(outcomes).to.deep.equal(CHECKS.map(({ id }) => `${id} ${skipped.has(id) ? 'skipped' : 'passed'}`));
  });

  it('have an id, a title and a section each', () => {
    expect(CHECKS).to.have.length.at.least(150);
    expect(new Set(CHECKS.map(({ id }) => id)).size).to.equal(CHECKS.length);
    for (const { id, title, section } of CHECKS) {
      expect(id).to.match(/^[a-z]+\.[a-z0-9-]+$/);
      expect(title).to.match(/^\S.{8,}[^.]$/);
      expect(section).to.match(/^(?:7643|7644|7235|6750|9110|9865) \d+(?:\.\d+)*$/);
    }
  });

  it('can all fail', () => {
    const found = new Set([...FOUND.values()].flat());

    expect(CHECKS.map(({ id }) => id).filter((id) => !found.has(id))).to.deep.equal([]);
  });

  it('are tried with every fault of the list', () => {
    expect([...FOUND.keys()].sort()).to.deep.equal(FAULTS.map(({ name }) => name).sort());
  });

  describe('find exactly what is wrong with a server that', () => {
    for (const fault of FAULTS) {
      it(fault.name, async () => {
        expect(await faultsFound(fault, traces)).to.deep.equal(FOUND.get(fault.name));
      });
    }
  });
});
