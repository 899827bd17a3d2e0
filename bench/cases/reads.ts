import { type Directory, spread } from '../support/directory.js';
import { type Case, compare, type Goal } from '../support/measure.js';

const FILTERS: readonly (readonly [name: string, filter: (n: number) => string])[] = [
  ['userName', (n) => `userName eq "user${n}@example.com"`],
  ['externalId', (n) => `externalId eq "ext-${n}"`],
  ['emails.value', (n) => `emails.value eq "user${n}@example.com"`],
];

/** One User found by id, or by what identity providers look for before they write. */
export async function readGoals(small: Directory, large: Directory): Promise<Goal[]> {
  const sizes = `${large.users} to ${small.users} Users`;
  const goals = [await compare(`GET by id: ${sizes}`, read(small), read(large), 1.5)];
  for (const [name, filter] of FILTERS) {
    goals.push(await compare(`${name} eq: ${sizes}`, lookUp(small, filter), lookUp(large, filter), 1.5));
  }
  return goals;
}

function read({ users, seeded, server }: Directory): Case {
  const run = (n: number) => server.send('GET', `/Users/${seeded.userIds[spread(n, users)]}`);
  return { name: `of ${users}`, pid: server.pid, run };
}

function lookUp({ users, server }: Directory, filter: (n: number) => string): Case {
  const run = async (n: number): Promise<void> => {
    const found = JSON.parse(await server.send('GET', `/Users?filter=${encodeURIComponent(filter(spread(n, users)))}`)) as object;
    if (!('totalResults' in found) || found.totalResults !== 1) throw new Error('not found, the cost means nothing');
  };
  return { name: `of ${users}`, pid: server.pid, run };
}
