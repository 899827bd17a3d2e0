import { ERROR_URN } from '../../domain/scim.js';
import {
  Conflict,
  DatabaseUnavailable,
  Forbidden,
  InvalidInput,
  NotFound,
  NotUnique,
  ReferenceViolation,
  VersionMismatch,
} from '../../errors.js';
import { ScimError } from '../errors.js';
import { TransportError } from './refusals.js';

/** An error as SCIM puts it on the wire. */
export interface WireError {
  readonly status: number;
  readonly scimType: string | null;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Seconds after which a client may ask again while the database is away. */
const RETRY_AFTER_SECONDS = '5';

/**
 * Every error there is to the one form clients understand. What nobody foresaw is a 500 with fixed words: the IdP must
 * never take an outage for "this user does not exist" (404), nor see what broke.
 *
 * @see RFC 7644 section 3.12
 */
export function toWireError(error: unknown): WireError {
  if (error instanceof ScimError) return wire(error.status, error.scimType, error.publicMessage);
  if (error instanceof TransportError) return { ...wire(error.status, null, error.publicMessage), headers: error.headers };
  if (error instanceof NotUnique) return wire(409, 'uniqueness', error.publicMessage);
  if (error instanceof NotFound) return wire(404, null, error.publicMessage);
  if (error instanceof VersionMismatch) return wire(412, null, error.publicMessage);
  if (error instanceof InvalidInput) return wire(400, 'invalidValue', error.publicMessage);
  if (error instanceof Forbidden) return wire(403, null, error.publicMessage);
  if (error instanceof Conflict || error instanceof ReferenceViolation) return wire(409, null, error.publicMessage);
  if (error instanceof DatabaseUnavailable)
    return { ...wire(503, null, error.publicMessage), headers: { 'Retry-After': RETRY_AFTER_SECONDS } };
  if (error instanceof URIError) return wire(400, 'invalidSyntax', 'The URL is not properly encoded.');
  return wire(500, null, 'Something went wrong on our side; the request was not carried out.');
}

/** The body of an error answer: `status` is a string by the RFC's own schema. */
export function errorBody(error: WireError): object {
  return {
    schemas: [ERROR_URN],
    status: String(error.status),
    ...(error.scimType === null ? {} : { scimType: error.scimType }),
    detail: error.detail,
  };
}

function wire(status: number, scimType: string | null, detail: string): WireError {
  return { status, scimType, detail, headers: {} };
}
