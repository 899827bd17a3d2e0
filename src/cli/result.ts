import type { Command } from 'commander';
import type { Io } from './io.js';
import { type Paint, paintFor } from './text.js';

/** What a command found or did: one JSON document for programs, a text for people. */
export interface Result {
  readonly json: unknown;
  readonly text: (paint: Paint) => string;
  /** The command did what it could and something failed all the same. */
  readonly failed?: boolean;
  /** Another process holds the lock of what was asked for. */
  readonly busy?: boolean;
}

/** Hears of the end of each command, to make the exit code of it. */
export interface Outcome {
  failed: boolean;
  busy?: boolean;
}

/** Turns a function into a commander action that prints its result in the form that was asked for. */
export function answering<Arguments extends readonly unknown[]>(
  io: Io,
  outcome: Outcome,
  work: (...args: Arguments) => Promise<Result>,
): (this: Command, ...args: Arguments) => Promise<void> {
  return async function (this: Command, ...args: Arguments) {
    const result = await work(...args);
    const asJson = this.optsWithGlobals<{ json?: boolean }>().json === true;
    io.out(asJson ? JSON.stringify(result.json, null, 2) : result.text(paintFor(io.outIsTerminal)));
    if (result.failed === true) outcome.failed = true;
    if (result.busy === true) outcome.busy = true;
  };
}
