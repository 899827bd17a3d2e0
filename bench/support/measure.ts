import { cpuMicros } from './server.js';

/** One kind of request against one server. */
export interface Case {
  readonly name: string;
  /** The process whose CPU time counts. */
  readonly pid: number;
  /** Sends the request number `n`; every number once. The numbers of a round follow each other from a multiple of its length. */
  readonly run: (n: number) => Promise<unknown>;
}

export interface Figure {
  readonly name: string;
  /** Server CPU per request in microseconds: median over the rounds, and the extremes. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What must not grow: the cost of the larger against the smaller. */
export interface Goal {
  readonly name: string;
  readonly smaller: Figure;
  readonly larger: Figure;
  readonly atMost: number;
}

export const ROUNDS = 7;
export const PER_ROUND = 400;

/** Measures two cases in turn. */
export async function compare(name: string, smaller: Case, larger: Case, atMost: number, perRound = PER_ROUND): Promise<Goal> {
  const [first, second] = await measure([smaller, larger], ROUNDS, perRound);
  return goal(name, first, second, atMost);
}

export function goal(name: string, smaller: Figure | undefined, larger: Figure | undefined, atMost: number): Goal {
  if (smaller === undefined || larger === undefined) throw new Error(`${name}: not measured`);
  return { name, smaller, larger, atMost };
}

/**
 * Server CPU per request of several cases, round by round in turn, so that whatever else the machine does hits all of
 * them alike. The first round warms up and is not counted.
 */
export async function measure(cases: readonly Case[], rounds: number, perRound: number): Promise<Figure[]> {
  const figures = cases.map(() => [] as number[]);
  let next = 0;
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { pid, run }] of cases.entries()) {
      const before = cpuMicros(pid);
      for (let n = 0; n < perRound; n += 1) await run(next + n);
      next += perRound;
      if (round > 0) figures[index]?.push((cpuMicros(pid) - before) / perRound);
    }
  }
  return cases.map(({ name }, index) => figureOf(name, figures[index] ?? []));
}

export function figureOf(name: string, values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (position: number) => sorted[position] ?? Number.NaN;
  return { name, median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}
