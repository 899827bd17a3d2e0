import { InvalidFilter as FilterRefused, InvalidPath as PathRefused } from '../errors.js';

/**
 * Why a filter or path was refused. `unknownAttribute` is apart from the rest because what it leads to depends on
 * the endpoint; `secret` is an attribute that never leaves (RFC 7643 section 2.2, writeOnly or returned "never").
 */
export type FilterProblem = 'syntax' | 'limit' | 'unknownAttribute' | 'type' | 'secret';

/** Answered as 400 `invalidFilter`. `position` counts UTF-16 units from 0. @see RFC 7644 section 3.12 */
export class InvalidFilter extends FilterRefused {
  readonly reason: FilterProblem;
  readonly position: number;

  constructor(reason: FilterProblem, publicMessage: string, position: number) {
    super(`Invalid filter: ${publicMessage} (character ${position + 1}).`);
    this.reason = reason;
    this.position = position;
  }
}

/** Answered as 400 `invalidPath`; a mistake inside the brackets of a path is an `InvalidFilter`. @see RFC 7644 sections 3.5.2 and 3.12 */
export class InvalidPath extends PathRefused {
  readonly reason: FilterProblem;
  readonly position: number;

  constructor(reason: FilterProblem, publicMessage: string, position: number) {
    super(`Invalid path: ${publicMessage} (character ${position + 1}).`);
    this.reason = reason;
    this.position = position;
  }
}

/** Which of the two a place in the text leads to. */
export type Refusal = typeof InvalidFilter | typeof InvalidPath;

const ECHO_MAX = 60;

/** A name as an error may show it: cut, because what the caller sent may be long. */
export function shown(name: string): string {
  return name.length <= ECHO_MAX ? name : `${name.slice(0, ECHO_MAX - 1)}…`;
}
