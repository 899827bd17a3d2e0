import { book } from '../../sandbox/guesty/sample.js';
import { GuestySandbox } from '../../sandbox/guesty/server.js';

// Arguments: what time it is, in milliseconds since the epoch, and how many reservations. A Guesty without limits in a process of
// its own, so that its memory is not taken for ours; prints how it is reached.
const [now = '', count = ''] = process.argv.slice(2);
const sandbox = new GuestySandbox();
sandbox.server.clock.freeze(Number(now));
Object.assign(sandbox.switches, { unlimited: true, secretDelayMs: 0 });
await sandbox.start();
sandbox.seed(0);
const units = [...sandbox.world.listings.values()].filter(({ type, active }) => type !== 'MTL' && active);
book(sandbox.world, units, Number(now), Number(count));
const { apiBaseUrl, tokenUrl, clientId, clientSecret } = sandbox;
console.log(JSON.stringify({ config: { apiBaseUrl, tokenUrl }, secrets: { clientId, clientSecret }, house: units[0]?.title }));
