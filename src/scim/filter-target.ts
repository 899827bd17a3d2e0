import type { Engine } from '../db/dialect.js';
import { type JsonSql, jsonOf } from '../db/json-sql.js';
import { type Column, compareColumn, type ElementRows, type FilterTarget, type SpecialFragment } from './filter/compile.js';
import type { PositiveLeaf } from './filter/resolved.js';
import type { ResolvedAttribute } from './schema/attribute.js';
import { etagOf } from './transport/versions.js';

/** The row that a filter speaks of. */
const ROW = 'r';

/** Attributes with a column of their own, by their dotted name: not in `match`, or found by an index. */
const COMMON: ReadonlyMap<string, Column> = new Map([
  ['id', { ...column('id'), indexed: true }],
  ['externalId', { ...column('external_id', true), indexed: true }],
  ['meta.created', column('created_at')],
  ['meta.lastModified', column('updated_at')],
]);
const USER_COLUMNS: ReadonlyMap<string, Column> = new Map([
  ...COMMON,
  ['userName', { ...column('user_name_key'), indexed: true }],
  ['urn:ietf:params:scim:schemas:extension:latchkey:2.0:User:syncStatus', column('sync_status')],
  ['urn:ietf:params:scim:schemas:extension:latchkey:2.0:User:skipReason', column('skip_reason', true)],
]);
const GROUP_COLUMNS: ReadonlyMap<string, Column> = new Map([...COMMON, ['displayName', { ...column('display_name_key'), indexed: true }]]);

/** A User's Groups and a Group's members are rows: `groups.value eq "…"` is an index look-up. */
const GROUPS_OF_USER: ElementRows = {
  from: 'group_members gm join groups gg on gg.id = gm.group_id',
  where: `gm.user_id = ${ROW}.id`,
  column: (sub) => (sub.name === 'value' ? bare('gm.group_id') : sub.name === 'display' ? bare('gg.display_name_key') : null),
};
const MEMBERS_OF_GROUP: ElementRows = {
  from: `(select group_id, user_id as member_id, 'user' as type from group_members union all select parent_id, child_id, 'group' from group_groups) gm`,
  where: `gm.group_id = ${ROW}.id`,
  column: (sub) => (sub.name === 'value' ? bare('gm.member_id') : sub.name === 'type' ? bare('gm.type') : null),
};

/** Where a filter over Users runs. */
export function userTarget(engine: Engine): FilterTarget {
  const json = jsonOf(engine);
  return {
    alias: ROW,
    json,
    special: (on, leaf) =>
      emailLookUp(on, leaf) ?? groupLookUp(on, leaf) ?? fromColumn(USER_COLUMNS, json, on, leaf) ?? fromMeta(on, leaf, 'User'),
    rows: (on) => (on.urn === null && on.attribute.name === 'groups' ? GROUPS_OF_USER : null),
  };
}

/** Where a filter over Groups runs. */
export function groupTarget(engine: Engine): FilterTarget {
  const json = jsonOf(engine);
  return {
    alias: ROW,
    json,
    special: (on, leaf) => memberLookUp(on, leaf) ?? fromColumn(GROUP_COLUMNS, json, on, leaf) ?? fromMeta(on, leaf, 'Group'),
    rows: (on) => (on.urn === null && on.attribute.name === 'members' ? MEMBERS_OF_GROUP : null),
  };
}

/** The column of a dotted attribute name, for sorting; undefined: it is in `match`. */
export function sortColumn(target: 'User' | 'Group', name: string): Column | undefined {
  return (target === 'User' ? USER_COLUMNS : GROUP_COLUMNS).get(name);
}

/** The full name of an attribute: `name.familyName`, `urn:…:User:department`. */
export function dottedName(on: ResolvedAttribute): string {
  const path = on.sub === null ? on.attribute.name : `${on.attribute.name}.${on.sub.name}`;
  return on.urn === null ? path : `${on.urn}:${path}`;
}

function fromColumn(
  columns: ReadonlyMap<string, Column>,
  json: JsonSql,
  on: ResolvedAttribute,
  leaf: PositiveLeaf,
): SpecialFragment | null {
  const found = columns.get(dottedName(on));
  return found === undefined ? null : compareColumn(json, found, leaf);
}

/** IdPs look a person up by address: an index answers instead of a walk over all documents. */
function emailLookUp(on: ResolvedAttribute, leaf: PositiveLeaf): SpecialFragment | null {
  if (on.urn !== null || on.attribute.name !== 'emails' || on.sub?.name !== 'value') return null;
  if (leaf.kind !== 'compare' || leaf.operator !== 'eq') return null;
  const sql = `${ROW}.id in (select e.user_id from user_emails e where e.integration_id = ${ROW}.integration_id and e.value_key = ?)`;
  return { sql, bindings: [String(leaf.value)], indexed: true };
}

/** `groups.value eq "…"`: the Users in the Group and in all Groups below it, as `groups` of a User shows them. */
function groupLookUp(on: ResolvedAttribute, leaf: PositiveLeaf): SpecialFragment | null {
  if (on.urn !== null || on.attribute.name !== 'groups' || on.sub?.name !== 'value') return null;
  if (leaf.kind !== 'compare' || leaf.operator !== 'eq') return null;
  const sql = `${ROW}.id in (
    with recursive down(id) as (select id from groups where id = ? union select gg.child_id from group_groups gg join down on gg.parent_id = down.id)
    select gm.user_id from group_members gm join down on down.id = gm.group_id)`;
  // Not `indexed`: they may be many, and what else the filter asks of them may be dear.
  return { sql, bindings: [String(leaf.value)] };
}

/** `members.value eq "…"`: an index tells the Groups of one member. */
function memberLookUp(on: ResolvedAttribute, leaf: PositiveLeaf): SpecialFragment | null {
  if (on.urn !== null || on.attribute.name !== 'members' || on.sub?.name !== 'value') return null;
  if (leaf.kind !== 'compare' || leaf.operator !== 'eq') return null;
  const sql = `${ROW}.id in (select group_id from group_members where user_id = ? union all select parent_id from group_groups where child_id = ?)`;
  return { sql, bindings: [String(leaf.value), String(leaf.value)], indexed: true };
}

/** What is the same for all resources of a type, or made of the version. */
function fromMeta(on: ResolvedAttribute, leaf: PositiveLeaf, resourceType: 'User' | 'Group'): SpecialFragment | null {
  if (on.urn !== null || on.attribute.name !== 'meta') return null;
  if (leaf.kind === 'present') return { sql: 'TRUE', bindings: [] };
  if (on.sub?.name === 'resourceType' && leaf.operator === 'eq') {
    return { sql: leaf.value === resourceType ? 'TRUE' : 'FALSE', bindings: [] };
  }
  if (on.sub?.name === 'version' && leaf.operator === 'eq') {
    const version = Number(String(leaf.value).replace('W/', '').replaceAll('"', ''));
    const isOurs = Number.isSafeInteger(version) && etagOf(version) === leaf.value;
    return isOurs ? { sql: `${ROW}.version = ?`, bindings: [version] } : { sql: 'FALSE', bindings: [] };
  }
  return null;
}

function column(name: string, mayBeNull = false): Column {
  return { sql: `${ROW}.${name}`, mayBeNull };
}

function bare(sql: string): Column {
  return { sql, mayBeNull: false };
}
