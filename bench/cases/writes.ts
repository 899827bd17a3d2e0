import { PATCH_OP_URN } from '../../src/domain/scim.js';
import { type Directory, spread } from '../support/directory.js';
import { type Case, compare, type Goal } from '../support/measure.js';
import { sampleUser } from '../support/seed.js';

/** Behind the numbers of every User that is there. */
const FROM = 10_000_000;

/**
 * A User made, and one blocked or let in again. Those of the second have access, so that it ends and begins with the answer:
 * the first `mapped` Users of each directory.
 */
export async function writeGoals(small: Directory, large: Directory, mapped: readonly [small: number, large: number]): Promise<Goal[]> {
  const sizes = `${large.users} to ${small.users} Users`;
  return [
    await compare(`POST: ${sizes}`, create(small), create(large), 1.5),
    await compare(`PATCH active: ${sizes}`, setActive(small, mapped[0]), setActive(large, mapped[1]), 1.5),
  ];
}

function create({ users, server }: Directory): Case {
  return { name: `of ${users}`, pid: server.pid, run: (n) => server.send('POST', '/Users', sampleUser(FROM + n), 201) };
}

/** Blocks a User and then lets it in, so that every request changes something. */
function setActive({ users, seeded, server }: Directory, mapped: number): Case {
  const operation = (value: boolean) => ({ schemas: [PATCH_OP_URN], Operations: [{ op: 'replace', path: 'active', value }] });
  const run = (n: number) => server.send('PATCH', `/Users/${seeded.userIds[spread(Math.floor(n / 2), mapped)]}`, operation(n % 2 === 1));
  return { name: `of ${users}`, pid: server.pid, run };
}
