/**
 * `npm run demo`: a running server and five businesses. The systems of four of them are played by the sandbox and pulled;
 * the identity provider of the fifth pushes. What an admin does goes through the REST API; nothing is put into the database
 * by the back door but the member groups of `seeds/`.
 */
import { resolve } from 'node:path';
import { paintFor } from '../src/cli/text.js';
import { whyNotStarted } from '../src/main/why-not-started.js';
import type { RunningServer } from '../src/server.js';
import { accessOf, type Shared } from './access.js';
import { Api } from './api.js';
import type { Business } from './business.js';
import { COMPANY } from './company.js';
import { type Connected, connect } from './connect.js';
import { COWORKING } from './coworking.js';
import { freshDataFolder, removeDataFolder } from './data-folder.js';
import { HOLIDAY_LET } from './holiday-let.js';
import { HOTEL } from './hotel.js';
import { furtherText, type Visitor } from './further.js';
import { businessText, storyOf } from './print.js';
import { PUSHED_COMPANY, pushCompany } from './pushed-company.js';
import { adminToken, startDemoServer } from './server.js';

/** Nexudus wants to be asked slowly, so it comes last. */
const BUSINESSES = [HOTEL, HOLIDAY_LET, COMPANY, COWORKING];

const paint = paintFor(process.stdout.isTTY === true);
const say = (text: string) => console.log(text);
const dataFolder = freshDataFolder(resolve('data/demo'));
const systems: { stop(): Promise<void> }[] = [];
let isStopping = false;

try {
  const server = await startDemoServer(dataFolder, say);
  stopOnSignal(server);
  say(`\n${paint.bold('Latchkey demo')}: a hotel, holiday lets, a coworking space and two companies connect …\n`);
  await show(server);
} catch (error) {
  // What was under way when somebody pressed Ctrl-C fails, and is no news.
  if (!isStopping) {
    console.error(whyNotStarted(error));
    removeDataFolder(dataFolder);
    process.exit(1);
  }
}

async function show(server: RunningServer): Promise<void> {
  const apiToken = await adminToken(server);
  const api = new Api(server.url, apiToken);
  const now = new Date();
  const pushing = pushCompany(api, now.getTime());
  const connecting = BUSINESSES.map((business) => opened(api, business));
  // Each is waited for in its turn below; one that fails meanwhile is not forgotten.
  const everything = Promise.all([pushing, ...connecting]);
  await Promise.race([everything, pushing]);
  const pushed = await pushing;
  systems.push(...pushed.sites);
  const story = `Its identity provider sent ${pushed.requests} SCIM requests. Each was done when it was answered.`;
  say(`${businessText(paint, PUSHED_COMPANY, story, await accessOf(api, pushed, PUSHED_COMPANY, now))}\n`);
  const connected: Connected[] = [];
  let visitor: Visitor | null = null;
  for (const one of connecting) {
    await Promise.race([everything, one]);
    const done = await one;
    connected.push(done);
    const access = await accessOf(api, done, done.business, now);
    visitor ??= visitorOf(done, access.shared);
    say(`${businessText(paint, done.business, storyOf(done), access)}\n`);
  }
  const sites = [...connected.flatMap((one) => one.sites), ...pushed.sites];
  say(furtherText(paint, { url: server.url, apiToken, scimToken: pushed.scimToken, sites }, connected, visitor));
  say(`\nEverything keeps running. ${paint.bold('Ctrl-C')} stops it and removes its data.\n`);
}

/** Somebody to try the doors with: at the last door that the PIN opens, which is a room of one's own. */
function visitorOf({ sites }: Connected, shared: Shared | null): Visitor | null {
  const door = shared?.opens.at(-1);
  const site = sites.find(({ doors }) => doors.some(({ plan }) => plan.name === door));
  return shared === null || shared.pin === null || door === undefined || site === undefined ? null : { site, door, shared };
}

async function opened(api: Api, business: Business): Promise<Connected> {
  const played = await business.start();
  systems.push(played);
  const connected = await connect(api, business, played);
  systems.push(...connected.sites);
  return connected;
}

function stopOnSignal(server: RunningServer): void {
  const stop = async () => {
    isStopping = true;
    await Promise.all(systems.map((system) => system.stop()));
    await server.stop();
    removeDataFolder(dataFolder);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}
