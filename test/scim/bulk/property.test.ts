import { expect } from 'chai';
import fc from 'fast-check';
import { ENTERPRISE_URN, GROUP_URN, type JsonObject, PATCH_OP_URN, USER_URN } from '../../../src/domain/scim.js';
import { sendBulk } from '../../support/bulk.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { objectsIn, resourcesIn } from '../../support/scim-client.js';
import { runs, seed, timeLimit } from '../../support/runs.js';

/** What may happen, in words that name no id: the number of a User or Group that has been asked for, whether it is there or not. */
type Move =
  | { readonly kind: 'user'; readonly name: number; readonly manager: number }
  | { readonly kind: 'group'; readonly name: number; readonly members: readonly number[] }
  | { readonly kind: 'rename' | 'lock' | 'delete'; readonly user: number; readonly name: number }
  | { readonly kind: 'join' | 'leave' | 'nest'; readonly group: number; readonly other: number }
  | { readonly kind: 'disband'; readonly group: number };

const small = fc.nat({ max: 4 });
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constant('user' as const), name: small, manager: small }),
  fc.record({ kind: fc.constant('group' as const), name: small, members: fc.uniqueArray(small, { maxLength: 3 }) }),
  fc.record({ kind: fc.constantFrom('rename' as const, 'lock' as const, 'delete' as const), user: small, name: small }),
  fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const, 'nest' as const), group: small, other: small }),
  fc.record({ kind: fc.constant('disband' as const), group: small }),
);

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly bulkId?: string;
  readonly data?: object;
}

/** Makes operations of moves: `user(n)` and `group(n)` are how the nth creation is referred to. */
class Script {
  readonly #user: (n: number) => string | undefined;
  readonly #group: (n: number) => string | undefined;

  constructor(user: (n: number) => string | undefined, group: (n: number) => string | undefined) {
    this.#user = user;
    this.#group = group;
  }

  /** undefined: it refers to what was not created before. */
  operation(at: number, step: Move): Operation | undefined {
    const patch = (path: string | undefined, ...Operations: object[]): Operation | undefined =>
      path === undefined ? undefined : { method: 'PATCH', path, data: { schemas: [PATCH_OP_URN], Operations } };
    const users = (n: number) => this.#path('/Users', this.#user(n));
    const groups = (n: number) => this.#path('/Groups', this.#group(n));
    switch (step.kind) {
      case 'user': {
        const manager = this.#user(step.manager);
        const enterprise = manager === undefined ? {} : { [ENTERPRISE_URN]: { manager: { value: manager } } };
        return {
          method: 'POST',
          path: '/Users',
          bulkId: `b${at}`,
          data: { schemas: [USER_URN], userName: `u${step.name}`, ...enterprise },
        };
      }
      case 'group': {
        const members = step.members.map((n) => this.#user(n)).flatMap((value) => (value === undefined ? [] : [{ value }]));
        return { method: 'POST', path: '/Groups', bulkId: `b${at}`, data: { schemas: [GROUP_URN], displayName: `g${step.name}`, members } };
      }
      case 'rename':
        return patch(users(step.user), { op: 'replace', path: 'userName', value: `u${step.name}` });
      case 'lock':
        return patch(users(step.user), { op: 'replace', path: 'active', value: step.name % 2 === 0 });
      case 'delete':
        return this.#remove(users(step.user));
      case 'disband':
        return this.#remove(groups(step.group));
      default:
        return this.#members(step.kind, groups(step.group), step.kind === 'nest' ? this.#group(step.other) : this.#user(step.other));
    }
  }

  #members(kind: 'join' | 'leave' | 'nest', path: string | undefined, value: string | undefined): Operation | undefined {
    if (path === undefined || value === undefined) return undefined;
    const change = { op: kind === 'leave' ? 'remove' : 'add', path: 'members', value: [{ value }] };
    return { method: 'PATCH', path, data: { schemas: [PATCH_OP_URN], Operations: [change] } };
  }

