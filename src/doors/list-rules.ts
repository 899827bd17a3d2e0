import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { AccessMethod, WeeklyHours } from '../domain/doors.js';

/** What a controller can tell by itself; links and the app come to it as commands. */
const OFFLINE: readonly AccessMethod[] = ['pin', 'card'];

/** One way in: members of a group, one door, by some methods, within weekly hours of the door's site. */
export interface ListRule {
  readonly doorId: string;
  readonly timeZone: string;
  /** null: by every method. */
  readonly methods: readonly AccessMethod[] | null;
  /** null: at any time. */
  readonly schedule: WeeklyHours | null;
}

interface Row {
  readonly member_group_id: string;
  readonly door_id: string;
  readonly time_zone: string;
  readonly methods: string | null;
  readonly days: string | null;
}

const rulesOf = statement<{ controllerId: string }, Row>('list.rules', (sql, p) =>
  sql.raw(
    `select p.member_group_id, d.id as door_id, s.time_zone, p.methods, h.days
     from controller_doors c
     join doors d on d.id = c.door_id
     join sites s on s.id = d.site_id
     join permissions p on p.door_id = d.id or (p.door_id is null and p.site_id = d.site_id)
     left join schedules h on h.id = p.schedule_id
     where c.controller_id = ? order by d.seq, p.seq`,
    [p.controllerId],
  ),
);

/** By member group: how its members get through the doors of this controller. As many as an admin has set up. */
export async function listRules(reader: Reader, controllerId: string): Promise<ReadonlyMap<string, readonly ListRule[]>> {
  const rules = new Map<string, ListRule[]>();
  for (const row of await reader.all(rulesOf, { controllerId })) {
    const methods = row.methods === null ? null : OFFLINE.filter((method) => row.methods?.split(',').includes(method));
    if (methods?.length === 0) continue;
    const schedule = row.days === null ? null : (JSON.parse(row.days) as WeeklyHours);
    const rule: ListRule = { doorId: row.door_id, timeZone: row.time_zone, methods, schedule };
    const known = rules.get(row.member_group_id);
    if (known === undefined) rules.set(row.member_group_id, [rule]);
    else known.push(rule);
  }
  return rules;
}
