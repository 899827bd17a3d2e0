import type { Knex } from 'knex';

/**
 * An opening of a door is an event of a member twice, as who did it and as whom it concerns, and each index of members is a page
 * written at a place of its own. What a member did is found by `events_member`; subjects are all others.
 * Events of no integration are in none of its lists, and need no entry in their index.
 */
export async function up(knex: Knex): Promise<void> {
  await knex('events')
    .where('subject_type', 'member')
    .whereNull('member_id')
    .update({ member_id: knex.ref('subject_id') });
  await knex.raw('drop index events_subject');
  await knex.raw("create index events_subject on events (subject_id, seq) where subject_type <> 'member'");
  await knex.raw('drop index events_integration_id_seq_index');
  await knex.raw('create index events_integration_id_seq_index on events (integration_id, seq) where integration_id is not null');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index events_integration_id_seq_index');
  await knex.raw('create index events_integration_id_seq_index on events (integration_id, seq)');
  await knex.raw('drop index events_subject');
  await knex.raw('create index events_subject on events (subject_id, seq)');
}
