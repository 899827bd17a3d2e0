import { ACCESS_METHODS } from '../domain/doors.js';
import type { Actor, Event, EventSubject, EventVerb, ObjectType } from '../domain/events.js';

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
  const details: Event['details'] = row.details === null ? null : JSON.parse(row.details);
  return {
    id: row.id,
    createdAt: row.created_at,
    occurredAt: row.occurred_at,
    subject: { type: row.subject_type, id: row.subject_id, name: row.subject_name, ...credentialOf(row, details) },
    verb: row.verb,
    object: { type: row.object_type, id: row.object_id, name: row.object_name },
    siteId: row.site_id,
    integrationId: row.integration_id,
    memberId: row.member_id,
    details,
    result: row.result,
  };
}

/** The details say it as well; here it stands beside who used it, where rules and messages look. */
function credentialOf({ verb, subject_type: subject }: EventRow, details: Event['details']): Pick<EventSubject, 'credential'> {
  const type = ACCESS_METHODS.find((method) => method === details?.['method']);
  if (verb !== 'use' || subject !== 'member' || type === undefined) return {};
  const id = details?.['credentialId'];
  return { credential: { type, id: typeof id === 'string' ? id : null } };
}
