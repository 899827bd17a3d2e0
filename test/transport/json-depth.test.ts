import { expect } from 'chai';
import fc from 'fast-check';
import { isNestedDeeper } from '../../src/transport/json-depth.js';

const deeper = (text: string, max: number) => isNestedDeeper(Buffer.from(text), max);

/** Read from the value, not from its text. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('the depth of JSON', () => {
  it('is that of its lists and objects, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(6), (value, max) => {
        const text = `${JSON.stringify(value)}${' '.repeat(max)}`;
        expect(deeper(text, max), text).to.equal(depthOf(value) > max);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not that of brackets in texts, behind escapes too', () => {
    for (const text of ['"[[[[[["', '"\\"[[[[[["', '"\\\\\\"[[[[[["', '["[[[["]', '{"{{{{":"}"}'])
      expect(deeper(text, 2), text).to.equal(false);
    for (const text of ['"\\\\"[[[', '[[["', '{"a":{"b":{']) expect(deeper(text, 2), text).to.equal(true);
  });

  it('of a megabyte is told', () => {
    expect(deeper('['.repeat(500_000) + ']'.repeat(500_000), 1_000)).to.equal(true);
    expect(deeper('[]'.repeat(500_000), 1_000)).to.equal(false);
  });
});
