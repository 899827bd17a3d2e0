import { DatabaseUnavailable, ReferenceViolation, UniqueViolation } from '../errors.js';

/** Serialization failure and deadlock: nobody's fault, the transaction may simply run again. */
const CONFLICTS = new Set(['40001', '40P01']);
/**
 * Connection exceptions, wrong password, no such database, insufficient resources (disk full among them), a database that
 * takes no connections, operator intervention, statement timeout.
 */
const UNAVAILABLE_CLASSES = ['08', '28', '3D', '53', '55', '57', '58'];
const UNAVAILABLE_SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENOENT',
]);

interface ServerError extends Error {
  readonly code: string;
  readonly table?: string;
  readonly detail?: string;
}

export function isConflict(error: unknown): boolean {
  return hasCode(error) && CONFLICTS.has(error.code);
}

/** The errors of pg to ours; anything else is a bug and stays what it is. */
export function translatePostgresError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!hasCode(error)) return isLostConnection(error) ? new DatabaseUnavailable({ cause: error }) : error;
  if (error.code === '23505') return new UniqueViolation(error.table ?? '', keyColumns(error.detail ?? ''), { cause: error });
  if (error.code === '23503') return new ReferenceViolation({ cause: error });
  const unavailable =
    UNAVAILABLE_SYSTEM.has(error.code) || (error.code.length === 5 && UNAVAILABLE_CLASSES.includes(error.code.slice(0, 2)));
  return unavailable ? new DatabaseUnavailable({ cause: error }) : error;
}

/** `Key (integration_id, user_name_key)=(…) already exists.` */
function keyColumns(detail: string): string[] {
  const start = detail.indexOf('(');
  const end = detail.indexOf(')=(');
  return start < 0 || end < 0 ? [] : detail.slice(start + 1, end).split(', ');
}

/** pg reports these without a code; the words are those of pg and pg-pool 8. */
function isLostConnection(error: Error): boolean {
  const { message } = error;
  return (
    message.includes('Connection terminated') ||
    message.includes('timeout exceeded when trying to connect') ||
    message === 'timeout expired' ||
    message.includes('Client has encountered a connection error')
  );
}

function hasCode(error: unknown): error is ServerError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
