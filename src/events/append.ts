import type { Tx } from '../db/database.js';
import { newEventId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { ChangeContext, NewEvent } from '../domain/events.js';

interface EventRow {
  readonly id: string;
  readonly created_at: string;
  readonly occurred_at: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly subject_name: string;
  readonly verb: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly object_name: string;
  readonly site_id: string | null;
  readonly integration_id: string | null;
  readonly member_id: string | null;
  readonly details: string | null;
  readonly result: string;
}

const insertEvent = statement<EventRow>('events.insert', (sql, p) =>
  sql('events').insert({
    id: p.id,
    created_at: p.created_at,
    occurred_at: p.occurred_at,
    subject_type: p.subject_type,
    subject_id: p.subject_id,
    subject_name: p.subject_name,
    verb: p.verb,
    object_type: p.object_type,
    object_id: p.object_id,
    object_name: p.object_name,
    site_id: p.site_id,
    integration_id: p.integration_id,
    member_id: p.member_id,
    details: p.details,
    result: p.result,
  }),
);

/** Writes one event in the transaction of the change it tells of: either both are stored or neither. */
export async function append(tx: Tx, context: ChangeContext, event: NewEvent): Promise<void> {
  await appendWithId(tx, context, event);
}

/** `append` for who must name the event to somebody: returns its id. */
export async function appendWithId(tx: Tx, context: ChangeContext, event: NewEvent): Promise<string> {
  const id = newEventId(context.now);
  await tx.run(insertEvent, {
    id,
    created_at: context.now,
    occurred_at: event.occurredAt ?? context.now,
    subject_type: context.actor.type,
    subject_id: context.actor.id,
    subject_name: context.actor.name,
    verb: event.verb,
    object_type: event.object.type,
    object_id: event.object.id,
    object_name: event.object.name,
    site_id: event.siteId ?? null,
    integration_id: event.integrationId ?? null,
    // What a member did concerns it.
    member_id: event.memberId ?? (context.actor.type === 'member' ? context.actor.id : null),
    details: event.details === undefined ? null : JSON.stringify(event.details),
    result: event.result ?? 'ok',
  });
  return id;
}
