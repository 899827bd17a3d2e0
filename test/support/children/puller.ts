import { setTimeout as pause } from 'node:timers/promises';
import { compose } from '../../../src/compose.js';
import { readConfig } from '../../../src/config.js';
import { startingAt, unhurried } from '../unhurried.js';

// Environment: that of the installation. Arguments: integration, and when it is as the process starts, in milliseconds since the
// epoch. Pulls once, writes back meanwhile and until nothing is left to write, as a server does, and says what it is at.
const [integrationId = '', at = ''] = process.argv.slice(2);
const parts = await compose(readConfig(process.env, null), { clock: startingAt(Number(at)), kinds: unhurried() });
console.log('pulling');
parts.outbox.start();
const { done } = await parts.sync.engine.start(integrationId, { trigger: 'schedule' });
const { state, error } = await done;
console.log(`run ${state} ${error ?? ''}`);
while ((await parts.db.read.query('select id from outbox limit 1', [])).length > 0) {
  await parts.outbox.drain();
  await pause(20);
}
await parts.close();
console.log('idle');
process.exit(0);
