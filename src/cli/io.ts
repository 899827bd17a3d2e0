import { text } from 'node:stream/consumers';
import type { Overrides } from '../compose.js';
import type { Config } from '../config.js';

/** Where a command writes and what it reads: the process in use, plain texts in a test. */
export interface Io {
  /** Results, and nothing else. */
  out(text: string): void;
  /** Errors and progress. */
  error(text: string): void;
  /** Is somebody watching: colour and progress are for them. */
  readonly outIsTerminal: boolean;
  readonly errorIsTerminal: boolean;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** @throws InvalidConfig */
  readConfig(): Config;
  /** What a test puts in place of real parts. */
  readonly overrides?: Overrides;
}

const newline = '\n';

/** The process itself. A reader that went away (`latchkey … | head`) stops nobody from finishing the work. */
export function processIo(readConfig: () => Config): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    out: (line) => void process.stdout.write(line.endsWith(newline) ? line : `${line}${newline}`),
    error: (line) => void process.stderr.write(line),
    outIsTerminal: process.stdout.isTTY === true,
    errorIsTerminal: process.stderr.isTTY === true,
    readInput: () => text(process.stdin),
    readConfig,
  };
}
