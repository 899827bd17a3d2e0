import { expect } from 'chai';
import { readList } from '../../../src/adapters/nexudus/listing.js';
import { UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import { errorOf } from './world.js';

/** Rows in pages of three; `meanwhile` happens before a page is sent, pages being counted over all readings. */
function source(ids: number[], meanwhile: (asked: number) => unknown = () => undefined) {
  let asked = 0;
  const fetchPage = async (page: number) => {
    asked += 1;
    meanwhile(asked);
    const rows = ids.slice((page - 1) * 3, page * 3).map((Id) => ({ Id }));
    return { Records: rows, TotalItems: ids.length, HasNextPage: page * 3 < ids.length };
  };
  const confirm = async (id: string) => (ids.includes(Number(id)) ? { Id: Number(id) } : null);
  return { read: async () => (await readList(fetchPage, confirm)).map(({ Id }) => Number(Id)), asked: () => asked };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('nexudus: a list of many pages', () => {
  it('of one page is asked for once', async () => {
    const { read, asked } = source(numbers(3));
    expect(await read()).to.deep.equal([1, 2, 3]);
    expect(asked()).to.equal(1);
  });

  it('of several pages is read twice', async () => {
    const { read, asked } = source(numbers(7));
    expect(await read()).to.deep.equal(numbers(7));
    expect(asked()).to.equal(6);
  });

  it('may be empty', async () => {
    expect(await source([]).read()).to.deep.equal([]);
  });

  it('comes in the order of the ids, whatever order it was sent in', async () => {
    expect(await source([12, 5, 9, 100, 7]).read()).to.deep.equal([5, 7, 9, 12, 100]);
  });

  it('loses no row when one is deleted and another made between two pages (N8)', async () => {
    const ids = numbers(7);
    // The number of rows stays the same, and row 4 falls between the pages.
    const { read } = source(ids, (asked) => {
      if (asked !== 2) return;
      ids.shift();
      ids.push(8);
    });
    expect(await read()).to.deep.equal([2, 3, 4, 5, 6, 7, 8]);
  });

  it('loses no row when that happens in the second reading: what only the first had is asked for (N8)', async () => {
    const ids = numbers(7);
    const { read } = source(ids, (asked) => {
      if (asked !== 5) return;
      ids.shift();
      ids.push(8);
    });
    // Row 1 went only after it had been sent.
    expect(await read()).to.deep.equal(numbers(8));
  });

  it('keeps no row that is gone', async () => {
    const ids = numbers(7);
    const { read } = source(ids, (asked) => {
      if (asked === 4) ids.pop();
    });
    expect(await read()).to.deep.equal(numbers(6));
  });

  it('that changes at every page is given up, never taken for whole', async () => {
    // The newest comes first, and pushes the others on to the next page.
    const ids = numbers(9).reverse();
    const { read } = source(ids, () => ids.unshift((ids[0] ?? 0) + 1));
    expect(await errorOf(read())).to.be.instanceOf(UpstreamUnavailable);
  });

  for (const [name, answer] of [
    ['a page that comes again and again', { Records: [{ Id: 1 }], TotalItems: 5, HasNextPage: true }],
    ['an empty page that is not the last', { Records: [], TotalItems: 5, HasNextPage: true }],
    ['fewer rows than announced', { Records: [{ Id: 1 }], TotalItems: 5, HasNextPage: false }],
  ] as const) {
    it(`${name} is given up`, async () => {
      const read = readList(
        async () => ({ ...answer, Records: [...answer.Records] }),
        async () => null,
      );
      expect(await errorOf(read)).to.be.instanceOf(UpstreamUnavailable);
    });
  }
});
