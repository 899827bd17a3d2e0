import { doorsOfMember } from '../access/access-reader.js';
import { decide } from '../access/decide.js';
import type { Reader } from '../db/database.js';
import type { AccessFacts, LocalRange, PermissionFacts, WeeklyHours } from '../domain/doors.js';
import type { DoorView } from '../domain/guest-page.js';
import type { Instant, Window } from '../domain/time.js';
import { compareText, intersection, union } from '../domain/windows.js';
import { nextChange } from './next-change.js';

interface Way {
  readonly window: Window;
  readonly schedule: PermissionFacts['schedule'];
}

/** The doors that open to this member by a link, now or at another time; by site, then by name. */
export async function doorViews(reader: Reader, memberId: string, now: Instant): Promise<DoorView[]> {
  const views = (await doorsOfMember(reader, memberId)).flatMap((facts) => doorView(facts, now) ?? []);
  return views.sort((a, b) => compareText(a.site, b.site) || compareText(a.name, b.name) || compareText(a.id, b.id));
}

/** One door as its guest sees it; null for one that no permission opens by a link. */
export function doorView(facts: AccessFacts, now: Instant): DoorView | null {
  const ways = waysTo(facts);
  if (ways.length === 0) return null;
  const { door } = facts;
  const { granted, reason } = decide(facts, 'magic_link', now);
  return {
    id: door.id,
    name: door.name,
    site: door.siteName,
    timeZone: door.timeZone,
    windows: union(ways.map(({ window }) => window)),
    schedule: hours(ways),
    open: granted,
    reason,
    nextChange: nextChange(facts, now),
  };
}

function waysTo({ door, member, associations }: AccessFacts): Way[] {
  return associations.flatMap(({ window, permissions }) => {
    const both = intersection(member.window, window);
    if (both === null) return [];
    return permissions
      .filter(({ doorId, siteId }) => doorId === door.id || (doorId === null && siteId === door.siteId))
      .filter(({ methods }) => methods === null || methods.includes('magic_link'))
      .map(({ schedule }) => ({ window: both, schedule }));
  });
}

/** Of each day what any of the ways allows; null as soon as one of them holds around the clock. */
function hours(ways: readonly Way[]): WeeklyHours | null {
  const schedules: WeeklyHours[] = [];
  for (const { schedule } of ways) {
    if (schedule === null) return null;
    schedules.push(schedule.days);
  }
  return Array.from({ length: 7 }, (_, weekday) => joined(schedules.flatMap((days) => days[weekday] ?? [])));
}

/** The fewest ranges that cover the same time. `HH:MM` sorts as text. */
function joined(ranges: readonly LocalRange[]): LocalRange[] {
  const result: LocalRange[] = [];
  for (const range of [...ranges].sort((a, b) => compareText(a.from, b.from))) {
    const last = result.at(-1);
    if (last === undefined || last.to < range.from) result.push(range);
    else if (last.to < range.to) result[result.length - 1] = { from: last.from, to: range.to };
  }
  return result;
}
