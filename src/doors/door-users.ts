import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';

/** Whose credential it was. */
export interface DoorUser {
  readonly id: string;
  readonly name: string;
  readonly integrationId: string | null;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly integration_id: string | null;
}

const byId = statement<{ ids: string }, Row>('door-users.by-id', (sql, p, dialect) =>
  sql.raw(`select id, name, integration_id from members where ${dialect.inList('id')}`, [p.ids]),
);

/** By id: those of these members that are known. */
export async function doorUsers(reader: Reader, memberIds: readonly string[]): Promise<ReadonlyMap<string, DoorUser>> {
  const ids = [...new Set(memberIds)];
  if (ids.length === 0) return new Map();
  const rows = await reader.all(byId, { ids: JSON.stringify(ids) });
  return new Map(rows.map(({ id, name, integration_id }) => [id, { id, name, integrationId: integration_id }]));
}
