import { compose, type Parts } from '../../src/compose.js';
import { SYSTEM } from '../../src/domain/events.js';
import { reconcileUser } from '../../src/reconcile/reconcile.js';
import { type Directory, spread } from '../support/directory.js';
import { type Case, compare, type Goal } from '../support/measure.js';

/** As many Users of each directory, by turns: with more of them the processor's own memory would be measured, not the directory. */
const BY_TURNS = 1_000;

/** One of the first `mapped` Users reconciled when nothing has changed, in this process: no request does that alone. */
export async function reconcileGoals(small: Directory, large: Directory, mapped: readonly [small: number, large: number]): Promise<Goal[]> {
  const [smallParts, largeParts] = [await compose(small.config), await compose(large.config)];
  try {
    const cases = [reconcile(small, smallParts, mapped[0]), reconcile(large, largeParts, mapped[1])] as const;
    return [await compare(`reconcile one User: ${large.users} to ${small.users} Users`, ...cases, 1.2, 2_000)];
  } finally {
    await smallParts.close();
    await largeParts.close();
  }
}

function reconcile({ users, seeded }: Directory, { db, clock, stores }: Parts, mapped: number): Case {
  const run = async (n: number): Promise<void> => {
    const id = seeded.userIds[spread(n, BY_TURNS) * Math.floor(mapped / BY_TURNS)] ?? '';
    const plan = await db.transaction((tx) => reconcileUser(tx, { actor: SYSTEM, now: clock.now() }, stores, id));
    if (plan?.outcome.syncStatus !== 'synced') throw new Error(`the User has no access: ${plan?.outcome.syncStatus}`);
  };
  return { name: `of ${users}`, pid: process.pid, run };
}
