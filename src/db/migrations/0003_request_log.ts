import type { Knex } from 'knex';

/** The last requests of each identity provider, for the admin to look at; rows beyond the last few are pruned on write. */
export async function up(knex: Knex): Promise<void> {
  const textType = knex.client.config.client === 'pg' ? 'text collate "C"' : 'text';
  const text = (table: Knex.CreateTableBuilder, name: string) => table.specificType(name, textType);

  await knex.schema.createTable('request_log', (table) => {
    table.bigIncrements('seq');
    // The X-Request-Id of the answer.
    text(table, 'id').notNullable().unique();
    text(table, 'integration_id').notNullable().references('id').inTable('integrations').onDelete('CASCADE');
    // No reference: what a token did stays to be seen when it has been revoked.
    text(table, 'token_id').notNullable();
    text(table, 'at').notNullable();
    text(table, 'method').notNullable();
    text(table, 'path').notNullable();
    table.smallint('status').notNullable();
    text(table, 'scim_type');
    text(table, 'detail');
    table.double('duration_ms').notNullable();
    table.integer('request_bytes').notNullable();
    table.integer('response_bytes').notNullable();
    text(table, 'user_agent');
    text(table, 'request_body');
    text(table, 'response_body');
    table.index(['integration_id', 'seq']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('request_log');
}
