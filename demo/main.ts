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
import type { Played } from './business.js';
import { COMPANY } from './company.js';
import { connect } from './connect.js';
import { COWORKING } from './coworking.js';
import { freshDataFolder, removeDataFolder } from './data-folder.js';
import { HOLIDAY_LET } from './holiday-let.js';
import { HOTEL } from './hotel.js';
import { businessText, furtherText, storyOf } from './print.js';
import { PUSHED_COMPANY, pushCompany } from './pushed-company.js';
import { adminToken, startDemoServer } from './server.js';

const BUSINESSES = [HOTEL, HOLIDAY_LET, COWORKING, COMPANY];

const dataFolder = freshDataFolder(resolve('data/demo'));
try {
  const paint = paintFor(process.stdout.isTTY === true);
  const server = await startDemoServer(dataFolder, (line) => console.log(line));
  const played = await Promise.all(BUSINESSES.map((business) => business.start()));
  stopOnSignal(server, played);
  console.log(`\n${paint.bold('Latchkey demo')}: a hotel, holiday lets, a coworking space and two companies connect …\n`);
  const apiToken = await adminToken(server);
  const api = new Api(server.url, apiToken);
  const connecting = BUSINESSES.map((business, index) => connect(api, business, at(played, index)));
  const pushed = await pushCompany(api, server.url, Date.now());
  const connected = await Promise.all(connecting);
  const now = new Date();
  for (const one of connected) {
    console.log(`${businessText(paint, one.business, storyOf(one), await accessOf(api, one.integrationId, one.business, now))}\n`);
  }
  const story = `Its identity provider sent ${pushed.requests} SCIM requests, and each was done when it was answered.`;
  console.log(`${businessText(paint, PUSHED_COMPANY, story, await accessOf(api, pushed.integrationId, PUSHED_COMPANY, now))}\n`);
  console.log(furtherText(paint, { url: server.url, apiToken, scimToken: pushed.scimToken }, connected));
  console.log(`\nEverything keeps running. ${paint.bold('Ctrl-C')} stops it and removes its data.\n`);
} catch (error) {
  console.error(whyNotStarted(error));
  removeDataFolder(dataFolder);
  process.exit(1);
}

/** Systems first: the server has nobody to answer then. A second signal ends it at once. */
function stopOnSignal(server: RunningServer, played: readonly Played[]): void {
  const stop = async () => {
    await Promise.all(played.map((one) => one.stop()));
    await server.stop();
    removeDataFolder(dataFolder);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1));
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error('no such business');
  return item;
}
