import type { Reader } from '../db/database.js';
import type { GroupRow } from '../directory/group-store.js';
import { type ListQuery, listGroups, listUsers, type Page } from '../directory/list.js';
import type { UserRow } from '../directory/user-store.js';
import { type Walk, type Walked, walkGroups, walkUsers } from '../directory/walk.js';
import type { ScimParts } from './call.js';
import type { FilterTarget } from './filter/compile.js';
import { groupTarget, userTarget } from './filter-target.js';
import { renderGroups } from './handlers/groups.js';
import { renderUsers } from './handlers/users.js';
import type { Projection } from './projection.js';
import type { ResourceSchema } from './schema/attribute.js';
import { GROUP_SCHEMA, USER_SCHEMA } from './schema/schemas.js';

/** In what Users and Groups differ for everything that handles both alike: lists, search, sorting. */
export interface ResourceKind<Row> {
  readonly schema: ResourceSchema;
  target(engine: Reader['engine']): FilterTarget;
  page(reader: Reader, query: ListQuery): Promise<Page<Row>>;
  walk(reader: Reader, walk: Walk): Promise<Walked<Row>[]>;
  render(parts: ScimParts, reader: Reader, rows: readonly Row[], projection: Projection | null): Promise<string[]>;
}

export const USER_RESOURCE: ResourceKind<UserRow> = {
  schema: USER_SCHEMA,
  target: userTarget,
  page: listUsers,
  walk: walkUsers,
  render: renderUsers,
};
export const GROUP_RESOURCE: ResourceKind<GroupRow> = {
  schema: GROUP_SCHEMA,
  target: groupTarget,
  page: listGroups,
  walk: walkGroups,
  render: renderGroups,
};
