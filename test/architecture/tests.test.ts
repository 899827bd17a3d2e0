import { expect } from 'chai';
import { checkTest, checkTests, testFiles } from '../../scripts/architecture/tests.js';

describe('files of test', function () {
  this.timeout(120_000);

  it('assert nothing about what the machine was doing', () => {
    expect(testFiles()).to.have.length.greaterThan(0);
    expect(checkTests()).to.deep.equal([]);
  });
});

describe('the check of tests', () => {
  for (const [word, line] of [
    ['process.cpuUsage', 'const start = process.cpuUsage();'],
    ['process.cpuUsage', "import { cpuUsage } from 'node:process';"],
    ['process.hrtime', 'const start = process.hrtime.bigint();'],
    ['process.memoryUsage', 'const before = process.memoryUsage().rss;'],
    ['performance.now', 'expect(performance.now() - started).to.be.below(5_000);'],
    ['Date.now', 'expect(Date.now() - started, label).to.be.below(5_000);'],
  ] as const) {
    it(`reports ${word} in: ${line}`, () => {
      expect(checkTest('test/a.test.ts', `// why\n${line}\n`)).to.deep.equal([
        `test/a.test.ts:2: ${word} in a test; costs are compared in bench`,
      ]);
    });
  }

  it('lets a deadline through, a clock that is passed in, and words', () => {
    const text = [
      'const deadline = performance.now() + 10_000;',
      'while (!done() && performance.now() < deadline) await turn();',
      "expect(clock.now()).to.equal('2026-05-01T00:00:00.000Z');",
      "expect('process.cpuUsage').to.be.a('string');",
    ];
    expect(checkTest('test/a.test.ts', `${text.join('\n')}\n`)).to.deep.equal([]);
  });
});
