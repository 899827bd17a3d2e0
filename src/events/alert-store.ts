import type { Reader, SqlValue, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { Alert, AlertType } from '../domain/alerts.js';
import type { ChangeContext } from '../domain/events.js';
import { type Page, type PageRequest, pageOf } from '../domain/page.js';
import type { Instant } from '../domain/time.js';

export interface NewAlert {
  readonly type: AlertType;
  readonly subjectKey: string;
  readonly integrationId?: string | null;
  readonly siteId?: string | null;
  /** In words for people; no secret. */
  readonly message: string;
}

/** What `openAlert` did: only `opened` is news, `updated` has another message than before. */
export interface AlertChange {
  readonly kind: 'opened' | 'updated' | 'unchanged';
  readonly alert: Alert;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly type: AlertType;
  readonly integration_id: string | null;
  readonly site_id: string | null;
  readonly subject_key: string;
  readonly opened_at: Instant;
  readonly closed_at: Instant | null;
  readonly message: string;
  readonly closing_message: string | null;
}

interface Opening {
  readonly id: string;
  readonly type: AlertType;
  readonly integrationId: string | null;
  readonly siteId: string | null;
  readonly subjectKey: string;
  readonly now: Instant;
  readonly message: string;
}

// The conflicting row is locked even where its message stays, so it cannot be closed before this transaction ends.
const open = statement<Opening, Row>('alerts.open', (sql, p) =>
  sql.raw(
    `insert into alerts (id, type, integration_id, site_id, subject_key, opened_at, message) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (type, subject_key) where closed_at is null do update set message = excluded.message where alerts.message <> excluded.message
     returning *`,
    [p.id, p.type, p.integrationId, p.siteId, p.subjectKey, p.now, p.message],
  ),
);

const openOf = statement<{ type: AlertType; subjectKey: string }, Row>('alerts.open-of', (sql, p) =>
  sql.raw('select * from alerts where type = ? and subject_key = ? and closed_at is null', [p.type, p.subjectKey]),
);

const close = statement<{ type: AlertType; subjectKey: string; now: Instant; message: string | null }, Row>('alerts.close', (sql, p) =>
  sql.raw('update alerts set closed_at = ?, closing_message = ? where type = ? and subject_key = ? and closed_at is null returning *', [
    p.now,
    p.message,
    p.type,
    p.subjectKey,
  ]),
);

const openSubjects = statement<{ type: AlertType; subjectKeys: string }, { subject_key: string }>(
  'alerts.open-subjects',
  (sql, p, dialect) =>
    sql.raw(
      `select subject_key from alerts where type = ? and closed_at is null and ${dialect.inList('subject_key')} order by subject_key`,
      [p.type, p.subjectKeys],
    ),
);

/** Opens an alert unless one of this type and subject is open; an open one takes over the message. Errors: `ReferenceViolation` once the integration is gone. */
export async function openAlert(tx: Tx, { now }: ChangeContext, alert: NewAlert): Promise<AlertChange> {
  const { type, subjectKey, integrationId = null, siteId = null, message } = alert;
  const id = newId('alert');
  const changed = await tx.first(open, { id, type, integrationId, siteId, subjectKey, now, message });
  if (changed !== undefined) return { kind: changed.id === id ? 'opened' : 'updated', alert: alertOf(changed) };
  const row = await tx.first(openOf, { type, subjectKey });
  if (row === undefined) throw new Error('an alert that is open cannot be found');
  return { kind: 'unchanged', alert: alertOf(row) };
}

/** Closes the open alert of this type and subject and returns it; null when there is none. */
export async function closeAlert(
  tx: Tx,
  { now }: ChangeContext,
  { type, subjectKey, message = null }: { readonly type: AlertType; readonly subjectKey: string; readonly message?: string | null },
): Promise<Alert | null> {
  const row = await tx.first(close, { type, subjectKey, now, message });
  return row === undefined ? null : alertOf(row);
}

/** Those of the subjects for which an alert of this type is open: one look-up for many. */
export async function subjectsWithOpenAlert(reader: Reader, type: AlertType, subjectKeys: readonly string[]): Promise<string[]> {
  if (subjectKeys.length === 0) return [];
  const rows = await reader.all(openSubjects, { type, subjectKeys: JSON.stringify(subjectKeys) });
  return rows.map((row) => row.subject_key);
}

/** Every filter that is given must hold; `open: false` are those that have closed. */
export interface AlertFilter {
  readonly open?: boolean;
  readonly type?: AlertType;
  readonly integrationId?: string;
  readonly siteId?: string;
}

/** Alerts, newest first. */
export async function listAlerts(
  reader: Reader,
  { open: isOpen, type, integrationId, siteId }: AlertFilter,
  { limit, after }: PageRequest,
): Promise<Page<Alert>> {
  const conditions: string[] = [];
  const bindings: SqlValue[] = [];
  const only = (condition: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    bindings.push(value);
  };
  if (isOpen !== undefined) conditions.push(isOpen ? 'closed_at is null' : 'closed_at is not null');
  only('type = ?', type);
  only('integration_id = ?', integrationId);
  only('site_id = ?', siteId);
  only('seq < ?', after ?? undefined);
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const rows = await reader.query<Row>(`select * from alerts ${where} order by seq desc limit ?`, [...bindings, limit + 1]);
  return pageOf(rows, limit, alertOf);
}

function alertOf(row: Row): Alert {
  return {
    id: row.id,
    type: row.type,
    subjectKey: row.subject_key,
    integrationId: row.integration_id,
    siteId: row.site_id,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    message: row.message,
    closingMessage: row.closing_message,
  };
}
