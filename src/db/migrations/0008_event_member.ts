import type { Knex } from 'knex';

/**
 * Whom an event concerns, so that a member's history and "what has changed since" are found without a walk over the log.
 *
 * On PostgreSQL a lower `seq` can be committed after a higher one; who asks for changes since a moment would miss it.
 * `tx` is the transaction that wrote the event: all below `pg_snapshot_xmin` of a snapshot are in it. SQLite has one
 * writer, there `seq` is enough.
 *
 * @see https://www.postgresql.org/docs/15/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = knex.client.config.client === 'pg';
  await knex.schema.alterTable('events', (table) => {
    table.specificType('member_id', postgres ? 'text collate "C"' : 'text');
  });
  if (postgres) await knex.raw('alter table events add column tx bigint not null default (pg_current_xact_id()::text::bigint)');
  await knex.raw('create index events_member on events (member_id, seq) where member_id is not null');
  if (postgres) await knex.raw('create index events_tx on events (tx)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index events_member');
  if (knex.client.config.client === 'pg') await knex.raw('drop index events_tx');
  await knex.schema.alterTable('events', (table) => {
    table.dropColumn('member_id');
    if (knex.client.config.client === 'pg') table.dropColumn('tx');
  });
}
