import { BULK_RESPONSE_URN } from '../../domain/scim.js';
import { Answer } from '../answer.js';
import type { ScimConnection, ScimParts } from '../call.js';
import { NotAllowedHere } from '../transport/refusals.js';
import { errorBody, toWireError } from '../transport/wire-error.js';
import { planBulk } from './plan.js';
import type { Outcome } from './progress.js';
import { type BulkEntry, parseBulkRequest } from './request.js';
import { runBulk } from './run.js';

/**
 * POST /Bulk. The answer is 200 with one result for each operation that was reached, in the order of the request.
 *
 * @see RFC 7644 section 3.7
 */
export async function bulk(parts: ScimParts, connection: ScimConnection, body: unknown): Promise<Answer> {
  if (connection.readOnly) throw new NotAllowedHere('This token may only read.');
  const { entries, failOnErrors } = parseBulkRequest(body);
  const plan = planBulk(entries);
  const outcomes = await runBulk(parts, connection, plan, failOnErrors);
  const results = entries.flatMap((entry, index) => {
    const outcome = outcomes.get(index);
    if (outcome === undefined) return [];
    const step = plan.steps[index];
    const id = step === undefined || step instanceof Error ? null : step.id;
    return [resultOf(parts, entry, id, outcome)];
  });
  return new Answer(200, JSON.stringify({ schemas: [BULK_RESPONSE_URN], Operations: results }));
}

/** `response` holds errors alone: the resource would cost its rendering, and `location` tells where it is. @see RFC 7644 section 3.7 */
function resultOf(parts: ScimParts, { method, bulkId, read }: BulkEntry, id: string | null, outcome: Outcome): object {
  const known = { ...(method === undefined ? {} : { method }), ...(bulkId === undefined ? {} : { bulkId }) };
  const place = read instanceof Error || id === null ? {} : { location: `${parts.baseUrl}/${read.resourceType}s/${id}` };
  if (outcome instanceof Answer) {
    const { ETag: version } = outcome.headers;
    return { ...known, ...place, ...(version === undefined ? {} : { version }), status: String(outcome.status) };
  }
  const wire = toWireError(outcome.error);
  if (wire.status === 500) parts.logger.error('bulk operation failed', { method, error: outcome.error });
  // What could not be created is nowhere.
  return { ...known, ...(method === 'POST' ? {} : place), status: String(wire.status), response: errorBody(wire) };
}
