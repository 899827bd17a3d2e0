import type { Knex } from 'knex';

/** The member groups of the demo company, with ids that stay the same so that its map can name them. */
export const MEMBER_GROUPS = [
  { id: 'mg_demo_front_door', name: 'Front door' },
  { id: 'mg_demo_offices', name: 'Offices' },
  { id: 'mg_demo_server_room', name: 'Server room' },
] as const;

/** Puts them in place; run again, it changes nothing. */
export async function seed(knex: Knex): Promise<void> {
  const now = '2026-01-01T00:00:00.000Z';
  const rows = MEMBER_GROUPS.map((group) => ({ ...group, created_at: now, updated_at: now }));
  await knex('member_groups').insert(rows).onConflict('id').ignore();
}
