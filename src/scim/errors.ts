import { LatchkeyError } from '../errors.js';

/** The registered detail keywords. @see RFC 7644 section 3.12 table 9, RFC 9865 section 2.1 */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

/**
 * A refusal in the words of the protocol: `status` and `scimType` go on the wire with `publicMessage`, nothing else does.
 *
 * @see RFC 7644 section 3.12
 */
export abstract class ScimError extends LatchkeyError {
  abstract readonly status: number;
  abstract readonly scimType: ScimType;
}

/** The filter cannot be parsed, or asks for something that cannot be compared. The parser says where: `filter/errors.ts`. */
export class InvalidFilter extends ScimError {
  readonly status = 400;
  readonly scimType = 'invalidFilter';
}

/** The query yields more than the server is willing to work through. */
export class TooMany extends ScimError {
  readonly status = 400;
  readonly scimType = 'tooMany';
}

/** A value that must be unique is in use. */
export class Uniqueness extends ScimError {
  readonly status = 409;
  readonly scimType = 'uniqueness';
}

/** The change is not compatible with the attribute's mutability, or would take away a required one. */
export class Mutability extends ScimError {
  readonly status = 400;
  readonly scimType = 'mutability';
}

/** The body does not have the structure of its message or schema. */
export class InvalidSyntax extends ScimError {
  readonly status = 400;
  readonly scimType = 'invalidSyntax';
}

/** The path of a PATCH operation is malformed or names nothing of the schema. */
export class InvalidPath extends ScimError {
  readonly status = 400;
  readonly scimType = 'invalidPath';
}

/** The path of a PATCH operation leads to no value, or is missing where one is needed. */
export class NoTarget extends ScimError {
  readonly status = 400;
  readonly scimType = 'noTarget';
}

/** A value is missing, of the wrong type, or outside what the attribute allows. */
export class InvalidValue extends ScimError {
  readonly status = 400;
  readonly scimType = 'invalidValue';
}

/** The protocol version asked for is not supported. */
export class InvalidVersion extends ScimError {
  readonly status = 400;
  readonly scimType = 'invalidVers';
}

/** The request would put something sensitive into a URL. */
export class Sensitive extends ScimError {
  readonly status = 403;
  readonly scimType = 'sensitive';
}

/** The cursor is none of ours, or of another list. @see RFC 9865 section 2.1 */
export class InvalidCursor extends ScimError {
  readonly status = 400;
  readonly scimType = 'invalidCursor';

  constructor() {
    super('The cursor is not valid for this list. Start again with an empty one.');
  }
}

/** The cursor was right once. @see RFC 9865 section 2.1 */
export class ExpiredCursor extends ScimError {
  readonly status = 400;
  readonly scimType = 'expiredCursor';

  constructor() {
    super('The cursor has expired. Start again with an empty one.');
  }
}

/** `count` beside a cursor is not a whole number from 1. @see RFC 9865 section 2.1 */
export class InvalidCount extends ScimError {
  readonly status = 400;
  readonly scimType = 'invalidCount';

  constructor() {
    super('With a cursor, count must be an integer of at least 1.');
  }
}
