import { LatchkeyError } from '../../errors.js';

/** Refusals that HTTP knows and SCIM has no scimType for; all of them still answer with a SCIM error body. @see RFC 7644 section 3.12 */
export abstract class TransportError extends LatchkeyError {
  abstract readonly status: number;
  /** Headers that the status asks for. */
  readonly headers: Readonly<Record<string, string>> = {};
}

/** The same words whether the token is missing, malformed, unknown, revoked or expired: nobody learns which. @see RFC 6750 section 3 */
export class Unauthorized extends TransportError {
  readonly status = 401;
  override readonly headers: Readonly<Record<string, string>>;

  constructor(presented: boolean) {
    super('A valid bearer token is required.');
    this.headers = { 'WWW-Authenticate': presented ? 'Bearer realm="scim", error="invalid_token"' : 'Bearer realm="scim"' };
  }
}

export class NotAllowedHere extends TransportError {
  readonly status = 403;
}

/** What a disabled integration answers to everything. */
export function disabled(): NotAllowedHere {
  return new NotAllowedHere('This integration is disabled.');
}

export class EndpointNotFound extends TransportError {
  readonly status = 404;

  constructor() {
    super('There is no such endpoint.');
  }
}

export class MethodNotAllowed extends TransportError {
  readonly status = 405;
  override readonly headers: Readonly<Record<string, string>>;

  constructor(allowed: readonly string[]) {
    super(`This endpoint answers ${allowed.join(', ')}.`);
    this.headers = { Allow: allowed.join(', ') };
  }
}

export class NotAcceptable extends TransportError {
  readonly status = 406;

  constructor() {
    super('Answers are application/scim+json or application/json.');
  }
}

export class PayloadTooLarge extends TransportError {
  readonly status = 413;
}

export class UnsupportedMediaType extends TransportError {
  readonly status = 415;
}

/** @see RFC 6585 section 4 */
export class TooManyRequests extends TransportError {
  readonly status = 429;
  override readonly headers: Readonly<Record<string, string>>;

  constructor(seconds: number) {
    super(`Too many requests; please ask again in ${seconds} s.`);
    this.headers = { 'Retry-After': String(seconds) };
  }
}

export class NotImplementedHere extends TransportError {
  readonly status = 501;
}
