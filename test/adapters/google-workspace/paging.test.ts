import { expect } from 'chai';
import { allOf, type Listing, pagesOf } from '../../../src/adapters/google-workspace/paging.js';
import { CursorExpired, UpstreamContract } from '../../../src/adapters/upstream-errors.js';
import { failureOf } from './fixture.js';

interface Item {
  readonly id: string;
}

const page = (ids: string, nextPageToken?: string): Listing<Item> => ({ items: [...ids].map((id) => ({ id })), nextPageToken });

/** Pages by token; the first one has none. An Error is thrown once, then the pages after it are tried. */
function listOf(pages: Readonly<Record<string, Listing<Item> | readonly (Listing<Item> | Error)[]>>) {
  const asked: string[] = [];
  const list = async (token: string | undefined): Promise<Listing<Item>> => {
    const key = token ?? 'first';
    const before = asked.filter((one) => one === key).length;
    asked.push(key);
    const answers = [pages[key] ?? new Error(`no page ${key}`)].flat();
    const answer = answers[Math.min(before, answers.length - 1)];
    if (answer === undefined || answer instanceof Error) throw answer;
    return answer as Listing<Item>;
  };
  return { list, asked };
}

const idsOf = async (list: Parameters<typeof pagesOf<Item>>[0]) => {
  const pages: string[] = [];
  for await (const items of pagesOf(list)) pages.push(items.map(({ id }) => id).join(''));
  return pages;
};

describe('google workspace paging', () => {
  it('follows the tokens to the page that has none', async () => {
    const { list, asked } = listOf({ first: page('ab', 'p2'), p2: page('cd', 'p3'), p3: page('e') });
    expect(await idsOf(list)).to.deep.equal(['ab', 'cd', 'e']);
    expect(asked).to.deep.equal(['first', 'p2', 'p3']);
  });

  it('goes on after short and empty pages, as long as there is a token', async () => {
    const { list } = listOf({ first: page('', 'p2'), p2: page('a', 'p3'), p3: page('', 'p4'), p4: page('b') });
    expect(await idsOf(list)).to.deep.equal(['a', 'b']);
  });

  it('takes an empty token for the end', async () => {
    expect(await idsOf(listOf({ first: page('a', '') }).list)).to.deep.equal(['a']);
  });

  it('gives each item once, within a page and over pages', async () => {
    const { list } = listOf({ first: page('aab', 'p2'), p2: page('bca', 'p3'), p3: page('bca') });
    expect(await idsOf(list)).to.deep.equal(['ab', 'c']);
  });

  it('stops when a page leads back to one that was there', async () => {
    const { list } = listOf({ first: page('a', 'p2'), p2: page('b', 'p3'), p3: page('c', 'p2') });
    expect(await failureOf(idsOf(list))).to.be.instanceOf(UpstreamContract);
  });

  it('stops when new tokens bring nothing new for ever', async () => {
    let count = 0;
    const list = async () => {
      count += 1;
      return page('a', `p${count}`);
    };
    expect(await failureOf(idsOf(list))).to.be.instanceOf(UpstreamContract);
    expect(count).to.be.lessThan(100);
  });

  it('17: begins anew when a token has expired, and gives what was there already as it is now', async () => {
    const { list, asked } = listOf({ first: [page('a', 'p2'), page('ab', 'q2')], p2: [new CursorExpired('gone')], q2: page('c') });
    expect(await idsOf(list)).to.deep.equal(['a', 'ab', 'c']);
    expect(asked).to.deep.equal(['first', 'p2', 'first', 'q2']);
  });

  it('17: a whole list that began anew holds nothing of the first try', async () => {
    const { list } = listOf({ first: [page('xy', 'p2'), page('a', 'q2')], p2: [new CursorExpired('gone')], q2: page('b') });
    expect((await allOf(list)).map(({ id }) => id)).to.deep.equal(['a', 'b']);
  });

  it('17: gives up when it happens again', async () => {
    const pages = { first: page('a', 'p2'), p2: [new CursorExpired('gone')] };
    expect(await failureOf(idsOf(listOf(pages).list))).to.be.instanceOf(CursorExpired);
    expect(await failureOf(allOf(listOf(pages).list))).to.be.instanceOf(CursorExpired);
  });

  it('any other error ends the list at once', async () => {
    const { list, asked } = listOf({ first: page('a', 'p2'), p2: [new UpstreamContract('odd')] });
    expect(await failureOf(allOf(list))).to.be.instanceOf(UpstreamContract);
    expect(asked).to.deep.equal(['first', 'p2']);
  });
});
