import type { Knex } from 'knex';

/**
 * The first schema. Portable on purpose: flags are 0/1 integers, instants are fixed-width text, ids are text.
 * On PostgreSQL text carries collate "C", so that both engines order it by code point.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = knex.client.config.client === 'pg';
  const textType = postgres ? 'text collate "C"' : 'text';
  const jsonType = postgres ? 'jsonb' : 'text';
  const text = (table: Knex.CreateTableBuilder, name: string) => table.specificType(name, textType);
  const flag = (table: Knex.CreateTableBuilder, name: string) => table.smallint(name).notNullable();
  const owner = (table: Knex.CreateTableBuilder) =>
    text(table, 'integration_id').notNullable().references('id').inTable('integrations').onDelete('CASCADE');

  await knex.schema.createTable('integrations', (table) => {
    text(table, 'id').primary();
    text(table, 'kind').notNullable();
    text(table, 'name').notNullable();
    text(table, 'settings').notNullable();
    text(table, 'attention_reason');
    text(table, 'created_at').notNullable();
    text(table, 'updated_at').notNullable();
    text(table, 'last_request_at');
    text(table, 'last_user_agent');
  });

  await knex.schema.createTable('scim_tokens', (table) => {
    text(table, 'id').primary();
    owner(table);
    // Two live tokens for rotation, never a third: the slot makes it a constraint.
    table.smallint('slot').notNullable();
    text(table, 'token_hash').notNullable().unique();
    flag(table, 'read_only');
    text(table, 'created_at').notNullable();
    text(table, 'expires_at');
    text(table, 'last_used_at');
    table.unique(['integration_id', 'slot']);
  });

  await knex.schema.createTable('api_tokens', (table) => {
    text(table, 'id').primary();
    text(table, 'name').notNullable();
    text(table, 'role').notNullable();
    text(table, 'token_hash').notNullable().unique();
    text(table, 'created_at').notNullable();
    text(table, 'expires_at');
    text(table, 'last_used_at');
  });

  await knex.schema.createTable('users', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    owner(table);
    text(table, 'external_id');
    text(table, 'user_name').notNullable();
    text(table, 'user_name_key').notNullable();
    flag(table, 'active');
    table.integer('version').notNullable();
    text(table, 'document').notNullable();
    table.specificType('match', jsonType).notNullable();
    text(table, 'created_at').notNullable();
    text(table, 'updated_at').notNullable();
    text(table, 'pin_hash');
    text(table, 'pin_sealed');
    table.smallint('pin_length');
    flag(table, 'pin_weak');
    flag(table, 'dirty');
    text(table, 'next_at');
    text(table, 'sync_status').notNullable();
    text(table, 'skip_reason');
    text(table, 'warnings').notNullable();
    table.bigInteger('seen_in_run');
    table.unique(['integration_id', 'user_name_key']);
    table.unique(['integration_id', 'external_id']);
    table.index(['integration_id', 'seq']);
    table.index(['integration_id', 'updated_at']);
  });
  await knex.raw('create index users_dirty on users (seq) where dirty = 1');
  await knex.raw('create index users_pin_hash on users (pin_hash) where pin_hash is not null');
  await knex.raw('create index users_next_at on users (next_at) where next_at is not null');

  await knex.schema.createTable('user_emails', (table) => {
    text(table, 'user_id').notNullable().references('id').inTable('users').onDelete('CASCADE');
    text(table, 'integration_id').notNullable();
    text(table, 'value_key').notNullable();
    table.primary(['user_id', 'value_key']);
    table.index(['integration_id', 'value_key']);
  });

  await knex.schema.createTable('groups', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    owner(table);
    text(table, 'external_id');
    text(table, 'display_name').notNullable();
    text(table, 'display_name_key').notNullable();
    // Its own name, or its id where an integration allows names twice.
    text(table, 'unique_name_key').notNullable();
    table.integer('version').notNullable();
    text(table, 'document').notNullable();
    table.specificType('match', jsonType).notNullable();
    text(table, 'created_at').notNullable();
    text(table, 'updated_at').notNullable();
    table.bigInteger('seen_in_run');
    table.unique(['integration_id', 'unique_name_key']);
    table.unique(['integration_id', 'external_id']);
    table.index(['integration_id', 'seq']);
    table.index(['integration_id', 'display_name_key']);
  });

  // Memberships are rows, never part of a document: adding one costs the same in a Group of ten and of ten thousand.
  await knex.schema.createTable('group_members', (table) => {
    text(table, 'group_id').notNullable().references('id').inTable('groups').onDelete('CASCADE');
    text(table, 'user_id').notNullable().references('id').inTable('users').onDelete('CASCADE');
    table.primary(['group_id', 'user_id']);
    table.index(['user_id', 'group_id']);
  });

  await knex.schema.createTable('group_groups', (table) => {
    text(table, 'parent_id').notNullable().references('id').inTable('groups').onDelete('CASCADE');
    text(table, 'child_id').notNullable().references('id').inTable('groups').onDelete('CASCADE');
    table.primary(['parent_id', 'child_id']);
    table.index(['child_id', 'parent_id']);
  });

  // Rows per block of consecutive seq: their sum is totalResults, and a startIndex is found without walking the list.
  await knex.schema.createTable('directory_blocks', (table) => {
    owner(table);
    text(table, 'resource_type').notNullable();
    table.bigInteger('block').notNullable();
    table.integer('total').notNullable();
    table.primary(['integration_id', 'resource_type', 'block']);
  });

  await knex.schema.createTable('member_groups', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    text(table, 'name').notNullable();
    text(table, 'created_at').notNullable();
    text(table, 'updated_at').notNullable();
  });

  // No reference to groups: a mapping whose Group is gone stays to be seen, and no other Group ever takes its place.
  await knex.schema.createTable('mappings', (table) => {
    owner(table);
    text(table, 'resource_id').notNullable();
    text(table, 'member_group_id').notNullable().references('id').inTable('member_groups').onDelete('CASCADE');
    text(table, 'resource_name').notNullable();
    table.primary(['integration_id', 'resource_id', 'member_group_id']);
    table.index(['member_group_id']);
  });

  await knex.schema.createTable('members', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    text(table, 'integration_id').references('id').inTable('integrations').onDelete('SET NULL');
    text(table, 'user_id').unique();
    text(table, 'external_id');
    text(table, 'name').notNullable();
    text(table, 'name_key').notNullable();
    text(table, 'starts_at');
    text(table, 'ends_at');
    text(table, 'ended_at');
    text(table, 'deleted_at');
    text(table, 'restored_at');
    // When housekeeping has something to do next with an ended or deleted member.
    text(table, 'next_at');
    text(table, 'created_at').notNullable();
    text(table, 'updated_at').notNullable();
    table.index(['integration_id', 'external_id']);
  });
  await knex.raw('create index members_next_at on members (next_at) where next_at is not null');

  await knex.schema.createTable('member_emails', (table) => {
    text(table, 'member_id').notNullable().references('id').inTable('members').onDelete('CASCADE');
    table.smallint('position').notNullable();
    text(table, 'value').notNullable();
    table.primary(['member_id', 'position']);
  });

  await knex.schema.createTable('associations', (table) => {
    text(table, 'id').primary();
    text(table, 'member_id').notNullable().references('id').inTable('members').onDelete('CASCADE');
    text(table, 'member_group_id').notNullable().references('id').inTable('member_groups').onDelete('CASCADE');
    text(table, 'starts_at');
    text(table, 'ends_at');
    text(table, 'managed_by').notNullable();
    text(table, 'created_at').notNullable();
    table.index(['member_id']);
    table.index(['member_group_id']);
  });

  const credential = (table: Knex.CreateTableBuilder) => {
    text(table, 'id').primary();
    text(table, 'member_id').notNullable().references('id').inTable('members').onDelete('CASCADE');
    text(table, 'managed_by').notNullable();
    text(table, 'created_at').notNullable();
    text(table, 'revoked_at');
    text(table, 'cooling_until');
    table.index(['member_id']);
  };
  await knex.schema.createTable('pins', (table) => {
    credential(table);
    // Keyed hash of the digits; unique while active or cooling down, null once the cool-down is over.
    text(table, 'hash').unique();
    text(table, 'sealed').notNullable();
    table.smallint('length').notNullable();
    flag(table, 'from_source').defaultTo(0);
  });
  await knex.raw('create index pins_cooling on pins (cooling_until) where hash is not null and cooling_until is not null');
  await knex.schema.createTable('magic_links', (table) => {
    credential(table);
    text(table, 'secret_hash').notNullable();
    text(table, 'sealed').notNullable();
  });
  await knex.schema.createTable('cards', (table) => {
    credential(table);
    text(table, 'uid').notNullable();
    // The uid while the card is live: one card opens for one member.
    text(table, 'live_uid').unique();
  });

  await knex.schema.createTable('events', (table) => {
    table.bigIncrements('seq');
    text(table, 'id').notNullable().unique();
    text(table, 'created_at').notNullable();
    text(table, 'occurred_at').notNullable();
    text(table, 'subject_type').notNullable();
    text(table, 'subject_id').notNullable();
    text(table, 'subject_name').notNullable();
    text(table, 'verb').notNullable();
    text(table, 'object_type').notNullable();
    text(table, 'object_id').notNullable();
    text(table, 'object_name').notNullable();
    text(table, 'site_id');
    text(table, 'integration_id');
    text(table, 'details');
    text(table, 'result').notNullable();
    table.index(['object_id', 'seq']);
    table.index(['integration_id', 'seq']);
  });

  if (!postgres) await teachPlanner(knex);
}

/**
 * What SQLite's planner believes about the tables (sqlite_stat1), so that its plans do not depend on when ANALYZE ran:
 * one integration has many rows, an id or a key has one. Without it `integration_id = ? and id in (…)` walks the directory.
 *
 * @see https://sqlite.org/fileformat2.html#stat1tab
 */
