import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { InvalidConfig } from '../config.js';
import { whyNotStarted } from '../main/why-not-started.js';
import { addApiToken } from './commands/api-token.js';
import { addConfig } from './commands/config.js';
import { addIntegration } from './commands/integration.js';
import { addOutbox } from './commands/outbox.js';
import { addReconcile } from './commands/reconcile.js';
import { addScimToken } from './commands/scim-token.js';
import { addServer } from './commands/server.js';
import { addSync } from './commands/sync.js';
import { LeaseHeld } from '../db/leases.js';
import type { Io } from './io.js';
import type { Outcome } from './result.js';
import { plain } from './text.js';

/** What a script can tell apart. 75 is EX_TEMPFAIL of sysexits.h: another run holds the lock, try again later. */
export const EXIT = { success: 0, failure: 1, usage: 2, busy: 75 } as const;

/**
 * Runs one command and returns the exit code. Results go to `io.out` and nothing else does; an error is one line on
 * `io.error`, in words fit for people.
 *
 * @param args without the names of the program
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const outcome: Outcome = { failed: false };
  try {
    await programFor(io, outcome).parseAsync([...args], { from: 'user' });
    if (outcome.busy === true) return EXIT.busy;
    return outcome.failed ? EXIT.failure : EXIT.success;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    io.error(`latchkey: ${sentence(error)}\n`);
    return error instanceof LeaseHeld ? EXIT.busy : EXIT.failure;
  }
}

function programFor(io: Io, outcome: Outcome): Command {
  const program = new Command('latchkey');
  program
    .description('SCIM 2.0 and webhook gateway for doors')
    .version(version(), '--version', 'the version of this program')
    .option('--json', 'one JSON document on standard output')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.error(text),
      outputError: (text, write) => write(`latchkey: ${text.replace('error: ', '')}`),
    })
    .exitOverride()
    .showSuggestionAfterError();
  addServer(program, io, outcome);
  addApiToken(program, io, outcome);
  addIntegration(program, io, outcome);
  addScimToken(program, io, outcome);
  addSync(program, io, outcome);
  addReconcile(program, io, outcome);
  addOutbox(program, io, outcome);
  addConfig(program, io, outcome);
  return program;
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }).version;
}

function sentence(error: unknown): string {
  if (error instanceof InvalidConfig) return `the configuration is not valid: ${error.problems.join('; ')}`;
  const why = whyNotStarted(error);
  return plain((why instanceof Error ? `unexpected: ${why.message}` : why).split('\n').join(' '));
}
