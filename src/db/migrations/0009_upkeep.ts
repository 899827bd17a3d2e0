import type { Knex } from 'knex';

const TEXT = ['due_set_at', 'renew_set_at'];

/** When each time of `sync_state` was set, so that a clock that was put back since is noticed; failures of renewing a subscription. */
export async function up(knex: Knex): Promise<void> {
  const textType = knex.client.config.client === 'pg' ? 'text collate "C"' : 'text';
  await knex.schema.alterTable('sync_state', (table) => {
    for (const column of TEXT) table.specificType(column, textType);
    table.integer('renew_failures').notNullable().defaultTo(0);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const column of [...TEXT, 'renew_failures']) await knex.raw(`alter table sync_state drop column ${column}`);
}
