import { expect } from 'chai';
import fc from 'fast-check';
import { LIMIT_MAX } from '../../../src/adapters/guesty/client.js';
import { pagesOf } from '../../../src/adapters/guesty/pages.js';
import { listOf } from '../../../src/adapters/guesty/schema.js';
import { UpstreamContract } from '../../../src/adapters/upstream-errors.js';
import { failureOf } from './fixture.js';

interface Row {
  readonly _id: string;
}

const rows = (count: number): Row[] => Array.from({ length: count }, (_, index) => ({ _id: `row${String(index).padStart(6, '0')}` }));

async function read(ask: (skip: number) => { readonly items: readonly Row[]; readonly count: number | null }): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { items } of pagesOf(async (skip) => ask(skip))) ids.push(...items.map(({ _id }) => _id));
  return ids;
}

describe('guesty: reading a list page by page', () => {
  for (const count of [0, 1, 99, 100, 101, 198, 199, 200, 201, 298, 450]) {
    it(`brings each of ${count} rows once, in order, with and without a total`, async () => {
      const all = rows(count);
      for (const total of [count, null]) {
        const ids = await read((skip) => ({ items: all.slice(skip, skip + LIMIT_MAX), count: total }));
        expect(ids).to.deep.equal(all.map(({ _id }) => _id));
      }
    });
  }

  it('takes one request for each 99 rows', async () => {
    const asked: number[] = [];
    await read((skip) => {
      asked.push(skip);
      return { items: rows(450).slice(skip, skip + LIMIT_MAX), count: 450 };
    });
    expect(asked).to.deep.equal([0, 99, 198, 297, 396]);
  });

  it('G8: misses no row that stays while others come and go between pages', async () => {
    const change = fc.record({ remove: fc.array(fc.nat(449), { maxLength: 60 }), add: fc.nat(40) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), async (changes) => {
        let list = rows(450);
        const stay = new Set(list.map(({ _id }) => _id));
        let asked = 0;
        const ids = await read((skip) => {
          const one = changes[asked];
          asked += 1;
          if (one !== undefined && asked > 1) {
            for (const index of one.remove) stay.delete(list[index]?._id ?? '');
            list = list.filter((_, index) => !one.remove.includes(index));
            list = [...list, ...rows(one.add).map(({ _id }) => ({ _id: `later${asked}${_id}` }))];
          }
          return { items: list.slice(skip, skip + LIMIT_MAX), count: list.length };
        });
        const missing = [...stay].filter((id) => !ids.includes(id));
        expect(missing).to.deep.equal([]);
        expect(new Set(ids).size).to.equal(ids.length);
      }),
      { numRuns: 60 },
    );
  });

  it('steps back when many rows before it are gone', async () => {
    const all = rows(400);
    let list = all;
    const ids = await read((skip) => {
      const page = { items: list.slice(skip, skip + LIMIT_MAX), count: list.length };
      if (skip > 0) list = all.slice(90);
      return page;
    });
    expect(new Set(ids)).to.deep.equal(new Set(all.map(({ _id }) => _id)));
  });

  it('does not take a page that is shorter than it should be for the end', async () => {
    const all = rows(250);
    const ids = await read((skip) => ({ items: all.slice(skip, skip + 25), count: 250 }));
    expect(ids).to.have.length(250);
  });

  it('fails when the same full page comes for ever', async () => {
    const error = await failureOf(read(() => ({ items: rows(100), count: null })));
    expect(error).to.be.instanceOf(UpstreamContract);
  });

  it('fails when pages stay empty before the announced total', async () => {
    const error = await failureOf(read((skip) => ({ items: rows(300).slice(skip, skip === 0 ? 100 : 0), count: 300 })));
    expect(error).to.be.instanceOf(UpstreamContract);
    expect(await failureOf(read(() => ({ items: [], count: 3 })))).to.be.instanceOf(UpstreamContract);
  });
});

describe('guesty: a list', () => {
  const id = (item: unknown) => String(item);

  it('G6: comes in an envelope or bare', () => {
    expect(listOf({ results: [1, 2], count: 9, limit: 25, skip: 0 }, id)).to.deep.equal({ items: ['1', '2'], count: 9 });
    expect(listOf({ results: [], count: '9' }, id)).to.deep.equal({ items: [], count: 9 });
    expect(listOf([1], id)).to.deep.equal({ items: ['1'], count: null });
    expect(listOf({ results: [], count: 'many' }, id).count).to.equal(null);
  });

  for (const body of [null, {}, '', 'Forbidden', { results: null }, { results: {} }, { data: [] }, 7]) {
    it(`that is ${JSON.stringify(body)} is an error and no empty list`, () => {
      expect(() => listOf(body, id)).to.throw(UpstreamContract);
    });
  }
});