  #path(endpoint: string, id: string | undefined): string | undefined {
    return id === undefined ? undefined : `${endpoint}/${id}`;
  }

  #remove(path: string | undefined): Operation | undefined {
    return path === undefined ? undefined : { method: 'DELETE', path };
  }
}

/** One request for each; `created` are the indexes of the moves that have created something. */
async function singly(scim: Connection, moves: readonly Move[]): Promise<{ statuses: string[]; created: Set<number> }> {
  const users: string[] = [];
  const groups: string[] = [];
  const script = new Script(
    (n) => users[n],
    (n) => groups[n],
  );
  const statuses: string[] = [];
  const created = new Set<number>();
  for (const [at, step] of moves.entries()) {
    const operation = script.operation(at, step);
    if (operation === undefined) continue;
    const answer = await scim.scim(operation.method, operation.path, operation.data);
    statuses.push(String(answer.status));
    if (answer.status !== 201) continue;
    created.add(at);
    (step.kind === 'user' ? users : groups).push(String(answer.body['id']));
  }
  return { statuses, created };
}

/** The same in one Bulk request, where what is created in it is known by its bulkId. */
async function inBulk(scim: Connection, moves: readonly Move[], created: ReadonlySet<number>): Promise<string[]> {
  const users: string[] = [];
  const groups: string[] = [];
  const script = new Script(
    (n) => users[n],
    (n) => groups[n],
  );
  const operations: Operation[] = [];
  for (const [at, step] of moves.entries()) {
    const operation = script.operation(at, step);
    if (operation === undefined) continue;
    operations.push(operation);
    if (created.has(at)) (step.kind === 'user' ? users : groups).push(`bulkId:b${at}`);
  }
  return operations.length === 0 ? [] : (await sendBulk(scim, operations)).map(({ status }) => status);
}

/** Everything that can be read of a directory and its access, with names in the place of ids. */
async function picture(scim: Connection): Promise<unknown> {
  const all = resourcesIn(await scim.get('/?count=500'));
  const names = new Map(all.map((one) => [String(one['id']), String(one['userName'] ?? one['displayName'])]));
  const refer = (value: unknown) =>
    objectsIn(value)
      .map((one) => names.get(String(one['value'])) ?? 'gone')
      .sort();
  const access: unknown[] = [];
  for (const name of [...names.values()].filter((one) => one.startsWith('u')).sort()) {
    const member = await scim.member(name);
    access.push([
      name,
      await scim.syncOf(name),
      member?.status ?? null,
      member?.groups ?? null,
      member?.pins.length ?? 0,
      member?.links.length ?? 0,
    ]);
  }
  const resources = all.map((one) => {
    const manager = ((one[ENTERPRISE_URN] as JsonObject | undefined)?.['manager'] as JsonObject | undefined)?.['value'];
    return {
      name: names.get(String(one['id'])),
      active: one['active'],
      version: (one['meta'] as JsonObject)['version'],
      manager: manager === undefined ? undefined : names.has(String(manager)),
      groups: refer(one['groups']),
      members: refer(one['members']),
    };
  });
  return { resources, access, events: await scim.newEvents() };
}

forEachEngine((engine) => {
  describe('a random sequence of operations', () => {
    const server = serverOf(engine);

    it('leads to the same directory, versions, events and access in one Bulk as one by one', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 24 }), async (moves) => {
          const one = await server().connect();
          const other = await server().connect();
          for (const scim of [one, other]) {
            await scim.mapAllUsers('Door');
            await scim.newEvents();
          }
          const { statuses, created } = await singly(one, moves);
          expect(await inBulk(other, moves, created)).to.deep.equal(statuses);
          expect(await picture(other)).to.deep.equal(await picture(one));
        }),
        { numRuns: engine.name === 'sqlite' ? runs(25, 1_000) : runs(8, 200), ...seed(20_260_501) },
      );
    }).timeout(timeLimit(120_000));
  });
});
