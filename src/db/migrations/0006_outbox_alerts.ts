import type { Knex } from 'knex';

/** What waits to leave the process, what was tried, and what is wrong at the moment. */
export async function up(knex: Knex): Promise<void> {
  const textType = knex.client.config.client === 'pg' ? 'text collate "C"' : 'text';
  const text = (table: Knex.CreateTableBuilder, name: string) => table.specificType(name, textType);
  const integration = (table: Knex.CreateTableBuilder) =>
    text(table, 'integration_id').references('id').inTable('integrations').onDelete('CASCADE');

  await knex.schema.createTable('outbox', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    text(table, 'destination').notNullable();
    text(table, 'kind').notNullable();
    // Until its first claim: whoever asks for the same again meanwhile gets this message.
    text(table, 'dedupe_key');
    integration(table);
    text(table, 'payload').notNullable();
    text(table, 'created_at').notNullable();
    text(table, 'due_at').notNullable();
    // From when on it may be tried in vain: since it was first due, or was replayed.
    text(table, 'waiting_since').notNullable();
    table.integer('attempts').notNullable();
    text(table, 'state').notNullable();
    text(table, 'lease_token');
    text(table, 'lease_until');
    text(table, 'last_error');
    text(table, 'died_at');
    table.index(['integration_id']);
  });
  // The line of each destination; a claim hops from one destination to the next and looks at the first message of each.
  await knex.raw("create index outbox_line on outbox (destination, seq) where state = 'pending'");
  await knex.raw('create index outbox_leased on outbox (destination, lease_until) where lease_until is not null');
  await knex.raw('create unique index outbox_dedupe on outbox (destination, dedupe_key) where dedupe_key is not null');
  await knex.raw("create index outbox_dead on outbox (seq) where state = 'dead'");

  await knex.schema.createTable('deliveries', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    // No references: what was sent stays to be seen when the message and the integration are gone.
    text(table, 'outbox_id').notNullable();
    text(table, 'destination').notNullable();
    text(table, 'kind').notNullable();
    text(table, 'integration_id');
    text(table, 'at').notNullable();
    table.integer('attempt').notNullable();
    text(table, 'outcome').notNullable();
    text(table, 'status');
    table.double('duration_ms').notNullable();
    table.index(['destination', 'seq']);
    table.index(['outbox_id', 'seq']);
    table.index(['at']);
  });

  await knex.schema.createTable('alerts', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    text(table, 'type').notNullable();
    integration(table);
    text(table, 'site_id');
    text(table, 'subject_key').notNullable();
    text(table, 'opened_at').notNullable();
    text(table, 'closed_at');
    text(table, 'message').notNullable();
    text(table, 'closing_message');
    table.index(['integration_id', 'seq']);
  });
  await knex.raw('create unique index alerts_open on alerts (type, subject_key) where closed_at is null');
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['alerts', 'deliveries', 'outbox']) await knex.schema.dropTable(table);
}
