import type { Reader, SqlValue } from '../../db/database.js';
import type { Engine } from '../../db/dialect.js';
import { type Fragment, jsonOf } from '../../db/json-sql.js';
import { groupsByUser } from '../../directory/groups-of-users.js';
import type { SkipReason, SyncStatus, Warning } from '../../domain/access.js';
import { fold } from '../../domain/fold.js';
import { type Page, type PageRequest, pageOf } from '../../domain/page.js';
import type { JsonObject } from '../../domain/scim.js';
import type { Instant } from '../../domain/time.js';
import { personOf } from '../../reconcile/person.js';

export interface UserFilter {
  readonly status?: SyncStatus;
  readonly reason?: SkipReason;
  /** Part of the user name, the display name or the source's own id, whatever its case. */
  readonly search?: string;
}

/** A User as the member list of its integration shows it: also one that has no member, with the reason. */
export interface UserView {
  readonly userId: string;
  readonly externalId: string | null;
  readonly displayName: string;
  readonly status: SyncStatus;
  readonly skipReason: SkipReason | null;
  readonly warnings: readonly Warning[];
  /** null while the User never had a member. */
  readonly memberId: string | null;
  readonly resources: readonly { readonly id: string; readonly displayName: string; readonly direct: boolean }[];
  readonly lastChangeAt: Instant;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly external_id: string | null;
  readonly document: string;
  readonly sync_status: SyncStatus;
  readonly skip_reason: SkipReason | null;
  readonly warnings: string;
  readonly updated_at: string;
  readonly member_id: string | null;
}

/** The Users of an integration in the order of their creation. */
export async function listUsersOf(
  reader: Reader,
  integrationId: string,
  filter: UserFilter,
  { limit, after }: PageRequest,
): Promise<Page<UserView>> {
  const conditions = ['users.integration_id = ?', 'users.seq > cast(? as bigint)'];
  const bindings: SqlValue[] = [integrationId, after ?? 0];
  if (filter.status !== undefined) {
    conditions.push('users.sync_status = ?');
    bindings.push(filter.status);
  }
  if (filter.reason !== undefined) {
    conditions.push('users.skip_reason = ?');
    bindings.push(filter.reason);
  }
  if (filter.search !== undefined) {
    const { sql, bindings: found } = containing(reader.engine, fold(filter.search));
    conditions.push(sql);
    bindings.push(...found);
  }
  const rows = await reader.query<Row>(
    `select users.seq, users.id, users.external_id, users.document, users.sync_status, users.skip_reason, users.warnings,
       users.updated_at, members.id as member_id
     from users left join members on members.user_id = users.id
     where ${conditions.join(' and ')} order by users.seq limit cast(? as bigint)`,
    [...bindings, limit + 1],
  );
  const groups = await groupsByUser(
    reader,
    rows.map(({ id }) => id),
  );
  return pageOf(rows, limit, (row) => ({
    ...viewOf(row),
    resources: (groups.get(row.id) ?? []).map((group) => ({
      id: group.group_id,
      displayName: group.display_name,
      direct: group.direct === 1,
    })),
  }));
}

function viewOf(row: Row): Omit<UserView, 'resources'> {
  const document = JSON.parse(row.document) as JsonObject;
  return {
    userId: row.id,
    externalId: row.external_id,
    displayName: personOf(document, {}).name,
    status: row.sync_status,
    skipReason: row.skip_reason,
    warnings: JSON.parse(row.warnings) as readonly Warning[],
    memberId: row.member_id,
    lastChangeAt: row.updated_at,
  };
}

/** `match` holds folded texts, so a folded search finds them. */
function containing(engine: Engine, part: string): Fragment {
  const json = jsonOf(engine);
  const texts = ['users.user_name_key', json.text('users.match', ['displayName']), 'lower(users.external_id)'];
  const found = texts.map((text) => json.contains(text, part));
  return { sql: `(${found.map(({ sql }) => sql).join(' or ')})`, bindings: found.flatMap(({ bindings }) => bindings) };
}
