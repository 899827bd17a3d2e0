import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { ChangeContext } from '../domain/events.js';
import { ALL_USERS, KINDS_WITH_ALL_USERS } from '../domain/integration.js';
import { NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { getLocked } from './integration-store.js';
import { markUsersIn, markUsersOf } from './mark-users.js';

export interface Mapping {
  readonly resourceId: string;
  readonly resourceName: string;
  readonly memberGroupId: string;
}

/** A Group's SCIM id, or `all_users`. The name is kept for the day when the Group is gone. */
export interface Resource {
  readonly id: string;
  readonly name: string;
}

interface Row {
  readonly resource_id: string;
  readonly resource_name: string;
  readonly member_group_id: string;
}

const ORDER = ['resource_id', 'member_group_id'];

const allMappings = statement<{ integration_id: string }, Row>('mappings.of-integration', (sql, p) =>
  sql('mappings').where('integration_id', p.integration_id).orderBy(ORDER).select('resource_id', 'resource_name', 'member_group_id'),
);

const mappingsOfResources = statement<{ integration_id: string; resource_ids: string }, Row>('mappings.of-resources', (sql, p, dialect) =>
  sql.raw(
    `select resource_id, resource_name, member_group_id from mappings
     where integration_id = ? and ${dialect.inList('resource_id')} order by resource_id, member_group_id`,
    [p.integration_id, p.resource_ids],
  ),
);

const knownMemberGroups = statement<{ ids: string }, { id: string }>('member_groups.known', (sql, p, dialect) =>
  sql.raw(`select id from member_groups where ${dialect.inList('id')}`, [p.ids]),
);

const deleteMappings = statement<{ integration_id: string; resource_id: string }>('mappings.clear', (sql, p) =>
  sql('mappings').where({ integration_id: p.integration_id, resource_id: p.resource_id }).delete(),
);

const insertMapping = statement<{ integration_id: string; resource_id: string; resource_name: string; member_group_id: string }>(
  'mappings.insert',
  (sql, p) =>
    sql('mappings').insert({
      integration_id: p.integration_id,
      resource_id: p.resource_id,
      resource_name: p.resource_name,
      member_group_id: p.member_group_id,
    }),
);

/** Every mapping of the integration, those of Groups that are gone too. */
export async function mappingsOf(reader: Reader, integrationId: string): Promise<Mapping[]> {
  return (await reader.all(allMappings, { integration_id: integrationId })).map(mappingOf);
}

/** The mappings of these resources and of *All users*: what reconciliation asks for a User. */
export async function mappingsFor(reader: Reader, integrationId: string, resourceIds: readonly string[]): Promise<Mapping[]> {
  const resource_ids = JSON.stringify([...resourceIds, ALL_USERS]);
  return (await reader.all(mappingsOfResources, { integration_id: integrationId, resource_ids })).map(mappingOf);
}

/**
 * Maps the resource to these member groups and no others, and marks the Users whose access this may change: those in
 * the Group, directly or through nested Groups, or all. Returns how many. The same as before: no write, no event.
 * Errors: `NotFound` for the integration, for a member group, and for *All users* where the source has no such resource.
 */
export async function setMapping(
  tx: Tx,
  context: ChangeContext,
  integrationId: string,
  resource: Resource,
  memberGroupIds: readonly string[],
): Promise<number> {
  const { kind } = await getLocked(tx, integrationId);
  if (resource.id === ALL_USERS && !KINDS_WITH_ALL_USERS.includes(kind))
    throw new NotFound('This integration has no resource for all its Users.');
  const after = [...new Set(memberGroupIds)].sort();
  const known = await tx.all(knownMemberGroups, { ids: JSON.stringify(after) });
  if (known.length < after.length) throw new NotFound('There is no such member group.');

  const rows = await tx.all(mappingsOfResources, { integration_id: integrationId, resource_ids: JSON.stringify([resource.id]) });
  const before = rows.map((row) => row.member_group_id);
  if (JSON.stringify(before) === JSON.stringify(after)) return 0;

  await tx.run(deleteMappings, { integration_id: integrationId, resource_id: resource.id });
  const row = { integration_id: integrationId, resource_id: resource.id, resource_name: resource.name };
  for (const memberGroupId of after) await tx.run(insertMapping, { ...row, member_group_id: memberGroupId });
  await append(tx, context, {
    verb: 'edit',
    object: { type: 'mapping', id: resource.id, name: resource.name },
    integrationId,
    details: { changes: { memberGroupIds: { before, after } } },
  });
  if (resource.id === ALL_USERS) return markUsersOf(tx, integrationId);
  return markUsersIn(tx, integrationId, resource.id);
}

function mappingOf(row: Row): Mapping {
  return { resourceId: row.resource_id, resourceName: row.resource_name, memberGroupId: row.member_group_id };
}
