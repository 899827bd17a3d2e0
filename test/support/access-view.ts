import type { Core } from './core.js';

/** What a User leads to, as the tables have it. `live` credentials by id. */
export interface AccessView {
  readonly memberId: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly ended: boolean;
  /** `member group: start – end (owner)`, sorted; the owner is left out when it is the integration. */
  readonly associations: readonly string[];
  readonly pins: readonly string[];
  readonly links: readonly string[];
  readonly cards: readonly string[];
}

interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly ended_at: string | null;
  readonly deleted_at: string | null;
}

/** The access of a User, or of one that is gone; null when there is no member. */
export async function accessOf(core: Core, userId: string): Promise<AccessView | null> {
  const [member] = await core.query<MemberRow>('select * from members where user_id = ?', userId);
  if (member === undefined) return null;
  const { id } = member;
  const live = async (table: string) =>
    (await core.query<{ id: string }>(`select id from ${table} where member_id = ? and revoked_at is null order by id`, id)).map(
      (row) => row.id,
    );
  const associations = await core.query<{ name: string; starts_at: string | null; ends_at: string | null; managed_by: string }>(
    'select g.name, a.starts_at, a.ends_at, a.managed_by from associations a join member_groups g on g.id = a.member_group_id where member_id = ?',
    id,
  );
  return {
    ...{ memberId: id, name: member.name, startsAt: member.starts_at, endsAt: member.ends_at },
    ended: member.ended_at !== null || member.deleted_at !== null,
    emails: (await core.query<{ value: string }>('select value from member_emails where member_id = ? order by position', id)).map(
      ({ value }) => value,
    ),
    associations: associations.map((row) => sentence(core, row)).sort(),
    pins: await live('pins'),
    links: await live('magic_links'),
    cards: await live('cards'),
  };
}

function sentence(
  core: Core,
  row: { readonly name: string; readonly starts_at: string | null; readonly ends_at: string | null; readonly managed_by: string },
): string {
  const window = row.starts_at === null && row.ends_at === null ? '' : `: ${row.starts_at ?? ''} – ${row.ends_at ?? ''}`;
  return `${row.name}${window}${row.managed_by === core.integrationId ? '' : ` (${row.managed_by})`}`;
}

/** The same, of somebody who must have one. */
export async function memberAccess(core: Core, userId: string): Promise<AccessView> {
  const view = await accessOf(core, userId);
  if (view === null) throw new Error('no member');
  return view;
}

/** Everything a reconciliation may write, as text: the same before and after, if it wrote nothing. */
export async function everything(core: Core): Promise<string> {
  const tables = [
    'users',
    'members',
    'member_emails',
    'associations',
    'pins',
    'magic_links',
    'cards',
    'events',
    'mappings',
    'integrations',
  ];
  const rows: unknown[] = [];
  for (const table of tables) {
    const lines = (await core.query<object>(`select * from ${table}`)).map((row) => JSON.stringify(row));
    rows.push(table, lines.sort());
  }
  return JSON.stringify(rows);
}
