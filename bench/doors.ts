/**
 * `npm run bench:doors`: what a granted decision costs the server, against reads through the same stack in the same run.
 * `npm run bench:doors -- 20000` has fewer members than 100,000. `npm run bench` measures the same beside all else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doorGoals } from './cases/doors.js';
import { isMet, report } from './support/report.js';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
try {
  const goals = await doorGoals(folder, Number(process.argv[2] ?? 100_000));
  report('doors', goals);
  if (!goals.every(isMet)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
