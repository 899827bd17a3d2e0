import type { SqlValue, Tx } from '../db/database.js';
import { newEventId } from '../db/ids.js';
import type { ChangeContext, EventVerb, ObjectType } from '../domain/events.js';

/** The rows that one statement is about to change, and what to tell of each. All SQL is ours. */
export interface EventsOfRows {
  readonly verb: EventVerb;
  readonly objectType: ObjectType;
  /** The same for all, or of each row: an SQL expression. */
  readonly integrationId: string | { readonly sql: string };
  /** The member that the row concerns: an SQL expression; absent when it concerns none. */
  readonly memberId?: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** SQL expressions: what makes the row unique among these, its id and its name. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  /** `members where …`: from-clause and condition. */
  readonly from: string;
  readonly bindings: readonly SqlValue[];
}

/**
 * `append` for every row of a set, in one statement: deleting an integration tells of tens of thousands of changes.
 * Called before the change, while the rows still say what they were. Returns how many events were written.
 */
export function appendEach(tx: Tx, context: ChangeContext, rows: EventsOfRows): Promise<number> {
  const { actor, now } = context;
  const { integrationId } = rows;
  const integration =
    typeof integrationId === 'string' ? { sql: 'cast(? as text)', bindings: [integrationId] } : { ...integrationId, bindings: [] };
  const sql = `insert into events (id, created_at, occurred_at, subject_type, subject_id, subject_name, verb, object_type,
      object_id, object_name, integration_id, member_id, details, result)
    select cast(? as text) || '_' || ${rows.key}, cast(? as text), cast(? as text), cast(? as text), cast(? as text), cast(? as text),
      cast(? as text), cast(? as text), ${rows.id}, ${rows.name}, ${integration.sql}, ${rows.memberId ?? 'null'}, cast(? as text), 'ok'
    from ${rows.from}`;
  const common = [newEventId(now), now, now, actor.type, actor.id, actor.name, rows.verb, rows.objectType];
  return tx.execute(sql, [...common, ...integration.bindings, JSON.stringify(rows.details), ...rows.bindings]);
}
