import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';

const ROWS_AT_A_TIME = 1_000;
const KEPT_DAYS = 7;

/** A command as its controller gets it. */
export interface PendingCommand {
  readonly seq: number;
  readonly id: string;
  readonly controllerId: string;
  readonly doorId: string;
  readonly memberId: string | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** It has gone to this controller already, on this connection or another. */
  readonly wasSent: boolean;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly controller_id: string;
  readonly door_id: string;
  readonly member_id: string | null;
  readonly created_at: Instant;
  readonly expires_at: Instant;
  readonly was_sent: number;
}

// Only what has not expired is read, so that there is little to read however long the list of old ones.
const pending = statement<{ now: Instant; controllers: string }, Row>('commands.pending', (sql, p, dialect) =>
  sql.raw(
    `select c.seq, c.id, d.controller_id, c.door_id, c.member_id, c.created_at, c.expires_at,
       case when exists (select 1 from command_deliveries s where s.command_id = c.id and s.controller_id = d.controller_id)
         then 1 else 0 end as was_sent
     from door_commands c join controller_doors d on d.door_id = c.door_id
     where c.expires_at > ? and c.state = 'pending' and ${dialect.inList('d.controller_id')} order by c.seq`,
    [p.now, p.controllers],
  ),
);

const anyDue = statement<{ now: Instant }, { one: number }>('commands.any-due', (sql, p) =>
  sql.raw(`select 1 as one from door_commands where state = 'pending' and expires_at <= ? limit 1`, [p.now]),
);

const forget = statement<{ before: Instant }>('commands.forget', (sql, p) =>
  sql.raw(
    `delete from door_commands where seq in (select seq from door_commands where expires_at < ? order by expires_at limit ${ROWS_AT_A_TIME})`,
    [p.before],
  ),
);

const presses = statement<{ ids: string; doors: string }, Pick<Row, 'id' | 'door_id' | 'member_id' | 'created_at' | 'expires_at'>>(
  'commands.presses',
  (sql, p, dialect) =>
    sql.raw(
      `select id, door_id, member_id, created_at, expires_at from door_commands
       where ${dialect.inList('id')} and ${dialect.inList('door_id')} and state <> 'withdrawn'`,
      [p.ids, p.doors],
    ),
);

const tokens = statement<{ controllers: string }, { id: string; token_hash: string }>('commands.tokens', (sql, p, dialect) =>
  sql.raw(`select id, token_hash from controllers where ${dialect.inList('id')}`, [p.controllers]),
);

/** What somebody had opened by a command. */
export interface Press {
  readonly doorId: string;
  /** null: nobody in particular. */
  readonly memberId: string | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** By id: those of the ids that are commands for these doors; one that was withdrawn opened nothing. */
export async function pressesOf(reader: Reader, ids: readonly string[], doorIds: readonly string[]): Promise<ReadonlyMap<string, Press>> {
  const ours = ids.filter((id) => id.startsWith('cmd_'));
  if (ours.length === 0) return new Map();
  const rows = await reader.all(presses, { ids: JSON.stringify(ours), doors: JSON.stringify(doorIds) });
  return new Map(
    rows.map((row) => [row.id, { doorId: row.door_id, memberId: row.member_id, createdAt: row.created_at, expiresAt: row.expires_at }]),
  );
}

/** Commands for the doors of these controllers that wait to be acknowledged, in the order in which they were made. */
export async function pendingCommands(reader: Reader, controllerIds: readonly string[], now: Instant): Promise<PendingCommand[]> {
  const rows = await reader.all(pending, { now, controllers: JSON.stringify(controllerIds) });
  return rows.map((row) => ({
    ...{ seq: row.seq, id: row.id, controllerId: row.controller_id, doorId: row.door_id, memberId: row.member_id },
    ...{ createdAt: row.created_at, expiresAt: row.expires_at, wasSent: row.was_sent === 1 },
  }));
}

/** The hash of the token that each of these controllers has now; those that are gone are missing. */
export async function tokenHashes(reader: Reader, controllerIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.all(tokens, { controllers: JSON.stringify(controllerIds) });
  return new Map(rows.map(({ id, token_hash }) => [id, token_hash]));
}

export async function isAnyCommandDue(reader: Reader, now: Instant): Promise<boolean> {
  return (await reader.first(anyDue, { now })) !== undefined;
}

/** Returns how many were forgotten: a part at a time. */
export function forgetCommands(tx: Tx, now: Instant): Promise<number> {
  return tx.run(forget, { before: shift(now, -KEPT_DAYS * 86_400_000) });
}
