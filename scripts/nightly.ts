/**
 * `npm run nightly`: the tests that try invented cases, kill processes or move many messages, with many more of them than
 * `npm test` has time for. Hours, on its own; `NIGHTLY_RUNS=100 npm run nightly` tries no more than so many of each. Files as arguments run these alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SUITES = [
  'test/db/kill.test.ts',
  'test/directory/lists.test.ts',
  'test/domain/fold.test.ts',
  'test/outbox/worker.test.ts',
  'test/reconcile/*-properties.test.ts',
  'test/reconcile/life.test.ts',
  'test/scim/bulk/property.test.ts',
  'test/scim/cursor/properties.test.ts',
  'test/scim/filter/parse.test.ts',
  'test/scim/filter/path.test.ts',
  'test/scim/filter/store-differential.test.ts',
  'test/scim/patch/properties.test.ts',
  'test/scim/server/interleaved.test.ts',
  'test/sources/webhooks.test.ts',
  'test/support/postgres.test.ts',
  'test/sync/kill.test.ts',
];

const chosen = process.argv.slice(2);
const mocha = [
  'node_modules/mocha/bin/mocha.js',
  '--import=tsx',
  '--require',
  'test/support/one-postgres.ts',
  '--timeout',
  '0',
  ...(chosen.length > 0 ? chosen : SUITES),
];
const child = spawn(process.execPath, mocha, { env: { ...process.env, NIGHTLY: '1' }, stdio: 'inherit' });
const [code] = (await once(child, 'exit')) as [number | null];
process.exitCode = code ?? 1;
