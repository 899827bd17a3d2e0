import { PATCH_OP_URN } from '../../domain/scim.js';
import type { ScimSwitches } from '../../domain/integration.js';
import { InvalidPath, InvalidSyntax, InvalidValue, NoTarget } from '../errors.js';
import { messageFields, requireSchema } from '../model/message.js';
import { isObject } from '../model/read-value.js';
import type { ResourceSchema } from '../schema/attribute.js';
import { PATCH_OPERATIONS_MAX } from '../schema/limits.js';
import { OperationReader } from './operation-reader.js';
import type { PatchOperation } from './operation.js';

/** The switches of a connection that a PATCH depends on. */
export type PatchSwitches = Pick<ScimSwitches, 'valuePath' | 'bareFilterValue'>;

/**
 * Reads a PatchOp message. Everything that the schema alone can decide is decided here, before anything is loaded.
 *
 * @throws InvalidSyntax for the message, InvalidPath or InvalidFilter for a path, NoTarget for `remove` without one,
 *   Mutability for what cannot be changed, InvalidValue for a value
 * @see RFC 7644 section 3.5.2
 */
export function parsePatch(body: unknown, schema: ResourceSchema, switches: PatchSwitches): PatchOperation[] {
  if (!isObject(body)) throw new InvalidSyntax('The body must be a JSON object.');
  const message = messageFields(body, MESSAGE);
  requireSchema(message.get('schemas'), PATCH_OP_URN);
  const operations = message.get('operations');
  if (!Array.isArray(operations) || operations.length === 0) throw new InvalidSyntax('Operations must be a list that is not empty.');
  if (operations.length > PATCH_OPERATIONS_MAX) throw new InvalidSyntax(`Operations must not be more than ${PATCH_OPERATIONS_MAX}.`);

  const reader = new OperationReader(schema, switches.bareFilterValue === 'string');
  for (const operation of operations) readOperation(operation, reader);
  return reader.operations;
}

function readOperation(operation: unknown, reader: OperationReader): void {
  if (!isObject(operation)) throw new InvalidSyntax('An operation must be an object.');
  const fields = messageFields(operation, OPERATION);
  const op = operationName(fields.get('op'));
  const path = fields.get('path') ?? '';
  if (typeof path !== 'string') throw new InvalidPath('path must be a text.');
  if (op === 'remove') {
    if (path.trim() === '') throw new NoTarget('A remove operation needs a path.');
    reader.readPath(op, path, fields.get('value') ?? null);
    return;
  }
  const value = fields.get('value');
  if (value === undefined) throw new InvalidValue(`The operation "${op}" needs a value.`);
  if (path.trim() === '') reader.readResource(op, value);
  else reader.readPath(op, path, value);
}

/** Entra writes `Add`, `Replace`, `Remove`. */
function operationName(op: unknown): PatchOperation['op'] {
  const name = typeof op === 'string' && op.length < 8 ? op.toLowerCase() : op;
  if (name === 'add' || name === 'replace' || name === 'remove') return name;
  throw new InvalidSyntax('op must be add, replace or remove.');
}

const MESSAGE: ReadonlySet<string> = new Set(['schemas', 'operations']);
const OPERATION: ReadonlySet<string> = new Set(['op', 'path', 'value']);
