import { compileOnce } from './compiled.js';
import { makeOriginals } from './migrated.js';
import { dropLeftOvers, postgres } from './postgres.js';

const cleanUps: (() => void | Promise<void>)[] = [];

/**
 * For `mocha --parallel`: one PostgreSQL for all processes that run tests, instead of one each. It is started before they
 * are, handed to them by the environment, and stopped when this process ends; what they left in it is dropped. So are the schema and the programs that tests
 * start as processes: made once, and copied.
 */
export async function mochaGlobalSetup(): Promise<void> {
  const server = await postgres();
  if (server !== null) process.env['TEST_DATABASE_URL'] = server.url;
  cleanUps.push(await makeOriginals(), await compileOnce(), dropLeftOvers);
}

export async function mochaGlobalTeardown(): Promise<void> {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
}
