import type { Command } from 'commander';
import { type Config, InvalidConfig } from '../../config.js';
import { parseKeys } from '../../credentials/key-ring.js';
import { REDACTED } from '../../credentials/secret.js';
import { InvalidInput } from '../../errors.js';
import type { Io } from '../io.js';
import { answering, type Outcome, type Result } from '../result.js';
import { fields } from '../text.js';

export function addConfig(program: Command, io: Io, outcome: Outcome): void {
  const group = program.command('config').description('what the environment says');
  group
    .command('check')
    .description('list everything that is wrong with the configuration, and touch nothing')
    .action(answering(io, outcome, async () => check(io)));
  group
    .command('print')
    .description('the configuration in force, without its secrets')
    .action(answering(io, outcome, async () => print(io.readConfig())));
}

function check(io: Io): Result {
  const problems = problemsOf(io);
  return {
    json: { valid: problems.length === 0, problems },
    text: (paint) =>
      problems.length === 0 ? paint.green('The configuration is valid.') : problems.map((problem) => paint.red(problem)).join('\n'),
    failed: problems.length > 0,
  };
}

function problemsOf(io: Io): readonly string[] {
  try {
    const { secretKeys } = io.readConfig();
    if (secretKeys !== null) parseKeys(secretKeys);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems;
    if (error instanceof InvalidInput) return [error.publicMessage];
    throw error;
  }
}

function print(config: Config): Result {
  const json = {
    ...config,
    databaseUrl: config.databaseUrl === null ? null : withoutPassword(config.databaseUrl),
    secretKeys: config.secretKeys === null ? null : REDACTED,
    google: config.google === null ? null : { ...config.google, clientSecret: REDACTED },
  };
  return {
    json,
    text: (paint) =>
      fields(
        paint,
        Object.entries(json).map(([name, value]) => [
          name,
          value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value),
        ]),
      ),
  };
}

/** A password may stand before the host, or in the query. */
function withoutPassword(databaseUrl: string): string {
  if (!databaseUrl.startsWith('postgres') || !URL.canParse(databaseUrl)) return databaseUrl;
  const url = new URL(databaseUrl);
  if (url.password !== '') url.password = 'redacted';
  if (url.searchParams.has('password')) url.searchParams.set('password', 'redacted');
  return url.href;
}
