import { inspect } from 'node:util';

export const REDACTED = '[secret]';

/**
 * A text that must not reach a log, an answer or an error by accident: whatever prints it prints `[secret]`.
 * `expose()` is the one way out, and easy to search for.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expose(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
