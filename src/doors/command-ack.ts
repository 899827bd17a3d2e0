import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { CommandState } from '../domain/doors.js';
import type { ChangeContext } from '../domain/events.js';
import { type Instant, shift } from '../domain/time.js';
import { Conflict, NotFound } from '../errors.js';
import { requestCheckIn } from './check-ins.js';
import { LOOK_EVERY_MS, wakeForCommand } from './command-wakes.js';
import { mayAnotherOpen, mayBeGivenToAnother, noteFailure } from './delivery-store.js';
import { SILENCE_MS } from './hardware.js';
import { rememberReported } from './reported-store.js';

interface Row {
  readonly id: string;
  readonly door_id: string;
  readonly member_id: string | null;
  readonly state: CommandState;
  readonly created_at: Instant;
  readonly expires_at: Instant;
}

/** Another controller's command is none; one that went to this controller stays its own when the door is moved meanwhile. */
const lock = statement<{ id: string; controllerId: string }, Row>('commands.lock', (sql, p) =>
  sql('door_commands')
    .where('id', p.id)
    .where((own) =>
      own
        .whereIn('door_id', sql('controller_doors').where('controller_id', p.controllerId).select('door_id'))
        .orWhereIn('id', sql('command_deliveries').where('controller_id', p.controllerId).select('command_id')),
    )
    .forNoKeyUpdate()
    .select('id', 'door_id', 'member_id', 'state', 'created_at', 'expires_at'),
);

const end = statement<{ id: string; state: CommandState; controllerId: string | null; detail: string | null; now: Instant }>(
  'commands.end',
  (sql, p) =>
    sql('door_commands')
      .where({ id: p.id, state: 'pending' })
      .update({ state: p.state, controller_id: p.controllerId, detail: p.detail, ended_at: p.now }),
);

export interface Acknowledgement {
  readonly result: 'opened' | 'failed';
  readonly detail?: string | undefined;
}

/**
 * What a controller says of a command; said again, it changes nothing. `opened` by any controller ends it, and whoever opened
 * the door by it is checked in. `failed` ends it once every controller that it went to has said so: until then it stays pending, for
 * another may still open. Errors: `NotFound`; `Conflict` for one that has expired, or was ended otherwise.
 */
export async function acknowledge(
  tx: Tx,
  context: ChangeContext,
  controllerId: string,
  commandId: string,
  { result, detail = '' }: Acknowledgement,
): Promise<{ readonly id: string; readonly state: CommandState }> {
  const { now } = context;
  const command = await tx.first(lock, { id: commandId, controllerId });
  if (command === undefined) throw new NotFound('There is no such command.');
  const { id } = command;
  const state: CommandState = result === 'opened' ? 'done' : 'failed';
  if (command.state === state) return { id, state };
  refuseEnded(command, now);
  const said = detail === '' ? null : detail;
  if (state === 'failed') {
    await noteFailure(tx, { commandId: id, controllerId, now, detail: said });
    if ((await mayAnotherOpen(tx, id)) || (await isOnItsWay(tx, command, now))) return { id, state: 'pending' };
  }
  await tx.run(end, { id, state, controllerId, detail: said, now });
  // An opening that the controller uploads under the id of the command is known already.
  await rememberReported(tx, controllerId, [id], now);
  if (state === 'done' && command.member_id !== null) {
    await requestCheckIn(tx, { doorId: command.door_id, memberId: command.member_id, at: now, now });
  }
  wakeForCommand(tx);
  return { id, state };
}

/** A controller that is connected to another process gets a command a look later: one that fails at once must not be its end. */
async function isOnItsWay(tx: Tx, { id, door_id: doorId, created_at: createdAt }: Row, now: Instant): Promise<boolean> {
  if (tx.engine === 'sqlite' || now >= shift(createdAt, 2 * LOOK_EVERY_MS)) return false;
  return mayBeGivenToAnother(tx, { commandId: id, doorId, seenSince: shift(now, -SILENCE_MS) });
}

/** @throws Conflict */
function refuseEnded({ state, expires_at: expiresAt }: Row, now: Instant): void {
  if (state === 'done' || state === 'failed') throw new Conflict('This command was acknowledged with another result.');
  if (state === 'withdrawn') throw new Conflict('This command was withdrawn: the door must not be opened by it.');
  if (state === 'expired' || expiresAt <= now) throw new Conflict('This command has expired: the door must not be opened by it.');
}
