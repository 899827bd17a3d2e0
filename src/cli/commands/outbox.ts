import { type Command, InvalidArgumentError, Option } from 'commander';
import { DELIVERY_STATES, type Delivery, type DeliveryPlace, type DeliveryState, listDeliveries } from '../../outbox/list.js';
import { replay, replayDead } from '../../outbox/replay.js';
import type { Parts } from '../../compose.js';
import type { Io } from '../io.js';
import { withParts } from '../open.js';
import { answering, type Outcome, type Result } from '../result.js';
import { type Paint, table } from '../text.js';

const LIMIT_DEFAULT = 100;
const PAGE = 100;
const DIGITS = /^\d{1,6}$/;

export function addOutbox(program: Command, io: Io, outcome: Outcome): void {
  const group = program.command('outbox').description('what waits to be sent, and what could not be');

  group
    .command('list')
    .description('messages that wait or were set aside, then the last attempts; newest first')
    .addOption(new Option('--state <state>', 'only these').choices([...DELIVERY_STATES]))
    .option('--limit <number>', 'how many at most', parseLimit, LIMIT_DEFAULT)
    .action(
      answering(io, outcome, ({ state, limit }: { state?: DeliveryState; limit: number }) =>
        withParts(io.readConfig(), async (parts) => {
          const data = await read(parts, state, limit);
          return { json: { data }, text: (paint) => textOf(paint, data) };
        }),
      ),
    );

  group
    .command('retry [id]')
    .description('send a message again that waits or was set aside; the server does it, with the same id')
    .option('--dead', 'all that were set aside')
    .action(
      answering(io, outcome, (id: string | undefined, { dead = false }: { dead?: boolean }) =>
        withParts(io.readConfig(), (parts) => retry(parts, group, id, dead)),
      ),
    );
}

async function read({ db, clock }: Parts, state: DeliveryState | undefined, limit: number): Promise<Delivery[]> {
  const found: Delivery[] = [];
  let place: DeliveryPlace | null = null;
  do {
    const { data, next } = await listDeliveries(
      db.read,
      clock.now(),
      state === undefined ? {} : { state },
      Math.min(PAGE, limit - found.length),
      place,
    );
    found.push(...data);
    place = next;
  } while (place !== null && found.length < limit);
  return found;
}

async function retry({ db, clock }: Parts, command: Command, id: string | undefined, dead: boolean): Promise<Result> {
  if ((id === undefined) !== dead) command.error('error: give either an id or --dead', { exitCode: 2 });
  const now = clock.now();
  if (id !== undefined) {
    await db.transaction((tx) => replay(tx, id, now));
    return { json: { id, retried: 1 }, text: () => `${id} will be sent again.` };
  }
  const retried = await db.transaction((tx) => replayDead(tx, now));
  return { json: { retried }, text: () => `${retried} messages will be sent again.` };
}

function textOf(paint: Paint, data: readonly Delivery[]): string {
  const rows = data.map((one) => [one.id, one.state, one.destination, one.kind, one.attempts, one.at, one.dueAt, one.status]);
  return table(
    paint,
    ['ID', 'STATE', 'DESTINATION', 'KIND', 'ATTEMPTS', 'AT', 'DUE', 'STATUS'],
    rows,
    'Nothing waits, and nothing was sent.',
  );
}

function parseLimit(text: string): number {
  const limit = DIGITS.test(text) ? Number(text) : 0;
  if (limit < 1) throw new InvalidArgumentError('A number from 1 to 999999 is needed.');
  return limit;
}
