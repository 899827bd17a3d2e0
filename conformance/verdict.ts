import { type Answer, brief } from './answer.js';

/** The server does otherwise than the check demands. */
export class Unmet extends Error {
  readonly expected: string;
  readonly got: string;
  readonly answer: Answer | null;

  constructor(expected: string, got: string, answer: Answer | null = null) {
    super(`expected ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
    this.answer = answer;
  }
}

/** The check cannot be made here; the message says why, for the report. */
export class NotOffered extends Error {}

/** Throws what the report shows as `expected … got …` with the request that was answered so. */
export function unmet(answer: Answer, expected: string, got: string = brief(answer)): never {
  throw new Unmet(expected, got, answer);
}
