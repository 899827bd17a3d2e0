import { expect } from 'chai';
import fc from 'fast-check';
import { components } from '../../../src/scim/bulk/components.js';

const graph = fc
  .nat({ max: 12 })
  .chain((size) => fc.array(fc.array(fc.nat({ max: size }), { maxLength: 4 }), { minLength: size + 1, maxLength: size + 1 }));

/** Everything that a node needs, and what that needs, and so on. */
function reach(needs: readonly (readonly number[])[], from: number): Set<number> {
  const found = new Set<number>();
  const next = [...(needs[from] ?? [])];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    next.push(...(needs[node] ?? []));
  }
  return found;
}

describe('the order of operations', () => {
  const order = (needs: Readonly<Record<number, readonly number[]>>, size: number) =>
    components([...Array(size).keys()], (node) => needs[node] ?? []);

  it('is that of the request where nothing refers forward', () => {
    expect(order({ 2: [0], 3: [1, 2] }, 4)).to.deep.equal([[0], [1], [2], [3]]);
  });

  it('moves what is needed before the first that needs it, and nothing else', () => {
    expect(order({ 0: [3], 1: [3, 2] }, 5)).to.deep.equal([[3], [0], [2], [1], [4]]);
  });

  it('keeps a circle together', () => {
    expect(order({ 0: [1], 1: [2], 2: [0], 3: [0] }, 4).map((group) => [...group].sort())).to.deep.equal([[0, 1, 2], [3]]);
  });

  it('holds for any graph: all nodes once, needs first, and together exactly what needs each other', () => {
    fc.assert(
      fc.property(graph, (needs) => {
        const found = components([...needs.keys()], (node) => needs[node] ?? []);
        expect(found.flat().sort((a, b) => a - b)).to.deep.equal([...needs.keys()]);
        const placeOf = new Map(found.flatMap((group, place) => group.map((node) => [node, place])));
        for (const [node] of needs.entries()) {
          const below = reach(needs, node);
          for (const other of below) expect(placeOf.get(other)).to.be.at.most(placeOf.get(node) ?? -1);
          for (const [other] of needs.entries()) {
            const together = node === other || (below.has(other) && reach(needs, other).has(node));
            expect(placeOf.get(other) === placeOf.get(node)).to.equal(together);
          }
        }
      }),
    );
  });

  it('takes a chain of 100,000 without running out of stack', () => {
    const size = 100_000;
    const found = components([...Array(size).keys()], (node) => (node + 1 < size ? [node + 1] : []));
    expect([found.length, found[0], found.at(-1)]).to.deep.equal([size, [size - 1], [0]]);
  });

  it('passes over what is not among the nodes', () => {
    expect(components([4, 2], (node) => (node === 4 ? [7, 2] : [9]))).to.deep.equal([[2], [4]]);
  });
});
