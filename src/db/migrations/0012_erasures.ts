import type { Knex } from 'knex';

/** As instants are written: 92 days after the last event of a group. */
const DAYS_LATER = {
  sqlite: "strftime('%Y-%m-%dT%H:%M:%fZ', max(created_at), '+92 days')",
  postgres: `to_char((max(created_at)::timestamptz at time zone 'UTC') + interval '92 days', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
};

/**
 * Whose names in the log are to be erased, and from when on: members that were purged, Users that were deleted. One row
 * each until it is done; `done_to` is the last event that was looked at, so that a long history is worked off in parts.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = knex.client.config.client === 'pg';
  const textType = postgres ? 'text collate "C"' : 'text';
  const text = (table: Knex.CreateTableBuilder, name: string) => table.specificType(name, textType).notNullable();
  await knex.schema.createTable('erasures', (table) => {
    table.bigIncrements('seq');
    text(table, 'kind');
    text(table, 'object_id');
    text(table, 'due_at');
    table.bigInteger('done_to').notNullable().defaultTo(0);
    table.index(['due_at', 'seq']);
  });
  // Of those who went before this was kept, the log knows.
  const gone = (kind: string, dueAt: string, condition: string) =>
    knex.raw(
      `insert into erasures (kind, object_id, due_at) select object_type, object_id, ${dueAt} from events
       where object_type = ? and verb = 'delete' ${condition} group by object_type, object_id`,
      [kind],
    );
  await gone('member', 'max(created_at)', `and details like '%"purged":true%'`);
  await gone('user', postgres ? DAYS_LATER.postgres : DAYS_LATER.sqlite, '');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('erasures');
}
