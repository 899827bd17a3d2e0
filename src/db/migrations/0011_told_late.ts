import type { Knex } from 'knex';

/** Doors that a controller had, for what it tells late; which controllers a command went to, and the link it was asked by. */
export async function up(knex: Knex): Promise<void> {
  const textType = knex.client.config.client === 'pg' ? 'text collate "C"' : 'text';
  const text = (table: Knex.CreateTableBuilder, name: string) => table.specificType(name, textType);

  // With name and site, since the door may be gone by the time at which its openings are told.
  await knex.schema.createTable('former_doors', (table) => {
    text(table, 'controller_id').notNullable().references('id').inTable('controllers').onDelete('CASCADE');
    text(table, 'door_id').notNullable();
    text(table, 'door_name').notNullable();
    text(table, 'site_id').notNullable();
    text(table, 'ended_at').notNullable();
    // The version of a list without this door that was sent to the controller, and when the controller came back with it: until
    // then it may have opened the door by an older one.
    text(table, 'list_version');
    text(table, 'list_at');
    table.primary(['controller_id', 'door_id']);
    table.index(['ended_at']);
  });

  await knex.schema.createTable('command_deliveries', (table) => {
    text(table, 'command_id').notNullable().references('id').inTable('door_commands').onDelete('CASCADE');
    text(table, 'controller_id').notNullable().references('id').inTable('controllers').onDelete('CASCADE');
    text(table, 'sent_at').notNullable();
    // When this controller said that it could not open.
    text(table, 'failed_at');
    text(table, 'detail');
    table.primary(['command_id', 'controller_id']);
    table.index(['controller_id']);
  });
  // No reference: a link that is gone is one that opens nothing.
  await knex.schema.alterTable('door_commands', (table) => {
    text(table, 'magic_link_id');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table door_commands drop column magic_link_id');
  await knex.schema.dropTable('command_deliveries');
  await knex.schema.dropTable('former_doors');
}
