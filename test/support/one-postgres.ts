import { makeOriginals } from './migrated.js';
import { postgres } from './postgres.js';

let deleteOriginals: (() => Promise<void>) | undefined;

/**
 * For `mocha --parallel`: one PostgreSQL for all processes that run tests, instead of one each. It is started before they
 * are, handed to them by the environment, and stopped when this process ends. The schema is made in it once, too, and copied.
 */
export async function mochaGlobalSetup(): Promise<void> {
  const server = await postgres();
  if (server !== null) process.env['TEST_DATABASE_URL'] = server.url;
  deleteOriginals = await makeOriginals();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await deleteOriginals?.();
}
