import { type BenchServer, cpuMicros } from './server.js';

/** One kind of request against one server. */
export interface Case {
  readonly name: string;
  readonly server: BenchServer;
  /** Sends the request number `n`; every number once. */
  readonly run: (n: number) => Promise<unknown>;
}

export interface Figure {
  readonly name: string;
  /** Server CPU per request in microseconds: median over the rounds, and the extremes. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Server CPU per request of several cases, round by round in turn, so that whatever else the machine does hits all of
 * them alike. The first round warms up and is not counted.
 */
export async function measure(cases: readonly Case[], rounds: number, perRound: number): Promise<Figure[]> {
  const figures = cases.map(() => [] as number[]);
  let next = 0;
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { server, run }] of cases.entries()) {
      const before = cpuMicros(server.pid);
      for (let n = 0; n < perRound; n += 1) await run(next + n);
      next += perRound;
      if (round > 0) figures[index]?.push((cpuMicros(server.pid) - before) / perRound);
    }
  }
  return cases.map(({ name }, index) => figureOf(name, figures[index] ?? []));
}

function figureOf(name: string, values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (position: number) => sorted[position] ?? Number.NaN;
  return { name, median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}
