import { expect } from 'chai';
import fc from 'fast-check';
import { type Edges, edgesOf, FoundUsers, flattened } from '../../../src/adapters/google-workspace/membership.js';

const NOBODY: ReadonlySet<string> = new Set();
const edges = (users: readonly string[], groups: readonly string[] = [], everybody = false): Edges => ({ users, groups, everybody });

function found(...emails: readonly string[]): FoundUsers {
  const users = new FoundUsers();
  for (const [index, primaryEmail] of emails.entries()) {
    users.add({ id: `u${index}`, primaryEmail, customerId: 'C1', suspended: false, archived: false });
  }
  return users;
}

describe('google workspace members of a group', () => {
  it('are people, nested groups, or everybody', () => {
    const members = [
      { id: 'u0', type: 'USER', email: 'a@acme.test' },
      { id: 'g2', type: 'GROUP', email: 'night@acme.test' },
      { id: 'C0acme01', type: 'CUSTOMER' },
    ];
    expect(edgesOf(members, found('a@acme.test'))).to.deep.equal(edges(['u0'], ['g2'], true));
  });

  it('are never people from outside, whatever their type says', () => {
    const members = [
      { id: '11799', type: 'USER', email: 'guest@other.test' },
      { id: '11800', type: 'EXTERNAL', email: 'guest@acme.test' },
      { id: '11801', type: 'USER' },
    ];
    expect(edgesOf(members, found('a@acme.test'))).to.deep.equal(edges([]));
  });

  it('of a type that is not known admit nobody', () => {
    expect(edgesOf([{ id: 'u0', type: 'ROBOT', email: 'a@acme.test' }], found('a@acme.test'))).to.deep.equal(edges([]));
  });

  it('keep somebody of our own domains who is missing in the list of users', () => {
    const members = [{ id: 'u9', type: 'USER', email: 'new@ACME-labs.test' }];
    expect(edgesOf(members, found('a@acme.test', 'b@acme-labs.test')).users).to.deep.equal(['u9']);
  });

  it('belong to the group whatever address they have now', () => {
    const members = [{ id: 'u0', type: 'USER', email: 'former@sold.test' }];
    expect(edgesOf(members, found('a@acme.test')).users).to.deep.equal(['u0']);
  });
});

describe('google workspace nested groups', () => {
  it('three deep: who is at the bottom is in all of them', () => {
    const graph = new Map([
      ['a', edges(['1'], ['b'])],
      ['b', edges(['2'], ['c'])],
      ['c', edges(['3'])],
    ]);
    expect(flattened('a', graph, NOBODY)).to.deep.equal(['1', '2', '3']);
    expect(flattened('b', graph, NOBODY)).to.deep.equal(['2', '3']);
    expect(flattened('c', graph, NOBODY)).to.deep.equal(['3']);
  });

  it('a diamond: each user once', () => {
    const graph = new Map([
      ['top', edges([], ['left', 'right'])],
      ['left', edges(['1'], ['bottom'])],
      ['right', edges(['1'], ['bottom'])],
      ['bottom', edges(['2'])],
    ]);
    expect(flattened('top', graph, NOBODY)).to.deep.equal(['1', '2']);
  });

  it('a circle ends, and everybody in it is in each of its groups', () => {
    const graph = new Map([
      ['a', edges(['1'], ['b'])],
      ['b', edges(['2'], ['c'])],
      ['c', edges(['3'], ['a', 'c'])],
    ]);
    for (const id of graph.keys()) expect(flattened(id, graph, NOBODY)).to.deep.equal(['1', '2', '3']);
  });

  it('everybody inside of a nested group is everybody', () => {
    const graph = new Map([
      ['a', edges(['9'], ['all'])],
      ['all', edges([], [], true)],
    ]);
    expect(flattened('a', graph, new Set(['2', '1']))).to.deep.equal(['1', '2', '9']);
  });

  it('a group that cannot be looked into brings nobody', () => {
    expect(flattened('a', new Map([['a', edges(['1'], ['foreign'])]]), NOBODY)).to.deep.equal(['1']);
  });

  it('any graph: exactly who can be reached, sorted, each once, in whatever order it was read', () => {
    const id = fc.integer({ min: 0, max: 7 }).map(String);
    const graphs = fc.array(fc.tuple(id, fc.array(id, { maxLength: 3 }), fc.array(id, { maxLength: 3 }), fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(graphs, (rows) => {
        const graph = new Map(rows.map(([group, users, groups, everybody]) => [group, edges(users, groups, everybody)]));
        const shuffled = new Map([...graph].reverse());
        const everybody = new Set(['7', '3']);
        for (const group of graph.keys()) {
          const flat = flattened(group, graph, everybody);
          expect(flat).to.deep.equal(byClosure(group, graph, everybody));
          expect(flattened(group, shuffled, everybody)).to.deep.equal(flat);
        }
      }),
    );
  });
});

/** The same by another way: reachability grown until nothing is added. */
function byClosure(start: string, graph: ReadonlyMap<string, Edges>, everybody: ReadonlySet<string>): string[] {
  let groups = new Set([start]);
  for (;;) {
    const grown = new Set([...groups, ...[...groups].flatMap((group) => graph.get(group)?.groups ?? [])]);
    if (grown.size === groups.size) break;
    groups = grown;
  }
  const inside = [...groups].flatMap((group) => graph.get(group) ?? []);
  return [...new Set(inside.flatMap(({ users, everybody: all }) => [...users, ...(all ? everybody : [])]))].sort();
}