async function teachPlanner(knex: Knex): Promise<void> {
  const directory = (table: string, indexes: readonly (readonly [string, string])[]) =>
    indexes.map(([index, perPrefix]) => ({ tbl: table, idx: `${table}_${index}`, stat: `100000 ${perPrefix}` }));
  await knex.raw('analyze');
  await knex('sqlite_stat1').insert([
    ...directory('users', [
      ['id_unique', '1'],
      ['integration_id_user_name_key_unique', '20000 1'],
      ['integration_id_external_id_unique', '20000 1'],
      ['integration_id_seq_index', '20000 1'],
      ['integration_id_updated_at_index', '20000 2'],
    ]),
    // Partial indexes hold few of the rows.
    { tbl: 'users', idx: 'users_dirty', stat: '100 1' },
    { tbl: 'users', idx: 'users_next_at', stat: '1000 1' },
    { tbl: 'users', idx: 'users_pin_hash', stat: '10000 1' },
    ...directory('groups', [
      ['id_unique', '1'],
      ['integration_id_unique_name_key_unique', '20000 1'],
      ['integration_id_external_id_unique', '20000 1'],
      ['integration_id_seq_index', '20000 1'],
      ['integration_id_display_name_key_index', '20000 1'],
    ]),
    ...directory('user_emails', [['integration_id_value_key_index', '20000 1']]),
    ...directory('members', [
      ['id_unique', '1'],
      ['user_id_unique', '1'],
      ['integration_id_external_id_index', '20000 1'],
    ]),
  ]);
}

export async function down(knex: Knex): Promise<void> {
  const tables = [
    'events',
    'cards',
    'magic_links',
    'pins',
    'associations',
    'member_emails',
    'members',
    'mappings',
    'member_groups',
    'directory_blocks',
    'group_groups',
    'group_members',
    'groups',
    'user_emails',
    'users',
    'api_tokens',
    'scim_tokens',
    'integrations',
  ];
  for (const table of tables) await knex.schema.dropTable(table);
}
