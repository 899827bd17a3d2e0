/**
 * `npm run bench`: does the cost of a request grow with what is stored? Every figure is a ratio inside one run, so a busy
 * machine does not decide. `npm run bench -- 20000` fills fewer Users than 100,000, and not fewer than 10,000. Needs Linux,
 * whose /proc tells a process's CPU time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bulkGoals } from './cases/bulk.js';
import { doorGoals } from './cases/doors.js';
import { listGoals } from './cases/lists.js';
import { memberGoals } from './cases/members.js';
import { readGoals } from './cases/reads.js';
import { reconcileGoals } from './cases/reconcile.js';
import { writeGoals } from './cases/writes.js';
import { fill } from './support/directory.js';
import { isMet, report } from './support/report.js';
import type { GroupSpec } from './support/seed.js';

const SMALL = 1_000;
const LARGE = Number(process.argv[2] ?? 100_000);
/** Mapped Groups give access: their members are reconciled, with PIN and link, in the request. */
const FEW: GroupSpec = { size: 10, mapped: true };
const MANY: GroupSpec = { size: 10_000, mapped: true };
/** Not mapped: what is measured is the membership alone, and filling it reconciles nobody. */
const FEW_PLAIN: GroupSpec = { size: 10, mapped: false };
const HUGE_PLAIN: GroupSpec = { size: 100_000, mapped: false };
if (!(LARGE >= MANY.size)) throw new Error(`at least ${MANY.size} Users`);

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
try {
  const pairs = [[FEW, MANY] as const, ...(LARGE >= HUGE_PLAIN.size ? [[FEW_PLAIN, HUGE_PLAIN] as const] : [])];
  const small = await fill(folder, 'small', SMALL, [{ size: SMALL, mapped: true }]);
  const large = await fill(folder, 'large', LARGE, pairs.flat());
  const mapped = [SMALL, MANY.size] as const;
  const goals = [
    ...(await listGoals(large)),
    ...(await readGoals(small, large)),
    ...(await reconcileGoals(small, large, mapped)),
    ...(await memberGoals(large, pairs)),
    ...(await writeGoals(small, large, mapped)),
    ...(await bulkGoals(small)),
    ...(await doorGoals(folder, LARGE)),
  ];
  report('scaling', goals);
  await Promise.all([small.server.stop(), large.server.stop()]);
  if (!goals.every(isMet)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
