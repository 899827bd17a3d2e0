/**
 * `npm run demo`: a running server and five businesses. The systems of four of them are played by the sandbox and pulled;
 * the identity provider of the fifth pushes. What an admin does goes through the REST API; nothing is put into the database
 * by the back door but the member groups of `seeds/`.
 */
import { resolve } from 'node:path';
import { paintFor } from '../src/cli/text.js';
import { whyNotStarted } from '../src/main/why-not-started.js';
import type { RunningServer } from '../src/server.js';
import { accessOf } from './access.js';
import { Api } from './api.js';
import type { Business, Played } from './business.js';
import { COMPANY } from './company.js';
import { type Connected, connect } from './connect.js';
import { COWORKING } from './coworking.js';
import { freshDataFolder, removeDataFolder } from './data-folder.js';
import { HOLIDAY_LET } from './holiday-let.js';
import { HOTEL } from './hotel.js';
import { businessText, furtherText, storyOf } from './print.js';
import { PUSHED_COMPANY, pushCompany } from './pushed-company.js';
import { adminToken, startDemoServer } from './server.js';

/** Nexudus wants to be asked slowly, so it comes last. */
const BUSINESSES = [HOTEL, HOLIDAY_LET, COMPANY, COWORKING];

const paint = paintFor(process.stdout.isTTY === true);
const say = (text: string) => console.log(text);
const dataFolder = freshDataFolder(resolve('data/demo'));
const systems: Played[] = [];
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
  const pushing = pushCompany(api, server.url, now.getTime());
  const connecting = BUSINESSES.map((business) => opened(api, business));
  // Each is waited for in its turn below; one that fails meanwhile is not forgotten.
  const everything = Promise.all([pushing, ...connecting]);
  await Promise.race([everything, pushing]);
  const { integrationId, requests, scimToken } = await pushing;
  const story = `Its identity provider sent ${requests} SCIM requests. Each was done when it was answered.`;
  say(`${businessText(paint, PUSHED_COMPANY, story, await accessOf(api, integrationId, PUSHED_COMPANY, now))}\n`);
  const connected: Connected[] = [];
  for (const one of connecting) {
    await Promise.race([everything, one]);
    const done = await one;
    connected.push(done);
    say(`${businessText(paint, done.business, storyOf(done), await accessOf(api, done.integrationId, done.business, now))}\n`);
  }
  say(furtherText(paint, { url: server.url, apiToken, scimToken }, connected));
  say(`\nEverything keeps running. ${paint.bold('Ctrl-C')} stops it and removes its data.\n`);
}

async function opened(api: Api, business: Business): Promise<Connected> {
  const played = await business.start();
  systems.push(played);
  return connect(api, business, played);
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
