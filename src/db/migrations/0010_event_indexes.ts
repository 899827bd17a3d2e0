import type { Knex } from 'knex';

/**
 * What the list of events is read by, and how far the log has been pruned.
 *
 * Every event is written into each of these, so there is none that another can stand in for:
 * - by time: `since` and `until`, and what is old enough to be pruned;
 * - by the time it happened: controllers tell late of openings, so this order is another one, and no filter narrows it down;
 * - by kind: object type and verb, and either alone by looking at each value of the other;
 * - by subject: what this person or token did. An integration's filter finds no admin;
 * - by site and by denial: few events have a site, and fewer are denied, so that only these pay.
 * Object, member and integration have theirs. Two filters together walk the rows of one, a slice at a time.
 */
const INDEXES: readonly (readonly [name: string, definition: string, rows: string])[] = [
  ['events_created', '(created_at, seq)', '100000 2 1'],
  ['events_occurred', '(occurred_at, seq)', '100000 2 1'],
  ['events_kind', '(object_type, verb, seq)', '100000 500 50 1'],
  ['events_subject', '(subject_id, seq)', '100000 2000 1'],
  ['events_site', '(site_id, seq) where site_id is not null', '100000 2000 1'],
  ['events_denied', "(seq) where result = 'denied'", '1000 1'],
];

/** Of those that are there already; what SQLite is told of the tables of a directory is in the first migration. */
const OLDER: readonly (readonly [name: string, rows: string])[] = [
  ['events_id_unique', '100000 1'],
  ['events_object_id_seq_index', '100000 10 1'],
  ['events_integration_id_seq_index', '100000 5000 1'],
  ['events_member', '100000 50 1'],
];

export async function up(knex: Knex): Promise<void> {
  for (const [name, definition] of INDEXES) await knex.raw(`create index ${name} on events ${definition}`);
  // Alerts of a site, and those that closed long ago.
  await knex.raw('create index alerts_site on alerts (site_id, seq) where site_id is not null');
  await knex.raw('create index alerts_closed on alerts (closed_at) where closed_at is not null');
  // Events up to here may be gone: `seq` on SQLite, `tx` on PostgreSQL. One row, made by the first that is pruned.
  await knex.schema.createTable('event_pruning', (table) => {
    table.integer('id').primary();
    table.bigInteger('position').notNullable();
  });
  if (knex.client.config.client === 'pg') return;
  const statistics = [...INDEXES.map(([name, , rows]) => [name, rows] as const), ...OLDER];
  await knex('sqlite_stat1').insert(statistics.map(([idx, stat]) => ({ tbl: 'events', idx, stat })));
}

export async function down(knex: Knex): Promise<void> {
  if (knex.client.config.client !== 'pg') await knex('sqlite_stat1').where('tbl', 'events').delete();
  await knex.schema.dropTable('event_pruning');
  for (const [name] of INDEXES) await knex.raw(`drop index ${name}`);
  for (const name of ['alerts_site', 'alerts_closed']) await knex.raw(`drop index ${name}`);
}
