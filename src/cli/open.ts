import { compose, type Overrides, type Parts } from '../compose.js';
import type { Config } from '../config.js';
import { createLogger } from '../logger.js';

/**
 * Opens the installation for one command, and closes it whatever happens. It is the same data directory or database as the
 * server's, which may run meanwhile; the schema is brought up to date first.
 */
export async function withParts<Result>(
  config: Config,
  work: (parts: Parts) => Promise<Result>,
  overrides: Overrides = {},
): Promise<Result> {
  const quiet = config.logLevel === 'info' ? 'warn' : config.logLevel;
  const parts = await compose(config, { logger: createLogger(quiet), ...overrides });
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}
