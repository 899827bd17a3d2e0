import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import { ACCESS_METHODS } from '../domain/doors.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import { InvalidPlaces, type PlaceError } from '../errors.js';
import { append } from '../events/append.js';
import { valueChanges } from './changes.js';
import {
  deleteRow,
  insertRow,
  type NamedPermission,
  namedPermissions,
  type NewPermission,
  type PermissionsOf,
  updateRestrictions,
} from './permission-row-store.js';

interface Target {
  readonly id: string;
  readonly name: string;
  readonly site_id: string | null;
}

const locked = (table: 'sites' | 'doors' | 'schedules', siteColumn: 'id' | 'site_id') =>
  statement<{ ids: string }, Target>(`permissions.lock-${table}`, (sql, p, dialect) =>
    sql.raw(`select id, name, ${siteColumn} as site_id from ${table} where ${dialect.inList('id')} order by id ${dialect.lockRows}`, [
      p.ids,
    ]),
  );
const lockSites = locked('sites', 'id');
const lockDoors = locked('doors', 'site_id');
const lockSchedules = locked('schedules', 'site_id');

/**
 * Makes these the permissions of the group, all of them. A permission that is wanted as it is stays untouched and keeps its
 * id; one of the same site or door with other restrictions is edited. One event per effective change; the same twice is once.
 * Errors: `InvalidPlaces` below `/permissions`.
 */
export async function setPermissions(
  tx: Tx,
  context: ChangeContext,
  group: { readonly id: string; readonly name: string },
  permissions: readonly NewPermission[],
): Promise<void> {
  const targets = await checkedTargets(tx, permissions);
  const unmatched = await namedPermissions(tx, { memberGroupId: group.id });
  const take = (fits: (permission: NamedPermission) => boolean): NamedPermission | undefined => {
    const at = unmatched.findIndex(fits);
    return at < 0 ? undefined : unmatched.splice(at, 1)[0];
  };
  const wanted = distinct(permissions);
  const changed = wanted.filter((permission) => take((stored) => keyOf(stored) === keyOf(permission)) === undefined);
  const edits = changed.map((permission) => ({ permission, before: take((stored) => targetOf(stored) === targetOf(permission)) }));
  for (const before of unmatched) await removeOne(tx, context, before, {});
  for (const { permission, before } of edits) {
    if (before !== undefined) {
      await editOne(tx, context, before, permission);
      continue;
    }
    const target = targets.get(targetOf(permission));
    const named: NamedPermission = {
      ...{ ...permission, id: newId('perm'), memberGroupId: group.id, memberGroupName: group.name },
      ...{ targetName: target?.name ?? '', ofSiteId: target?.site_id ?? '' },
    };
    await insertRow(tx, named);
    await tell(tx, context, 'create', named, restrictionsOf(named));
  }
}

/** With an event each, before what they name or the group they belong to goes. */
export async function deletePermissionsOf(tx: Tx, context: ChangeContext, of: PermissionsOf, because: string): Promise<void> {
  for (const permission of await namedPermissions(tx, of)) await removeOne(tx, context, permission, { because });
}

async function editOne(tx: Tx, context: ChangeContext, before: NamedPermission, { methods, scheduleId }: NewPermission): Promise<void> {
  const after = { ...before, methods, scheduleId };
  await updateRestrictions(tx, after);
  await tell(tx, context, 'edit', after, { changes: valueChanges(restrictionsOf(before), restrictionsOf(after)) });
}

/** What went meanwhile, with its door or its group, has been told of by who took it. */
async function removeOne(
  tx: Tx,
  context: ChangeContext,
  permission: NamedPermission,
  details: { readonly because?: string },
): Promise<void> {
  if (!(await deleteRow(tx, permission.id))) return;
  await tell(tx, context, 'delete', permission, { ...details, ...restrictionsOf(permission) });
}

/**
 * Sites, doors and schedules that are named, locked, so that none of them goes or moves meanwhile. By `targetOf`.
 *
 * @throws InvalidPlaces
 */
async function checkedTargets(tx: Tx, permissions: readonly NewPermission[]): Promise<Map<string, Target>> {
  const sites = await byId(
    tx,
    lockSites,
    permissions.map(({ siteId }) => siteId),
  );
  const doors = await byId(
    tx,
    lockDoors,
    permissions.map(({ doorId }) => doorId),
  );
  const schedules = await byId(
    tx,
    lockSchedules,
    permissions.map(({ scheduleId }) => scheduleId),
  );
  const mistakes: PlaceError[] = [];
  const targets = new Map<string, Target>();
  permissions.forEach((permission, index) => {
    const { siteId, doorId, scheduleId } = permission;
    const mistake = (field: keyof NewPermission, detail: string) => mistakes.push({ pointer: `/permissions/${index}/${field}`, detail });
    const target = siteId === null ? doors.get(doorId ?? '') : sites.get(siteId);
    const schedule = scheduleId === null ? undefined : schedules.get(scheduleId);
    if (target === undefined) mistake(siteId === null ? 'doorId' : 'siteId', `names no ${siteId === null ? 'door' : 'site'} that exists`);
    else targets.set(targetOf(permission), target);
    if (scheduleId !== null && schedule === undefined) mistake('scheduleId', 'names no schedule that exists');
    else if (isOfAnotherSite(schedule, target)) mistake('scheduleId', 'names a schedule of another site');
  });
  if (mistakes.length > 0) throw new InvalidPlaces(mistakes);
  return targets;
}

function isOfAnotherSite(schedule: Target | undefined, target: Target | undefined): boolean {
  const siteId = schedule?.site_id ?? null;
  return siteId !== null && target !== undefined && siteId !== target.site_id;
}

async function byId(reader: Reader, rows: typeof lockSites, ids: readonly (string | null)[]): Promise<Map<string, Target>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  if (wanted.length === 0) return new Map();
  return new Map((await reader.all(rows, { ids: JSON.stringify(wanted) })).map((row) => [row.id, row]));
}

/** Methods in the order in which they are always named, and each permission once. */
function distinct(permissions: readonly NewPermission[]): NewPermission[] {
  const inOrder = permissions.map((permission) => {
    const { methods } = permission;
    return { ...permission, methods: methods === null ? null : ACCESS_METHODS.filter((method) => methods.includes(method)) };
  });
  return [...new Map(inOrder.map((permission) => [keyOf(permission), permission])).values()];
}

function targetOf({ siteId, doorId }: NewPermission): string {
  return siteId === null ? `door ${doorId}` : `site ${siteId}`;
}

function keyOf(permission: NewPermission): string {
  return JSON.stringify([targetOf(permission), permission.methods, permission.scheduleId]);
}

function restrictionsOf({ methods, scheduleId }: NewPermission): Readonly<Record<string, unknown>> {
  return { methods, scheduleId };
}

function tell(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  permission: NamedPermission,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { id, memberGroupId, memberGroupName, siteId, doorId, targetName, ofSiteId } = permission;
  return append(tx, context, {
    ...{ verb, object: { type: 'permission', id, name: `${memberGroupName} – ${targetName}` }, siteId: ofSiteId },
    details: { memberGroupId, ...(siteId === null ? { doorId } : { siteId }), ...details },
  });
}
