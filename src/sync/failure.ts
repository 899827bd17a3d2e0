import { LatchkeyError } from '../errors.js';

/** What the admin reads of an error. What nobody foresaw stays in the log. */
export function failureOf(error: unknown): string {
  return error instanceof LatchkeyError
    ? error.publicMessage.replaceAll('\u0000', ' ')
    : 'Something went wrong inside Latchkey; the log says what.';
}
