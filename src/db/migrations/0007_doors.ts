import type { Knex } from 'knex';

/** Sites with doors, who may open them and when, the controllers that move the locks, and what guests' browsers hold. */
export async function up(knex: Knex): Promise<void> {
  const textType = knex.client.config.client === 'pg' ? 'text collate "C"' : 'text';
  const text = (table: Knex.CreateTableBuilder, name: string) => table.specificType(name, textType);
  const named = (table: Knex.CreateTableBuilder) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    text(table, 'name').notNullable();
    text(table, 'created_at').notNullable();
    text(table, 'updated_at').notNullable();
  };

  await knex.schema.createTable('sites', (table) => {
    named(table);
    text(table, 'time_zone').notNullable();
  });
  await knex.schema.createTable('doors', (table) => {
    named(table);
    text(table, 'site_id').notNullable().references('id').inTable('sites').onDelete('RESTRICT');
    table.index(['site_id', 'seq']);
  });
  await knex.schema.createTable('schedules', (table) => {
    named(table);
    text(table, 'site_id').references('id').inTable('sites').onDelete('RESTRICT');
    // Seven lists of ranges of local time, Monday first.
    text(table, 'days').notNullable();
    table.index(['site_id']);
  });
  await knex.schema.createTable('permissions', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    text(table, 'member_group_id').notNullable().references('id').inTable('member_groups').onDelete('CASCADE');
    // One of the two: all doors of a site, or one door.
    text(table, 'site_id').references('id').inTable('sites').onDelete('CASCADE');
    text(table, 'door_id').references('id').inTable('doors').onDelete('CASCADE');
    // Words joined by a comma; null: all methods.
    text(table, 'methods');
    // A schedule that is gone would turn "in office hours" into "always": it cannot go while it restricts anything.
    text(table, 'schedule_id').references('id').inTable('schedules').onDelete('RESTRICT');
    table.index(['member_group_id', 'seq']);
    table.index(['site_id']);
    table.index(['door_id']);
    table.index(['schedule_id']);
  });
  // The members whom a permission leads to a door are read in the order of their ids, some hundred at a time.
  await knex.schema.alterTable('associations', (table) => {
    table.dropIndex(['member_group_id']);
    table.index(['member_group_id', 'member_id']);
  });

  await knex.schema.createTable('controllers', (table) => {
    named(table);
    text(table, 'token_hash').notNullable().unique();
    text(table, 'last_seen_at');
    // What it last said of itself; null: nothing yet.
    text(table, 'status_at');
    table.smallint('online');
    table.smallint('mains_present');
    table.smallint('battery_present');
    table.smallint('battery_percent');
  });
  await knex.schema.createTable('controller_doors', (table) => {
    text(table, 'controller_id').notNullable().references('id').inTable('controllers').onDelete('CASCADE');
    text(table, 'door_id').notNullable().references('id').inTable('doors').onDelete('CASCADE');
    table.primary(['controller_id', 'door_id']);
    table.index(['door_id']);
  });
  // What a controller has told already, by its own ids: told again it is passed over.
  await knex.schema.createTable('controller_events', (table) => {
    text(table, 'controller_id').notNullable().references('id').inTable('controllers').onDelete('CASCADE');
    text(table, 'event_id').notNullable();
    text(table, 'received_at').notNullable();
    table.primary(['controller_id', 'event_id']);
    table.index(['received_at']);
  });
  await knex.schema.createTable('door_commands', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    text(table, 'door_id').notNullable().references('id').inTable('doors').onDelete('CASCADE');
    text(table, 'member_id');
    text(table, 'created_at').notNullable();
    text(table, 'expires_at').notNullable();
    text(table, 'state').notNullable();
    text(table, 'controller_id');
    text(table, 'detail');
    text(table, 'ended_at');
    table.index(['door_id', 'seq']);
    table.index(['expires_at']);
  });
  // Wrong PINs and cards: what the limiter counts.
  await knex.schema.createTable('door_attempts', (table) => {
    table.bigIncrements('seq');
    text(table, 'door_id').notNullable().references('id').inTable('doors').onDelete('CASCADE');
    text(table, 'at').notNullable();
    table.index(['door_id', 'at']);
    table.index(['at']);
  });

  await knex.schema.createTable('guest_sessions', (table) => {
    text(table, 'id').primary();
    text(table, 'token_hash').notNullable().unique();
    text(table, 'magic_link_id').notNullable().references('id').inTable('magic_links').onDelete('CASCADE');
    text(table, 'created_at').notNullable();
    text(table, 'expires_at').notNullable();
    table.index(['magic_link_id']);
    table.index(['expires_at']);
  });
  // Who has been checked in at the source on which local day: the first opening of a day, and no other.
  await knex.schema.createTable('check_ins', (table) => {
    text(table, 'integration_id').notNullable().references('id').inTable('integrations').onDelete('CASCADE');
    text(table, 'user_id').notNullable();
    text(table, 'day').notNullable();
    text(table, 'created_at').notNullable();
    table.primary(['integration_id', 'user_id', 'day']);
    table.index(['created_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('associations', (table) => {
    table.dropIndex(['member_group_id', 'member_id']);
    table.index(['member_group_id']);
  });
  const doors = ['door_attempts', 'door_commands', 'controller_events', 'controller_doors', 'controllers'];
  for (const table of ['check_ins', 'guest_sessions', ...doors, 'permissions', 'schedules', 'doors', 'sites']) {
    await knex.schema.dropTable(table);
  }
}
