import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import { ALL_USERS } from '../domain/integration.js';

interface Place {
  readonly seq: number;
  readonly id: string;
}

const pending = statement<{ integrationId: string }, { n: number }>('reconcile.pending', (sql, p) =>
  sql.raw('select cast(count(*) as bigint) as n from users where dirty = 1 and integration_id = ?', [p.integrationId]),
);
const pendingAnywhere = statement<Record<string, never>, { n: number }>('reconcile.pendingAnywhere', (sql) =>
  sql.raw('select cast(count(*) as bigint) as n from users where dirty = 1'),
);
const ofIntegration = statement<{ integrationId: string; after: number; limit: number }, Place>('reconcile.ofIntegration', (sql, p) =>
  sql.raw('select seq, id from users where integration_id = ? and seq > cast(? as bigint) order by seq limit cast(? as bigint)', [
    p.integrationId,
    p.after,
    p.limit,
  ]),
);
const ofGroup = statement<{ groupId: string; integrationId: string; after: number; limit: number }, Place>('reconcile.ofGroup', (sql, p) =>
  sql.raw(
    `with recursive down(id) as (
       select id from groups where id = ?
       union select gg.child_id from down join group_groups gg on gg.parent_id = down.id)
     select seq, id from users where integration_id = ? and seq > cast(? as bigint)
       and id in (select gm.user_id from group_members gm join down on down.id = gm.group_id)
     order by seq limit cast(? as bigint)`,
    [p.groupId, p.integrationId, p.after, p.limit],
  ),
);

const PAGE = 100;

/** Users of the integration, or of all (null), that are marked and not reconciled yet. */
export async function pendingUsers(reader: Reader, integrationId: string | null): Promise<number> {
  const row = integrationId === null ? await reader.first(pendingAnywhere, {}) : await reader.first(pending, { integrationId });
  return row?.n ?? 0;
}

/** The ids of the Users that a mapping of the resource concerns, page by page: those in the Group, directly or through nested Groups, or all. */
export async function* usersOfResource(reader: Reader, integrationId: string, resourceId: string): AsyncGenerator<readonly string[]> {
  for (let after = 0; ; ) {
    const page = { integrationId, after, limit: PAGE };
    const rows =
      resourceId === ALL_USERS ? await reader.all(ofIntegration, page) : await reader.all(ofGroup, { ...page, groupId: resourceId });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ id }) => id);
    after = last.seq;
  }
}
