import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

/** To which controllers a command went, and which of them said that they could not open. */
interface Delivery {
  readonly commandId: string;
  readonly controllerId: string;
  readonly now: Instant;
}

const insert = statement<Delivery>('deliveries-of-commands.insert', (sql, p) =>
  sql('command_deliveries')
    .insert({ command_id: p.commandId, controller_id: p.controllerId, sent_at: p.now })
    .onConflict(['command_id', 'controller_id'])
    .ignore(),
);

const fail = statement<Delivery & { detail: string | null }>('deliveries-of-commands.fail', (sql, p) =>
  sql.raw(
    `insert into command_deliveries (command_id, controller_id, sent_at, failed_at, detail) values (?, ?, ?, ?, ?)
     on conflict (command_id, controller_id) do update set failed_at = excluded.failed_at, detail = excluded.detail`,
    [p.commandId, p.controllerId, p.now, p.now, p.detail],
  ),
);

const anyOf = statement<{ commandId: string }, { one: number }>('deliveries-of-commands.any', (sql, p) =>
  sql.raw('select 1 as one from command_deliveries where command_id = ? limit 1', [p.commandId]),
);

const anyOpen = statement<{ commandId: string }, { one: number }>('deliveries-of-commands.any-open', (sql, p) =>
  sql.raw('select 1 as one from command_deliveries where command_id = ? and failed_at is null limit 1', [p.commandId]),
);

const anyToCome = statement<{ commandId: string; doorId: string; seenSince: Instant }, { one: number }>(
  'deliveries-of-commands.any-to-come',
  (sql, p) =>
    sql.raw(
      `select 1 as one from controller_doors d join controllers c on c.id = d.controller_id
       where d.door_id = ? and c.last_seen_at >= ?
         and not exists (select 1 from command_deliveries s where s.command_id = ? and s.controller_id = d.controller_id) limit 1`,
      [p.doorId, p.seenSince, p.commandId],
    ),
);

/** Before the command is sent. A controller that gets it again, on another connection, has it once. */
export async function noteDelivery(tx: Tx, delivery: Delivery): Promise<void> {
  await tx.run(insert, delivery);
}

export async function noteFailure(tx: Tx, failure: Delivery & { readonly detail: string | null }): Promise<void> {
  await tx.run(fail, failure);
}

export async function isDelivered(reader: Reader, commandId: string): Promise<boolean> {
  return (await reader.first(anyOf, { commandId })) !== undefined;
}

/** Has it gone to a controller that has not said that it failed? */
export async function mayAnotherOpen(reader: Reader, commandId: string): Promise<boolean> {
  return (await reader.first(anyOpen, { commandId })) !== undefined;
}

/** Is there another controller of the door, heard of since then, that it has not gone to? */
export async function mayBeGivenToAnother(
  reader: Reader,
  of: { readonly commandId: string; readonly doorId: string; readonly seenSince: Instant },
): Promise<boolean> {
  return (await reader.first(anyToCome, of)) !== undefined;
}
