import type { Instant } from '../domain/time.js';
import { LatchkeyError } from '../errors.js';

/**
 * What can go wrong with an outside system, by what is to be done about it. None of them ever changes access. Messages are
 * for the admin: they name the system's answer, never a secret; `cause` is for the log.
 */
export class UpstreamError extends LatchkeyError {}

/** It does not answer, or answers with an error of its own: try again later, with back-off. */
export class UpstreamUnavailable extends UpstreamError {}

/** It does not accept us (credentials, consent, scopes): no retry; a person has to do something. */
export class UpstreamRefused extends UpstreamError {}

/** It sent what we do not understand: the run stops and changes nothing. */
export class UpstreamContract extends UpstreamError {}

/** It wants to be left alone until then, for longer than a call may wait. */
export class Throttled extends UpstreamError {
  readonly retryAt: Instant;

  constructor(publicMessage: string, retryAt: Instant, options?: ErrorOptions) {
    super(publicMessage, options);
    this.retryAt = retryAt;
  }
}

/** The cursor, or a page token in the middle of a read, is not good any more: a full read from the start is needed. */
export class CursorExpired extends UpstreamError {}
