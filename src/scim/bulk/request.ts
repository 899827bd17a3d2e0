import { BULK_REQUEST_URN, type ResourceType, type ScimOperation } from '../../domain/scim.js';
import { InvalidSyntax, InvalidValue } from '../errors.js';
import { messageFields, requireSchema } from '../model/message.js';
import { isObject } from '../model/read-value.js';
import { NAME_MAX } from '../schema/limits.js';
import { PayloadTooLarge } from '../transport/refusals.js';

/** Operations of one request; stated in ServiceProviderConfig (D-B1). */
export const BULK_OPERATIONS_MAX = 1000;

/** One operation that can be read; whether it can be carried out is another matter. */
export interface BulkOperation {
  readonly method: ScimOperation['method'];
  readonly resourceType: ResourceType;
  /** As it stands in the path: an id, or `bulkId:…`; null for POST. */
  readonly target: string | null;
  readonly version: string | undefined;
  readonly data: unknown;
}

/** An operation of the request in its place: read, or refused by itself alone. */
export interface BulkEntry {
  /** For the result, when they could be read. */
  readonly method: string | undefined;
  readonly bulkId: string | undefined;
  readonly read: BulkOperation | Error;
}

export interface BulkRequest {
  /** Infinity: the client wants all results, whatever they are. */
  readonly failOnErrors: number;
  readonly entries: readonly BulkEntry[];
}

const MESSAGE: ReadonlySet<string> = new Set(['schemas', 'failonerrors', 'operations']);
const OPERATION: ReadonlySet<string> = new Set(['method', 'bulkid', 'version', 'path', 'data']);

/**
 * Reads a BulkRequest message. What is wrong with one operation is that operation's result; only what makes the message
 * none is an error of the request.
 *
 * @throws InvalidSyntax, InvalidValue for `failOnErrors`, PayloadTooLarge (413) for too many operations
 * @see RFC 7644 section 3.7
 */
export function parseBulkRequest(body: unknown): BulkRequest {
  if (!isObject(body)) throw new InvalidSyntax('The body must be a JSON object.');
  const message = messageFields(body, MESSAGE);
  requireSchema(message.get('schemas'), BULK_REQUEST_URN);
  const operations = message.get('operations');
  if (!Array.isArray(operations) || operations.length === 0) throw new InvalidSyntax('Operations must be a list that is not empty.');
  if (operations.length > BULK_OPERATIONS_MAX)
    throw new PayloadTooLarge(`A request may have ${BULK_OPERATIONS_MAX} operations at most (maxOperations).`);
  const failOnErrors = failOnErrorsIn(message.get('failonerrors') ?? null);
  return { failOnErrors, entries: operations.map(readEntry) };
}

function failOnErrorsIn(value: unknown): number {
  if (value === null) return Number.POSITIVE_INFINITY;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw new InvalidValue('failOnErrors must be an integer above 0.');
  return value;
}

function readEntry(operation: unknown): BulkEntry {
  if (!isObject(operation)) throw new InvalidSyntax('An operation must be an object.');
  try {
    const fields = messageFields(operation, OPERATION);
    const shown = { method: short(fields.get('method')), bulkId: short(fields.get('bulkid')) };
    try {
      return { ...shown, read: readOperation(fields) };
    } catch (error) {
      return { ...shown, read: refusal(error) };
    }
  } catch (error) {
    return { method: undefined, bulkId: undefined, read: refusal(error) };
  }
}

function refusal(error: unknown): Error {
  if (error instanceof Error) return error;
  throw error;
}

/** What a result repeats of its operation is what makes it known again, not whatever was sent. */
function short(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= NAME_MAX ? value : undefined;
}

function readOperation(fields: ReadonlyMap<string, unknown>): BulkOperation {
  const method = methodIn(fields.get('method'));
  checkBulkId(fields.get('bulkid') ?? null, method);
  const version = fields.get('version') ?? undefined;
  if (version !== undefined && typeof version !== 'string') throw new InvalidSyntax('version must be a text.');
  return { method, ...placeIn(fields.get('path'), method), version, data: fields.get('data') };
}

function methodIn(value: unknown): BulkOperation['method'] {
  if (value === 'POST' || value === 'PUT' || value === 'PATCH' || value === 'DELETE') return value;
  throw new InvalidSyntax('method must be POST, PUT, PATCH or DELETE.');
}

function checkBulkId(value: unknown, method: BulkOperation['method']): void {
  if (value === null && method !== 'POST') return;
  if (value === null) throw new InvalidSyntax('A POST needs a bulkId.');
  if (short(value) === undefined) throw new InvalidSyntax(`bulkId must be a text of 1 to ${NAME_MAX} characters.`);
}

/** Two endpoints, and below them one segment: nothing that has to be resolved, decoded or cut. */
const PATH = /^\/(User|Group)s(?:\/([^/?#]+))?$/;

function placeIn(path: unknown, method: BulkOperation['method']): Pick<BulkOperation, 'resourceType' | 'target'> {
  const [, type, target = null] = (typeof path === 'string' ? PATH.exec(path) : null) ?? [];
  if (type === undefined || (target === null) !== (method === 'POST'))
    throw new InvalidValue('path must be /Users or /Groups for POST, and /Users/{id} or /Groups/{id} for other methods.');
  return { resourceType: type === 'User' ? 'User' : 'Group', target };
}
