import type { Reader } from '../db/database.js';
import type { ActualAssociation } from '../domain/access.js';
import type { AccessFacts, AccessMethod, AccessReason } from '../domain/doors.js';
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

/** All that is read of one member at one door. */
interface History {
  readonly facts: AccessFacts;
  readonly associations: readonly ActualAssociation[];
  readonly changes: readonly ChangeRow[];
  /** Those that stand, of every group that the member was in. */
  readonly permissions: readonly FormerPermission[];
}

interface GonePermission extends FormerPermission {
  readonly goneAt: Instant;
}

/**
 * What speaks against openings that are told together. A thousand of one member are told by a controller that was cut off for
 * long: what there is to read of a member at a door, and of permissions that are gone, is read once for all of them.
 */
export class PastAccess {
  readonly #reader: Reader;
  readonly #since: Instant;
  readonly #facts = new Map<string, AccessFacts | null>();
  readonly #histories = new Map<string, History>();
  #gone: readonly GonePermission[] | null = null;

  /** `since`: no opening is earlier. */
  constructor(reader: Reader, since: Instant) {
    this.#reader = reader;
    this.#since = since;
  }

  /**
   * What speaks against it that this member opened this door then; null: nothing. What was taken from the member since (its own
   * window, associations and their windows, permissions) is read from the log and counts for the member; methods, hours, and the
   * site of the door count as they are now. Of a door or a member that is gone nothing is known, so nothing speaks against it.
   */
  async doubtAbout({ doorId, memberId, method, at }: Opening): Promise<AccessReason | null> {
    const key = `${doorId} ${memberId}`;
    const facts = await once(this.#facts, key, () => accessFacts(this.#reader, { doorId, memberId }));
    if (facts === null) return null;
    const opens = (past: AccessFacts) => decide(past, method, at).granted;
    if (asItWas(facts, at).some(opens)) return null;
    const history = await once(this.#histories, key, () => this.#history(facts, doorId, memberId));
    this.#gone ??= await gonePermissions(this.#reader, this.#since);
    if (asItWas(facts, at, takenSince(history, this.#gone, memberId, at)).some(opens)) return null;
    return decide(facts, method, at).reason;
  }

  async #history(facts: AccessFacts, doorId: string, memberId: string): Promise<History> {
    const changes = await this.#reader.all(changesOfMember, { member_id: memberId, since: this.#since });
    const associations = await associationsOf(this.#reader, memberId);
    const groups = [...facts.associations, ...formerAssociations(associations, changes)].map(({ memberGroupId }) => memberGroupId);
    const rows = await this.#reader.all(permissionsAtDoor, { door_id: doorId, groups: JSON.stringify([...new Set(groups)]) });
    const permissions = rows.map((row) => ({
      ...{ memberGroupId: row.member_group_id, siteId: row.site_id, doorId: row.door_id, methods: methodsOf(row.methods) },
      schedule: row.schedule_name === null ? null : { name: row.schedule_name, days: JSON.parse(row.days ?? '[]') },
    }));
    return { facts, associations, changes, permissions };
  }
}

async function once<Value>(known: Map<string, Value>, key: string, read: () => Promise<Value>): Promise<Value> {
  const value = known.get(key);
  if (value !== undefined) return value;
  const fresh = await read();
  known.set(key, fresh);
  return fresh;
}

function takenSince(history: History, gone: readonly GonePermission[], memberId: string, at: Instant): TakenSince {
  const { facts, associations } = history;
  const changes = history.changes.filter(({ created_at }) => created_at > at);
  const ofMember = changes.filter(({ object_type, object_id }) => object_type === 'member' && object_id === memberId);
  return {
    memberWindows: windowsBefore(facts.member.window, ofMember.map(windowBefore)),
    associations: formerAssociations(associations, changes),
    permissions: [...history.permissions, ...gone.filter(({ goneAt }) => goneAt > at)],
  };
}

/**
 * Each association as it was before each change of it: those that stand, and those that are gone, with the window they ended
 * with. Those that went with their whole group, or with the integration of their member, say nothing of a window: what nobody
 * knows holds nothing against anybody.
 */
function formerAssociations(standing: readonly ActualAssociation[], changes: readonly ChangeRow[]): FormerAssociation[] {
  const former: FormerAssociation[] = [];
  const ofAssociations = changes.filter(({ object_type }) => object_type === 'association');
  for (const id of new Set(ofAssociations.map(({ object_id }) => object_id))) {
    const own = ofAssociations.filter(({ object_id }) => object_id === id);
    const [last] = own.map(({ details }) => JSON.parse(details) as { readonly memberGroupId: string } & Partial<Window>);
    if (last === undefined) continue;
    const now = standing.find((one) => one.id === id)?.window ?? { startsAt: last.startsAt ?? null, endsAt: last.endsAt ?? null };
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

interface Told extends Pick<FormerPermission, 'methods' | 'memberGroupId'> {
  readonly siteId?: string;
  readonly doorId?: string;
  readonly scheduleId: string | null;
}

/** Of a schedule that is gone as well nobody knows the hours: they hold nothing against anybody. */
async function gonePermissions(reader: Reader, since: Instant): Promise<GonePermission[]> {
  const gone = (await reader.all(deletedPermissions, { since })).map(({ created_at, details }) => ({
    goneAt: created_at,
    told: JSON.parse(details) as Told,
  }));
  const ids = gone.flatMap(({ told }) => told.scheduleId ?? []);
  const schedules = new Map((await reader.all(schedulesById, { ids: JSON.stringify(ids) })).map((row) => [row.id, row]));
  return gone.map(({ goneAt, told: { memberGroupId, siteId = null, doorId = null, methods, scheduleId } }) => {
    const schedule = schedules.get(scheduleId ?? '');
    const hours = schedule === undefined ? null : { name: schedule.name, days: JSON.parse(schedule.days) };
    return { goneAt, memberGroupId, siteId, doorId, methods, schedule: hours };
  });
}
