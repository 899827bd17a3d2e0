import type { DatabaseLocation } from '../../../src/db/location.js';
import { openDatabase } from '../../../src/db/open.js';
import { Core } from '../core.js';

// Arguments: engine, place, integration, a name that no other writer has. Writes Users with all that comes with them, several at
// once, until it is killed; a line says that one is stored, after its commit and not before.
const [engine, at = '', integrationId = '', name = ''] = process.argv.slice(2);
const location: DatabaseLocation = { engine: engine === 'postgres' ? 'postgres' : 'sqlite', at };
const core = new Core(
  openDatabase(location, () => undefined),
  integrationId,
);

async function write(writer: number): Promise<never> {
  for (let n = 0; ; n += 1) {
    const userName = `${name}-${writer}-${n}`;
    const emails = [1, 2, 3, 4, 5].map((address) => ({ value: `${userName}.${address}@example.com` }));
    console.log(`stored ${await core.createUser({ userName, emails })}`);
  }
}

await Promise.all([1, 2, 3, 4].map(write));
