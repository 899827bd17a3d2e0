import { type Figure, figureOf, type Goal, ROUNDS } from './measure.js';

/** Done in this process, start to end, without waiting. */
export type Work = () => unknown;

/** Long enough for the clock of the CPU, which tells microseconds, and for the compiler to settle. */
const ROUND_US = 40_000;

/** The cost of four times as much against that of n. */
export function grown(name: string, n: number, work: (n: number) => Work, atMost: number): Goal {
  return weighed(`${name}, ${n} → ${4 * n}`, work(n), work(4 * n), atMost);
}

/** Two works in turn, so that whatever else the machine does hits both alike. The first round warms up and is not counted. */
export function weighed(name: string, smaller: Work, larger: Work, atMost: number): Goal {
  const works = [smaller, larger].map((work) => ({ work, times: timesFor(work), micros: [] as number[] }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { work, times, micros } of works) {
      const each = cpuOf(work, times) / times;
      if (round > 0) micros.push(each);
    }
  }
  const [first, second] = works.map(({ micros }): Figure => figureOf(name, micros));
  if (first === undefined || second === undefined) throw new Error(`${name}: not measured`);
  return { name, smaller: first, larger: second, atMost };
}

function timesFor(work: Work): number {
  let times = 1;
  while (cpuOf(work, times) < ROUND_US) times *= 2;
  return times;
}

function cpuOf(work: Work, times: number): number {
  const start = process.cpuUsage();
  for (let n = 0; n < times; n += 1) work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}
