import type { Knex } from 'knex';

/** What pulling needs: secrets and memory of adapters, leases, runs, hints, removals that wait for approval. */
export async function up(knex: Knex): Promise<void> {
  const postgres = knex.client.config.client === 'pg';
  const textType = postgres ? 'text collate "C"' : 'text';
  const text = (table: Knex.CreateTableBuilder, name: string) => table.specificType(name, textType);
  const flag = (table: Knex.CreateTableBuilder, name: string) => table.smallint(name).notNullable();
  const owner = (table: Knex.CreateTableBuilder) =>
    text(table, 'integration_id').notNullable().references('id').inTable('integrations').onDelete('CASCADE');

  await knex.schema.alterTable('integrations', (table) => {
    table.specificType('config', textType).notNullable().defaultTo('{}');
    // Who was reached when it was connected, as JSON.
    table.specificType('account', textType);
    // Counts up when settings, configuration or secrets change: a run that began before stops.
    table.bigInteger('epoch').notNullable().defaultTo(0);
  });

  // What a source was last seen to say of a User, so that what has not changed costs no write and no check.
  await knex.schema.alterTable('users', (table) => {
    table.specificType('source_key', textType);
    table.specificType('source_hash', textType);
    // The complete run in which it was missing for the first time; null while the source has it.
    table.bigInteger('missing_since');
    // What was last written into the source for it.
    table.specificType('written_back', textType);
  });
  await knex.schema.alterTable('groups', (table) => {
    table.specificType('source_kind', textType);
    table.specificType('source_hash', textType);
    table.bigInteger('missing_since');
  });
  for (const table of ['users', 'groups']) await knex.raw(`alter table ${table} drop column seen_in_run`);
  await knex.raw('create index users_source_key on users (integration_id, source_key) where source_key is not null');

  // Sealed as one JSON text.
  await knex.schema.createTable('integration_secrets', (table) => {
    owner(table).primary();
    text(table, 'sealed').notNullable();
    text(table, 'updated_at').notNullable();
  });

  // Tokens, subscriptions, routes found out: an adapter's vault. Every value is sealed.
  await knex.schema.createTable('adapter_memory', (table) => {
    owner(table);
    text(table, 'key').notNullable();
    text(table, 'sealed').notNullable();
    text(table, 'updated_at').notNullable();
    table.primary(['integration_id', 'key']);
  });

  // One holder at a time, across processes. The fence counts up with every new holder: who was held up too long writes no more.
  await knex.schema.createTable('leases', (table) => {
    text(table, 'name').primary();
    table.bigInteger('fence').notNullable();
    text(table, 'holder').notNullable();
    text(table, 'expires_at').notNullable();
  });

  await knex.schema.createTable('sync_state', (table) => {
    owner(table).primary();
    text(table, 'cursor');
    // Of the last complete read: when it ended and how many Users it had.
    text(table, 'complete_at');
    table.integer('complete_users').notNullable().defaultTo(0);
    text(table, 'due_at');
    table.integer('failures').notNullable().defaultTo(0);
    text(table, 'renew_at');
  });
  await knex.raw('create index sync_state_due on sync_state (due_at) where due_at is not null');

  await knex.schema.createTable('sync_runs', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    owner(table);
    text(table, 'trigger').notNullable();
    text(table, 'mode').notNullable();
    flag(table, 'dry_run');
    text(table, 'state').notNullable();
    text(table, 'started_at').notNullable();
    text(table, 'ended_at');
    for (const count of ['pages', 'created', 'changed', 'removed', 'unchanged', 'skipped', 'held']) table.integer(count).notNullable();
    text(table, 'error');
    table.index(['integration_id', 'seq']);
  });

  // What a run did to members, in sentences; the first ones of each run.
  await knex.schema.createTable('sync_run_changes', (table) => {
    text(table, 'run_id').notNullable().references('id').inTable('sync_runs').onDelete('CASCADE');
    table.integer('position').notNullable();
    text(table, 'user_id').notNullable();
    text(table, 'name').notNullable();
    text(table, 'change').notNullable();
    text(table, 'because').notNullable();
    table.primary(['run_id', 'position']);
  });

  await knex.schema.createTable('held_plans', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    owner(table);
    text(table, 'run_id').notNullable();
    text(table, 'state').notNullable();
    text(table, 'reason').notNullable();
    // Of what it would remove: the same again is the same plan.
    text(table, 'digest').notNullable();
    table.bigInteger('epoch').notNullable();
    table.integer('removals').notNullable();
    text(table, 'created_at').notNullable();
    text(table, 'closed_at');
    table.index(['integration_id', 'seq']);
  });
  await knex.raw("create unique index held_plans_open on held_plans (integration_id) where state = 'open'");
  await knex.schema.createTable('held_removals', (table) => {
    text(table, 'plan_id').notNullable().references('id').inTable('held_plans').onDelete('CASCADE');
    table.integer('position').notNullable();
    // `user`, `group`, or `membership` of a User in a Group.
    text(table, 'kind').notNullable();
    text(table, 'user_id');
    text(table, 'group_id');
    text(table, 'name').notNullable();
    table.integer('version').notNullable();
    table.primary(['plan_id', 'position']);
  });

  // An empty source_key asks for everything that changed. Rows stay for a while after they are done, so that a run that
  // read before knows what is newer than its page.
  await knex.schema.createTable('pull_hints', (table) => {
    table.bigIncrements('seq');
    owner(table);
    text(table, 'source_key').notNullable();
    text(table, 'received_at').notNullable();
    text(table, 'due_at');
    text(table, 'done_at');
    table.integer('attempts').notNullable();
    table.unique(['integration_id', 'source_key']);
  });
  await knex.raw('create index pull_hints_due on pull_hints (due_at) where due_at is not null');

  await knex.schema.createTable('webhook_receipts', (table) => {
    owner(table);
    text(table, 'message_id').notNullable();
    text(table, 'received_at').notNullable();
    table.primary(['integration_id', 'message_id']);
    table.index(['received_at']);
  });

  await knex.schema.createTable('oauth_states', (table) => {
    text(table, 'state_hash').primary();
    owner(table);
    text(table, 'sealed').notNullable();
    text(table, 'expires_at').notNullable();
  });

  if (!postgres) {
    // As in the first migration: partial indexes hold few rows of a key.
    await knex('sqlite_stat1').insert({ tbl: 'users', idx: 'users_source_key', stat: '100000 20000 1' });
  }
}

export async function down(knex: Knex): Promise<void> {
  const tables = [
    'oauth_states',
    'webhook_receipts',
    'pull_hints',
    'held_removals',
    'held_plans',
    'sync_run_changes',
    'sync_runs',
    'sync_state',
    'leases',
    'adapter_memory',
    'integration_secrets',
  ];
  for (const table of tables) await knex.schema.dropTable(table);
  await knex.raw('drop index users_source_key');
  for (const column of ['source_key', 'source_hash', 'missing_since', 'written_back'])
    await knex.raw(`alter table users drop column ${column}`);
  for (const column of ['source_kind', 'source_hash', 'missing_since']) await knex.raw(`alter table groups drop column ${column}`);
  for (const table of ['users', 'groups']) await knex.raw(`alter table ${table} add column seen_in_run bigint`);
  for (const column of ['config', 'account', 'epoch']) await knex.raw(`alter table integrations drop column ${column}`);
}
