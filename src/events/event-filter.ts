import type { SqlValue } from '../db/database.js';
import { type Event, EVENT_VERBS, type EventVerb, OBJECT_TYPES, type ObjectType } from '../domain/events.js';
import type { Instant } from '../domain/time.js';

/** Every filter that is given must hold. Of a span of time the start belongs to it, the end does not. */
export interface EventFilter {
  readonly objectType?: ObjectType;
  readonly objectId?: string;
  readonly verb?: EventVerb;
  readonly integrationId?: string;
  readonly siteId?: string;
  readonly subjectId?: string;
  readonly memberId?: string;
  readonly result?: Event['result'];
  /** Of `createdAt`. */
  readonly since?: Instant;
  readonly until?: Instant;
  /** Of `occurredAt`. */
  readonly occurredSince?: Instant;
  readonly occurredUntil?: Instant;
}

/** A condition over `events`; the text is ours, values are in `bindings`. */
export interface Condition {
  readonly sql: string;
  readonly bindings: readonly SqlValue[];
}

export function and({ sql, bindings }: Condition, more: string, values: readonly SqlValue[]): Condition {
  return { sql: `${sql} and ${more}`, bindings: [...bindings, ...values] };
}

const CONDITIONS: Readonly<Record<Exclude<keyof EventFilter, 'result' | 'subjectId'>, string>> = {
  objectType: 'object_type = ?',
  objectId: 'object_id = ?',
  verb: 'verb = ?',
  integrationId: 'integration_id = ?',
  siteId: 'site_id = ?',
  memberId: 'member_id = ?',
  since: 'created_at >= ?',
  until: 'created_at < ?',
  occurredSince: 'occurred_at >= ?',
  occurredUntil: 'occurred_at < ?',
};
const MEMBER_PREFIX = 'mem_';
const NAMES = Object.keys(CONDITIONS) as readonly (keyof typeof CONDITIONS)[];

/** Of one object or one member there are few events, however long the log is. */
export function isOfOne({ objectId, memberId }: EventFilter): boolean {
  return objectId !== undefined || memberId !== undefined;
}

/** The filter as SQL. */
export function conditionOf(filter: EventFilter): Condition {
  const parts: string[] = [];
  const bindings: SqlValue[] = [];
  for (const name of NAMES) {
    const value = filter[name];
    if (value === undefined) continue;
    parts.push(CONDITIONS[name]);
    bindings.push(value);
  }
  if (filter.subjectId !== undefined) {
    // What a member did concerns that member; of all others there is an index that knows them by these words.
    const isMember = filter.subjectId.startsWith(MEMBER_PREFIX);
    parts.push(isMember ? 'member_id = ? and subject_id = ?' : "subject_id = ? and subject_type <> 'member'");
    bindings.push(...Array<string>(isMember ? 2 : 1).fill(filter.subjectId));
  }
  // The index of the few that were denied knows them by this word.
  if (filter.result !== undefined) parts.push(filter.result === 'denied' ? "result = 'denied'" : "result = 'ok'");
  // A verb without a type, or the other way round: with every value of the other, the index of both finds it.
  if (!isOfOne(filter)) {
    if (filter.verb !== undefined && filter.objectType === undefined) parts.push(`object_type in (${quoted(OBJECT_TYPES)})`);
    if (filter.objectType !== undefined && filter.verb === undefined) parts.push(`verb in (${quoted(EVENT_VERBS)})`);
  }
  return { sql: parts.length === 0 ? '1 = 1' : parts.join(' and '), bindings };
}

/** The parts of a filter that an index answers, each by itself. */
export function indexedParts(filter: EventFilter): Condition[] {
  const { objectType, verb, result, memberId, objectId, subjectId, siteId, integrationId } = filter;
  const kind = { ...(objectType === undefined ? {} : { objectType }), ...(verb === undefined ? {} : { verb }) };
  const parts: EventFilter[] = [];
  if (memberId !== undefined) parts.push({ memberId });
  if (objectId !== undefined) parts.push({ objectId });
  if (Object.keys(kind).length > 0) parts.push(kind);
  if (result === 'denied') parts.push({ result });
  if (subjectId !== undefined) parts.push({ subjectId });
  if (siteId !== undefined) parts.push({ siteId });
  if (integrationId !== undefined) parts.push({ integrationId });
  return parts.map(conditionOf);
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
