/**
 * Errors say what went wrong in words fit for the caller (`publicMessage`); everything else stays in `cause`
 * and in the log. How each looks on the wire is decided where the wire is: `scim/errors.ts`, `http/problem.ts`, `cli`.
 */
export class LatchkeyError extends Error {
  readonly publicMessage: string;

  constructor(publicMessage: string, options?: ErrorOptions) {
    super(publicMessage, options);
    this.publicMessage = publicMessage;
    this.name = new.target.name;
  }
}

/** No such thing, or none that this caller may see: the answer is the same for both. */
export class NotFound extends LatchkeyError {}

/** The request is understood and cannot be done as things stand. */
export class Conflict extends LatchkeyError {}

/** A value that must be unique is in use. `attribute` is the name the caller knows it by. */
export class NotUnique extends Conflict {
  readonly attribute: string;

  constructor(attribute: string, publicMessage = `${attribute} is already in use.`) {
    super(publicMessage);
    this.attribute = attribute;
  }
}

/** What the caller sent is not valid; `pointer` is a JSON Pointer (RFC 6901) to the place, if there is one. */
export class InvalidInput extends LatchkeyError {
  readonly pointer: string | undefined;

  constructor(publicMessage: string, pointer?: string, options?: ErrorOptions) {
    super(publicMessage, options);
    this.pointer = pointer;
  }
}

/** One place of what was sent that is not valid. `pointer`: JSON Pointer (RFC 6901), empty for the whole. */
export interface PlaceError {
  readonly pointer: string;
  readonly detail: string;
}

/** What the caller sent is not valid in these places; no value is repeated. */
export class InvalidPlaces extends InvalidInput {
  readonly places: readonly PlaceError[];

  constructor(places: readonly PlaceError[]) {
    const [first] = places;
    const more = places.length > 1 ? ` (and ${places.length - 1} more)` : '';
    const where = first === undefined || first.pointer === '' ? 'The body' : first.pointer;
    super(`${where} ${first?.detail ?? 'is not valid'}${more}.`, first?.pointer ?? '');
    this.places = places;
  }
}

/** The resource has another version than the caller said it has (RFC 9110 section 13.1.1). */
export class VersionMismatch extends LatchkeyError {}

/** Who calls is known and may not do this. */
export class Forbidden extends LatchkeyError {}

/** The database does not answer, is locked for too long, or its disk is full: nothing was stored, ask again. */
export class DatabaseUnavailable extends LatchkeyError {
  constructor(options?: ErrorOptions) {
    super('The service cannot reach its database at the moment; nothing was changed.', options);
  }
}

/** A unique constraint said no. Stores turn it into `NotUnique` or try another value. */
export class UniqueViolation extends LatchkeyError {
  readonly table: string;
  readonly columns: readonly string[];

  constructor(table: string, columns: readonly string[], options?: ErrorOptions) {
    super('A value that must be unique is already in use.', options);
    this.table = table;
    this.columns = columns;
  }
}

/** A foreign key said no: the row that was named is gone. */
export class ReferenceViolation extends LatchkeyError {
  constructor(options?: ErrorOptions) {
    super('Something that this refers to does not exist any more.', options);
  }
}
