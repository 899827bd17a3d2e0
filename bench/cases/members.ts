import { PATCH_OP_URN } from '../../src/domain/scim.js';
import type { Directory } from '../support/directory.js';
import { type Case, compare, type Goal, goal, measure, PER_ROUND, ROUNDS } from '../support/measure.js';
import { type GroupSpec, groupName } from '../support/seed.js';
import { createInBulk } from './bulk.js';

const FROM = 30_000_000;

/** One member more, one less, and a look at the Group without its members, in a small Group and in large ones. */
export async function memberGoals(
  directory: Directory,
  pairs: readonly (readonly [small: GroupSpec, large: GroupSpec])[],
): Promise<Goal[]> {
  const numbers = Array.from({ length: PER_ROUND }, (_, n) => FROM + n);
  const outsiders = await createInBulk(directory.server, numbers);
  const goals: Goal[] = [];
  for (const [small, large] of pairs) {
    const sizes = `${groupName(large)} to ${small.size}`;
    // Everybody who is added goes again, so each round finds the Groups as large as the last one did.
    const cases = [small, large].flatMap((group) => [
      change(directory, group, 'add', outsiders),
      change(directory, group, 'remove', outsiders),
    ]);
    const [addSmall, removeSmall, addLarge, removeLarge] = await measure(cases, ROUNDS, PER_ROUND);
    goals.push(goal(`add a member: ${sizes}`, addSmall, addLarge, 1.3), goal(`remove a member: ${sizes}`, removeSmall, removeLarge, 1.3));
    goals.push(await compare(`GET without members: ${sizes}`, look(directory, small), look(directory, large), 1.3));
  }
  return goals;
}

/** In a Group that is mapped the access of the member begins or ends with the answer, PIN and link included. */
function change({ seeded, server }: Directory, group: GroupSpec, op: 'add' | 'remove', outsiders: readonly string[]): Case {
  const path = pathOf(seeded.groups, group);
  const operation = (id: string | undefined) =>
    op === 'add' ? { op, path: 'members', value: [{ value: id }] } : { op, path: `members[value eq "${id}"]` };
  const run = (n: number) =>
    server.send('PATCH', path, { schemas: [PATCH_OP_URN], Operations: [operation(outsiders[n % PER_ROUND])] }, 204);
  return { name: `${op}, ${groupName(group)}`, pid: server.pid, run };
}

function look({ seeded, server }: Directory, group: GroupSpec): Case {
  const path = `${pathOf(seeded.groups, group)}?excludedAttributes=members`;
  return { name: groupName(group), pid: server.pid, run: () => server.send('GET', path) };
}

function pathOf(groups: ReadonlyMap<string, string>, group: GroupSpec): string {
  return `/Groups/${groups.get(groupName(group))}`;
}
