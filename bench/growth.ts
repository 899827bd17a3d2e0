/**
 * `npm run bench:growth`: does what is done with one text or body grow with it, and no faster? Each is done at n and at 4n, in
 * turn, in this process; one that looked at every piece again for each piece would cost sixteen times as much. What has one size
 * only is compared with reading its JSON.
 */
import { growthGoals } from './cases/growth.js';
import { isMet, report } from './support/report.js';

const goals = growthGoals();
report('growth', goals, 'CPU each time, median of the rounds (extremes)');
if (!goals.every(isMet)) process.exitCode = 1;
