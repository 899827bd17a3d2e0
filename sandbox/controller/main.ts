/** A virtual controller at the keyboard: `npx tsx sandbox/controller/main.ts <server url> <controller token> <door id>…` */
import { createInterface } from 'node:readline/promises';
import { VirtualController } from './controller.js';
import { quietly, Routine } from './routine.js';

const HELP = `pin <digits> [door]    card <uid> [door]    cut    restore    sync    upload
battery <percent|none>    mains <on|off>    jam <on|off>    doors    quit`;
const EVERY_MS = 30_000;

const [serverUrl = '', token = '', ...doorIds] = process.argv.slice(2);
const [firstDoor = ''] = doorIds;
if (firstDoor === '') {
  console.error('usage: main.ts <server url> <controller token> <door id>…');
  process.exit(2);
}
const controller = new VirtualController({ serverUrl, token, doorIds });

async function act([word = '', value = '', door = firstDoor]: readonly string[]): Promise<unknown> {
  if (word === 'pin' || word === 'card') return controller.enter(door, word, value);
  if (word === 'cut') return controller.cut();
  if (word === 'restore') return controller.restore();
  if (word === 'sync') return { full: await controller.sync(), members: controller.list.size };
  if (word === 'upload') return { accepted: await controller.upload() };
  if (word === 'battery') controller.power = { ...controller.power, batteryPresent: value !== 'none', batteryPercent: Number(value) || 0 };
  else if (word === 'mains') controller.power = { ...controller.power, mainsPresent: value === 'on' };
  else if (word === 'jam') controller.jammed = value === 'on';
  else if (word === 'doors') return Object.fromEntries([...controller.doors].map(([id, { openings }]) => [id, openings]));
  else return HELP;
  return controller.report();
}

const routine = new Routine(controller, EVERY_MS);
await routine.start();
if (routine.trouble !== null) console.error(routine.trouble);
console.log(HELP);
const input = createInterface({ input: process.stdin });
for await (const line of input) {
  if (line.trim() === 'quit') break;
  console.log(await quietly(() => act(line.trim().split(/\s+/))));
}
input.close();
await routine.stop();
