import type { AccessFacts, AccessMethod, WeeklyHours } from '../../domain/doors.js';
import { localMoment, localText, WEEKDAYS } from '../../domain/local-moment.js';
import type { Instant } from '../../domain/time.js';
import { rangeText } from '../../domain/weekly-hours.js';
import type { Path } from './path.js';

/** Beyond these a reader learns nothing more. */
const SENTENCES_MAX = 10;

const BY: Readonly<Record<AccessMethod, string>> = { pin: 'by PIN', magic_link: 'by Magic Link', app: 'by app', card: 'by card' };

export function deletedText({ member, door }: AccessFacts, deletedAt: Instant): string {
  return `${member.name} was deleted on ${localText(deletedAt, door.timeZone)} (${door.timeZone}).`;
}

export function endedText({ member, door }: AccessFacts, endedAt: Instant): string {
  return `The access of ${member.name} ended on ${localText(endedAt, door.timeZone)} (${door.timeZone}).`;
}

export function memberWindowText({ member, door }: AccessFacts, at: Instant): string {
  const { startsAt, endsAt } = member.window;
  if (startsAt !== null && at < startsAt) return `The window of ${member.name} starts on ${when(startsAt, at, door.timeZone)}`;
  return `The window of ${member.name} ended on ${when(endsAt ?? at, at, door.timeZone)}`;
}

export function noPermissionText({ member, door, associations }: AccessFacts): string {
  if (associations.length === 0) return `${member.name} is in no member group that may open ${door.name} or any door of ${door.siteName}.`;
  const names = associations.map(({ memberGroupName }) => memberGroupName);
  return `${member.name} is in ${list(names)}, which may not open ${door.name}, nor all doors of ${door.siteName}.`;
}

export function becauseOfPath(facts: AccessFacts, method: AccessMethod, paths: readonly Path[]): string[] {
  return few(
    paths.map(({ association, permission }) => {
      const hours = permission.schedule === null ? 'at any time' : `by the schedule ${permission.schedule.name}`;
      return `${facts.member.name} is in ${association.memberGroupName}, which may open ${object(facts, permission)} ${BY[method]} ${hours}.`;
    }),
  );
}

export function becauseOfWindow({ member, door }: AccessFacts, at: Instant, paths: readonly Path[]): string[] {
  return few(
    paths.map(({ association }) => {
      const { startsAt, endsAt } = association.window;
      const isBefore = startsAt !== null && at < startsAt;
      const edge = isBefore ? startsAt : (endsAt ?? at);
      const verb = isBefore ? 'is in' : 'was in';
      return `${member.name} ${verb} ${association.memberGroupName} ${isBefore ? 'from' : 'until'} ${when(edge, at, door.timeZone)}`;
    }),
  );
}

export function becauseOfMethod(facts: AccessFacts, method: AccessMethod, paths: readonly Path[]): string[] {
  return few(
    paths.map(({ association, permission }) => {
      const methods = list((permission.methods ?? []).map((allowed) => BY[allowed]));
      return `${facts.member.name} is in ${association.memberGroupName}, which may open ${object(facts, permission)} ${methods}, not ${BY[method]}.`;
    }),
  );
}

export function becauseOfSchedule(facts: AccessFacts, method: AccessMethod, at: Instant, paths: readonly Path[]): string[] {
  const { member, door } = facts;
  const now = `it is ${localText(at, door.timeZone)} there.`;
  return few(
    paths.map(({ association, permission }) => {
      const days = permission.schedule?.days ?? [];
      const may = `${member.name} is in ${association.memberGroupName}, which may open ${object(facts, permission)} ${BY[method]}`;
      return `${may} ${hoursText(days, localMoment(at, door.timeZone).weekday)} (${door.timeZone}, schedule ${permission.schedule?.name ?? ''}); ${now}`;
    }),
  );
}

/** The hours of that day; of a day without any, those of the week. */
function hoursText(days: WeeklyHours, today: number): string {
  const ofToday = dayText(days, today);
  if (ofToday !== null) return `on ${ofToday}`;
  const week = WEEKDAYS.map((_, weekday) => dayText(days, weekday)).filter((text) => text !== null);
  return week.length === 0 ? 'at no time' : `on ${list(week)}`;
}

function dayText(days: WeeklyHours, weekday: number): string | null {
  const ranges = days[weekday] ?? [];
  return ranges.length === 0 ? null : `${WEEKDAYS[weekday] ?? ''} ${list(ranges.map(rangeText))}`;
}

function object({ door }: AccessFacts, { doorId }: Path['permission']): string {
  return doorId === null ? `all doors of ${door.siteName}` : door.name;
}

function when(edge: Instant, at: Instant, zone: string): string {
  return `${localText(edge, zone)} (${zone}); the time asked for is ${localText(at, zone)} there.`;
}

function few(sentences: readonly string[]): string[] {
  const different = [...new Set(sentences)];
  const left = different.length - SENTENCES_MAX;
  return left <= 0 ? different : [...different.slice(0, SENTENCES_MAX), `${left} more of the same kind.`];
}

function list(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}
