import type { Reader, SqlValue } from '../db/database.js';
import type { Actor, Event, EventVerb, ObjectType } from '../domain/events.js';
import { type Page, type PageRequest, pageOf } from '../domain/page.js';
import type { Instant } from '../domain/time.js';

/** Every filter that is given must hold. `since` belongs to the time asked for, `until` does not; both look at `createdAt`. */
export interface EventFilter {
  readonly objectType?: ObjectType;
  readonly objectId?: string;
  readonly verb?: EventVerb;
  readonly integrationId?: string;
  readonly subjectId?: string;
  readonly memberId?: string;
  readonly since?: Instant;
  readonly until?: Instant;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly created_at: string;
  readonly occurred_at: string;
  readonly subject_type: Actor['type'];
  readonly subject_id: string;
  readonly subject_name: string;
  readonly verb: EventVerb;
  readonly object_type: ObjectType;
  readonly object_id: string;
  readonly object_name: string;
  readonly site_id: string | null;
  readonly integration_id: string | null;
  readonly member_id: string | null;
  readonly details: string | null;
  readonly result: Event['result'];
}

const CONDITIONS: Readonly<Record<keyof EventFilter, string>> = {
  objectType: 'object_type = ?',
  objectId: 'object_id = ?',
  verb: 'verb = ?',
  integrationId: 'integration_id = ?',
  subjectId: 'subject_id = ?',
  memberId: 'member_id = ?',
  since: 'created_at >= ?',
  until: 'created_at < ?',
};
const FILTERS: readonly (keyof EventFilter)[] = [
  'objectType',
  'objectId',
  'verb',
  'integrationId',
  'subjectId',
  'memberId',
  'since',
  'until',
];

/** Events, newest first. A page that is read later than the one before misses nothing and repeats nothing: new events come in front. */
export async function listEvents(reader: Reader, filter: EventFilter, { limit, after }: PageRequest): Promise<Page<Event>> {
  const conditions: string[] = [];
  const bindings: SqlValue[] = [];
  for (const name of FILTERS) {
    const value = filter[name];
    if (value === undefined) continue;
    conditions.push(CONDITIONS[name]);
    bindings.push(value);
  }
  if (after !== null) {
    conditions.push('seq < ?');
    bindings.push(after);
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const rows = await reader.query<Row>(`select * from events ${where} order by seq desc limit ?`, [...bindings, limit + 1]);
  return pageOf(rows, limit, eventOf);
}

function eventOf(row: Row): Event {
  return {
    id: row.id,
    createdAt: row.created_at,
    occurredAt: row.occurred_at,
    subject: { type: row.subject_type, id: row.subject_id, name: row.subject_name },
    verb: row.verb,
    object: { type: row.object_type, id: row.object_id, name: row.object_name },
    siteId: row.site_id,
    integrationId: row.integration_id,
    memberId: row.member_id,
    details: row.details === null ? null : JSON.parse(row.details),
    result: row.result,
  };
}
