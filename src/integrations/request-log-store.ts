import type { Reader, SqlValue, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Page, type PageRequest, pageOf } from '../domain/page.js';
import type { Instant } from '../domain/time.js';
import { NotFound } from '../errors.js';

/** A request of an identity provider and its answer, without secrets: whoever makes one has taken them out. */
export interface RequestRecord {
  /** The `X-Request-Id` of the answer. */
  readonly id: string;
  readonly integrationId: string;
  readonly tokenId: string;
  readonly at: Instant;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly scimType: string | null;
  /** Why it was refused. */
  readonly detail: string | null;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly userAgent: string | null;
  /** The beginning of the body; null without one. */
  readonly requestBody: string | null;
  readonly responseBody: string | null;
}

export type RequestSummary = Omit<RequestRecord, 'integrationId' | 'requestBody' | 'responseBody'>;

/** Requests kept per integration. */
export const REQUESTS_KEPT = 200;
/** Rows per insert: their values stay far below what either engine binds at once. */
const ROWS_PER_INSERT = 50;

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly token_id: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly scim_type: string | null;
  readonly detail: string | null;
  readonly duration_ms: number;
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly user_agent: string | null;
}

interface WholeRow extends Row {
  readonly request_body: string | null;
  readonly response_body: string | null;
}

const SUMMARY = 'seq, id, token_id, at, method, path, status, scim_type, detail, duration_ms, request_bytes, response_bytes, user_agent';
const COLUMNS = `integration_id, ${SUMMARY.replace('seq, ', '')}, request_body, response_body`;

const prune = statement<{ integrationId: string }>('request_log.prune', (sql, p) =>
  sql.raw(
    `delete from request_log where integration_id = ? and seq <=
       (select seq from request_log where integration_id = ? order by seq desc limit 1 offset ${REQUESTS_KEPT})`,
    [p.integrationId, p.integrationId],
  ),
);

const requestById = statement<{ integrationId: string; id: string }, WholeRow>('request_log.get', (sql, p) =>
  sql.raw(`select ${SUMMARY}, request_body, response_body from request_log where integration_id = ? and id = ?`, [p.integrationId, p.id]),
);

/** Adds requests of one integration, oldest first, and forgets those beyond the last ones. Errors: `ReferenceViolation` once the integration is gone. */
export async function addRequests(tx: Tx, integrationId: string, records: readonly RequestRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += ROWS_PER_INSERT) {
    const rows = records.slice(from, from + ROWS_PER_INSERT).map(valuesOf);
    const marks = rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
    await tx.execute(`insert into request_log (${COLUMNS}) values ${marks}`, rows.flat());
  }
  await tx.run(prune, { integrationId });
}

/** Which answers are listed: of one status, of a class (`4` for 4xx), or all from 400 on. */
export type StatusFilter = { readonly from: number; readonly to: number };

/** Newest first, without bodies. */
export async function listRequests(
  reader: Reader,
  integrationId: string,
  { from, to }: StatusFilter,
  { limit, after }: PageRequest,
): Promise<Page<RequestSummary>> {
  const rows = await reader.query<Row>(
    `select ${SUMMARY} from request_log where integration_id = ? and status between ? and ? ${after === null ? '' : 'and seq < ?'}
     order by seq desc limit ?`,
    [integrationId, from, to, ...(after === null ? [] : [after]), limit + 1],
  );
  return pageOf(rows, limit, summaryOf);
}

/** One request with its bodies. Errors: `NotFound`, also for one of another integration. */
export async function getRequest(
  reader: Reader,
  integrationId: string,
  id: string,
): Promise<RequestSummary & Pick<RequestRecord, 'requestBody' | 'responseBody'>> {
  const row = await reader.first(requestById, { integrationId, id });
  if (row === undefined) throw new NotFound('There is no such request, or it is no longer kept.');
  return { ...summaryOf(row), requestBody: row.request_body, responseBody: row.response_body };
}

function valuesOf(record: RequestRecord): SqlValue[] {
  return [
    ...[record.integrationId, record.id, record.tokenId, record.at, record.method, record.path, record.status],
    ...[record.scimType, record.detail, record.durationMs, record.requestBytes, record.responseBytes],
    ...[record.userAgent, record.requestBody, record.responseBody],
  ];
}

function summaryOf(row: Row): RequestSummary {
  return {
    ...{ id: row.id, tokenId: row.token_id, at: row.at, method: row.method, path: row.path },
    ...{ status: row.status, scimType: row.scim_type, detail: row.detail, durationMs: row.duration_ms },
    ...{ requestBytes: row.request_bytes, responseBytes: row.response_bytes, userAgent: row.user_agent },
  };
}
