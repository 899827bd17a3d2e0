import { mkdirSync, writeFileSync } from 'node:fs';
import type { Figure, Goal } from './measure.js';

export function ratio({ larger, smaller }: Goal): number {
  return larger.median / smaller.median;
}

export function isMet(goal: Goal): boolean {
  return ratio(goal) <= goal.atMost;
}

/** Prints the goals, and keeps them in `bench/results` under this name. */
export function report(name: string, goals: readonly Goal[], title = 'server CPU per request, median of the rounds (extremes)'): void {
  const width = Math.max(...goals.map((goal) => goal.name.length));
  console.log(`\n${title}\n`);
  for (const goal of goals) {
    const measured = `${figure(goal.smaller).padStart(22)} → ${figure(goal.larger).padStart(22)}`;
    const verdict = `${ratio(goal).toFixed(2)}x of at most ${goal.atMost}x`.padEnd(22);
    console.log(`${goal.name.padEnd(width)} ${measured}   ${verdict} ${isMet(goal) ? 'ok' : 'TOO HIGH'}`);
  }
  const kept = goals.map((goal) => ({ ...goal, ratio: ratio(goal) }));
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify(kept, null, 2)}\n`);
}

function figure({ median, min, max }: Figure): string {
  return `${Math.round(median)} µs (${Math.round(min)}–${Math.round(max)})`;
}
