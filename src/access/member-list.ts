import type { Reader, SqlValue } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { MemberStatus } from '../domain/access.js';
import { fold } from '../domain/fold.js';
import { type Page, type PageRequest, pageOf } from '../domain/page.js';
import type { Instant } from '../domain/time.js';
import { type MemberSummary, SUMMARY_COLUMNS, type SummaryRow, summaryOf } from './member-view.js';

export interface MemberFilter {
  /** Part of the name, whatever its case. */
  readonly text?: string;
  /** Without one, all but the deleted. */
  readonly status?: MemberStatus;
  readonly integrationId?: string;
}

/** `memberStatus` in SQL; each `?` is the time asked for. */
const STATUS_SQL: Readonly<Record<MemberStatus, { readonly sql: string; readonly times: number }>> = {
  deleted: { sql: 'deleted_at is not null', times: 0 },
  ended: { sql: 'deleted_at is null and (ended_at is not null or ends_at <= ?)', times: 1 },
  upcoming: { sql: 'deleted_at is null and ended_at is null and (ends_at is null or ends_at > ?) and starts_at > ?', times: 2 },
  active: {
    sql: 'deleted_at is null and ended_at is null and (ends_at is null or ends_at > ?) and (starts_at is null or starts_at <= ?)',
    times: 2,
  },
};

const emailsOfMembers = statement<{ member_ids: string }, { member_id: string; value: string }>(
  'member_emails.of-members',
  (sql, p, dialect) =>
    sql.raw(`select member_id, value from member_emails where ${dialect.inList('member_id')} order by member_id, position`, [p.member_ids]),
);

/** Members in the order in which they were made. */
export async function listMembers(
  reader: Reader,
  filter: MemberFilter,
  { limit, after }: PageRequest,
  now: Instant,
): Promise<Page<MemberSummary>> {
  const conditions: string[] = [];
  const bindings: SqlValue[] = [];
  const add = (sql: string, ...values: readonly SqlValue[]) => {
    conditions.push(`(${sql})`);
    bindings.push(...values);
  };
  add('members.seq > cast(? as bigint)', after ?? 0);
  if (filter.status === undefined) add('deleted_at is null');
  else add(STATUS_SQL[filter.status].sql, ...Array<string>(STATUS_SQL[filter.status].times).fill(now));
  if (filter.integrationId !== undefined) add('integration_id = ?', filter.integrationId);
  if (filter.text !== undefined && filter.text !== '') add("name_key like ? escape '\\'", `%${escapeLike(fold(filter.text))}%`);

  const rows = await reader.query<SummaryRow>(
    `select ${SUMMARY_COLUMNS.join(', ')} from members left join integrations on integrations.id = members.integration_id
     where ${conditions.join(' and ')} order by members.seq limit cast(? as bigint)`,
    [...bindings, limit + 1],
  );
  const emails = await emailsByMember(reader, rows);
  return pageOf(rows, limit, (row) => summaryOf(row, emails.get(row.id) ?? [], now));
}

async function emailsByMember(reader: Reader, rows: readonly SummaryRow[]): Promise<Map<string, string[]>> {
  const emails = new Map<string, string[]>();
  for (const row of await reader.all(emailsOfMembers, { member_ids: JSON.stringify(rows.map(({ id }) => id)) })) {
    emails.set(row.member_id, [...(emails.get(row.member_id) ?? []), row.value]);
  }
  return emails;
}

/** `%` and `_` of the text stand for themselves. */
function escapeLike(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('%', '\\%').replaceAll('_', '\\_');
}
