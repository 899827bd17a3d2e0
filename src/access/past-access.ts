import type { Reader } from '../db/database.js';
import type { AccessFacts, AccessMethod, AccessReason, PermissionFacts } from '../domain/doors.js';
import type { Instant, Window } from '../domain/time.js';
import { accessFacts } from './access-reader.js';
import { associationsOf } from './association-store.js';
import { decide } from './decide.js';
import {
  asItWas,
  type FormerAssociation,
  type FormerPermission,
  type TakenSince,
  type WindowBefore,
  windowsBefore,
} from './decide/as-it-was.js';
import { type ChangeRow, changesOfMember, deletedPermissions, permissionsAtDoor, schedulesById } from './past-access-store.js';
import { methodsOf } from './permission-row-store.js';

export interface Opening {
  readonly doorId: string;
  readonly memberId: string;
  readonly method: AccessMethod;
  readonly at: Instant;
}

/**
 * What speaks against it that this member opened this door then; null: nothing. What was taken from the member since (its own
 * window, associations and their windows, permissions) is read from the log and counts for the member; methods, hours, and the
 * site of the door count as they are now. Of a door or a member that is gone nothing is known, so nothing speaks against it.
 */
export async function doubtAbout(reader: Reader, { doorId, memberId, method, at }: Opening): Promise<AccessReason | null> {
  const facts = await accessFacts(reader, { doorId, memberId });
  if (facts === null) return null;
  const opens = (past: AccessFacts) => decide(past, method, at).granted;
  if (asItWas(facts, at).some(opens)) return null;
  if (asItWas(facts, at, await takenSince(reader, facts, { doorId, memberId, at })).some(opens)) return null;
  return decide(facts, method, at).reason;
}

async function takenSince(reader: Reader, facts: AccessFacts, { doorId, memberId, at }: Omit<Opening, 'method'>): Promise<TakenSince> {
  const changes = await reader.all(changesOfMember, { member_id: memberId, since: at });
  const associations = await formerAssociations(reader, memberId, changes);
  const groups = [...new Set([...facts.associations, ...associations].map(({ memberGroupId }) => memberGroupId))];
  const standing = (await reader.all(permissionsAtDoor, { door_id: doorId, groups: JSON.stringify(groups) })).map((row) => ({
    ...{ memberGroupId: row.member_group_id, siteId: row.site_id, doorId: row.door_id, methods: methodsOf(row.methods) },
    schedule: row.schedule_name === null ? null : { name: row.schedule_name, days: JSON.parse(row.days ?? '[]') },
  }));
  const ofMember = changes.filter(({ object_type, object_id }) => object_type === 'member' && object_id === memberId);
  return {
    memberWindows: windowsBefore(facts.member.window, ofMember.map(windowBefore)),
    associations,
    permissions: [...standing, ...(await gonePermissions(reader, facts.door, at))],
  };
}

/**
 * Each association as it was before each change of it: those that stand, and those that are gone, with the window they ended
 * with. Those that went with their whole group say nothing of a window: what nobody knows holds nothing against anybody.
 */
async function formerAssociations(reader: Reader, memberId: string, changes: readonly ChangeRow[]): Promise<FormerAssociation[]> {
  const standing = new Map((await associationsOf(reader, memberId)).map((one) => [one.id, one]));
  const former: FormerAssociation[] = [];
  const ofAssociations = changes.filter(({ object_type }) => object_type === 'association');
  for (const id of new Set(ofAssociations.map(({ object_id }) => object_id))) {
    const own = ofAssociations.filter(({ object_id }) => object_id === id);
    const [last] = own.map(({ details }) => JSON.parse(details) as { readonly memberGroupId: string } & Partial<Window>);
    if (last === undefined) continue;
    const now = standing.get(id)?.window ?? { startsAt: last.startsAt ?? null, endsAt: last.endsAt ?? null };
    const group = { memberGroupId: last.memberGroupId, memberGroupName: '' };
    const edits = own.filter(({ verb }) => verb === 'edit').map(windowBefore);
    for (const window of [now, ...windowsBefore(now, edits)]) former.push({ ...group, window });
  }
  return former;
}

function windowBefore({ details }: ChangeRow): WindowBefore {
  const { changes = {} } = JSON.parse(details) as { readonly changes?: Readonly<Record<string, { readonly before?: Instant | null }>> };
  return { startsAt: changes['startsAt']?.before, endsAt: changes['endsAt']?.before };
}

interface GonePermission extends Pick<PermissionFacts, 'methods'> {
  readonly memberGroupId: string;
  readonly siteId?: string;
  readonly doorId?: string;
  readonly scheduleId: string | null;
}

/** Of a schedule that is gone as well nobody knows the hours: they hold nothing against anybody. */
async function gonePermissions(reader: Reader, door: AccessFacts['door'], at: Instant): Promise<FormerPermission[]> {
  const gone = (await reader.all(deletedPermissions, { since: at }))
    .map(({ details }) => JSON.parse(details) as GonePermission)
    .filter(({ siteId, doorId }) => siteId === door.siteId || doorId === door.id);
  const ids = gone.flatMap(({ scheduleId }) => scheduleId ?? []);
  const schedules = new Map((await reader.all(schedulesById, { ids: JSON.stringify(ids) })).map((row) => [row.id, row]));
  return gone.map(({ memberGroupId, siteId = null, doorId = null, methods, scheduleId }) => {
    const schedule = schedules.get(scheduleId ?? '');
    const hours = schedule === undefined ? null : { name: schedule.name, days: JSON.parse(schedule.days) };
    return { memberGroupId, siteId, doorId, methods, schedule: hours };
  });
}
