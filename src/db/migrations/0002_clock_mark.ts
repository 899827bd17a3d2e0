import type { Knex } from 'knex';

/** The last moment at which the work of time was done: what tells a clock that is years off from the passing of time. One row. */
export async function up(knex: Knex): Promise<void> {
  const textType = knex.client.config.client === 'pg' ? 'text collate "C"' : 'text';
  await knex.schema.createTable('clock_marks', (table) => {
    table.smallint('id').primary();
    table.specificType('at', textType).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('clock_marks');
}
