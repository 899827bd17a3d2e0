import type { Actor, Event, EventVerb, ObjectType } from '../domain/events.js';

/** One row of the log, as both engines return it. */
export interface EventRow {
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

export function eventOf(row: EventRow): Event {
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
