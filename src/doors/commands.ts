import type { Clock, Timers } from '../db/clock.js';
import type { Database, Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { CommandState } from '../domain/doors.js';
import type { ChangeContext } from '../domain/events.js';
import { type Instant, shift } from '../domain/time.js';
import { DatabaseUnavailable } from '../errors.js';
import { LOOK_EVERY_MS, onCommand, wakeForCommand } from './command-wakes.js';

/** A command that nobody acknowledged in time is void: a door must not open long after somebody stood before it. */
export const COMMAND_MS = 10_000;

interface NewCommand {
  readonly id: string;
  readonly doorId: string;
  readonly memberId: string | null;
  readonly linkId: string | null;
  readonly now: Instant;
  readonly expiresAt: Instant;
}

interface StateRow {
  readonly state: CommandState;
  readonly expires_at: Instant;
  readonly detail: string | null;
}

const insert = statement<NewCommand>('commands.insert', (sql, p) =>
  sql('door_commands').insert({
    ...{ id: p.id, door_id: p.doorId, member_id: p.memberId, magic_link_id: p.linkId },
    ...{ created_at: p.now, expires_at: p.expiresAt, state: 'pending' },
  }),
);

const stateOf = statement<{ id: string }, StateRow>('commands.state', (sql, p) =>
  sql('door_commands').where('id', p.id).select('state', 'expires_at', 'detail'),
);

// Whoever said that it could not open was waited on by nobody but the others: when their time is over, its word is what is left.
const EXPIRE = `update door_commands set ended_at = ?,
  state = case when exists (select 1 from command_deliveries d where d.command_id = door_commands.id and d.failed_at is not null)
    then 'failed' else 'expired' end,
  detail = (select d.detail from command_deliveries d where d.command_id = door_commands.id and d.failed_at is not null
    order by d.failed_at desc, d.controller_id limit 1)
  where state = 'pending' and expires_at <= ?`;

const expireOne = statement<{ id: string; now: Instant }>('commands.expire-one', (sql, p) =>
  sql.raw(`${EXPIRE} and id = ?`, [p.now, p.now, p.id]),
);

const expireDue = statement<{ now: Instant }>('commands.expire-due', (sql, p) => sql.raw(EXPIRE, [p.now, p.now]));

/** How a command ended. */
export interface CommandEnd {
  readonly state: Exclude<CommandState, 'pending'>;
  /** What the controller said of it; of one that was withdrawn, the reason. */
  readonly detail: string | null;
}

const UNANSWERED: CommandEnd = { state: 'expired', detail: null };

interface WantedOpen {
  readonly doorId: string;
  /** null: nobody in particular. */
  readonly memberId: string | null;
  /** The Magic Link by which it is asked; absent: by the app. */
  readonly linkId?: string;
}

/**
 * Asks the controllers of a door to open it, in the transaction in which that was decided; returns the id of the command.
 * It is sent once the transaction is stored, if it is allowed then as well (`handOver`), and is void `COMMAND_MS` later.
 */
export async function requestOpen(tx: Tx, { now }: ChangeContext, { doorId, memberId, linkId }: WantedOpen): Promise<string> {
  const id = newId('cmd');
  await tx.run(insert, { id, doorId, memberId, linkId: linkId ?? null, now, expiresAt: shift(now, COMMAND_MS) });
  wakeForCommand(tx);
  return id;
}

interface Waiting {
  readonly db: Database;
  readonly clock: Clock;
  readonly timers: Timers;
}

/**
 * Waits until the command has ended, at most `timeoutMs`; a command that has not is then `expired` for who asked. After
 * `COMMAND_MS` it is so for everybody; after less it may still be done within its own time. Commands that nobody asks about are ended by the door keeper. A database that is
 * away meanwhile is asked again: the command is stored, and the door may be open. Errors: `DatabaseUnavailable` at the end
 * of the time.
 */
export async function waitForCommand(parts: Waiting, id: string, timeoutMs: number = COMMAND_MS): Promise<CommandEnd> {
  const { db, clock, timers } = parts;
  let isLate = false;
  let wake: () => void = () => undefined;
  const stopListening = onCommand(() => wake());
  const stopTimer = timers.after(timeoutMs, () => {
    isLate = true;
    wake();
  });
  try {
    for (;;) {
      const next = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const end = await endOf(db, clock.now(), id).catch((error: unknown) => {
        if (isLate || !(error instanceof DatabaseUnavailable)) throw error;
        return null;
      });
      if (end !== null) return end;
      if (isLate) return timeoutMs < COMMAND_MS ? UNANSWERED : await endByWatch(db, id);
      const stopLooking = timers.after(LOOK_EVERY_MS, () => wake());
      await next;
      stopLooking();
    }
  } finally {
    stopListening();
    stopTimer();
  }
}

/** Its time has passed by the watch, whatever a clock that was set back says: nobody stands before the door any more. */
async function endByWatch(db: Database, id: string): Promise<CommandEnd> {
  const row = await db.read.first(stateOf, { id });
  if (row === undefined) return UNANSWERED;
  await db.transaction((tx) => tx.run(expireOne, { id, now: row.expires_at }));
  return (await readEnd(db.read, id)) ?? UNANSWERED;
}

/** null while it is pending. One whose time is over is ended here, so that no acknowledgement comes after this was said. */
async function endOf(db: Database, now: Instant, id: string): Promise<CommandEnd | null> {
  const row = await db.read.first(stateOf, { id });
  if (row === undefined) return UNANSWERED;
  if (row.state !== 'pending') return { state: row.state, detail: row.detail };
  if (row.expires_at > now) return null;
  await db.transaction((tx) => tx.run(expireOne, { id, now }));
  return readEnd(db.read, id);
}

async function readEnd(reader: Reader, id: string): Promise<CommandEnd | null> {
  const row = await reader.first(stateOf, { id });
  if (row === undefined) return UNANSWERED;
  return row.state === 'pending' ? null : { state: row.state, detail: row.detail };
}

/** Ends every command whose time is over. */
export function expireCommands(tx: Tx, now: Instant): Promise<number> {
  return tx.run(expireDue, { now });
}
