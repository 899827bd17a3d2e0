import { LatchkeyError } from '../errors.js';

/**
 * What an operator reads when the server does not start: a sentence for what he can mend, the whole error for a bug.
 * Never a connection URL: the errors of the drivers name hosts, users and databases, not passwords.
 */
export function whyNotStarted(error: unknown): string | Error {
  if (error instanceof LatchkeyError) return [error.publicMessage, reasonOf(error.cause)].filter((text) => text !== '').join('\n');
  if (!(error instanceof Error)) return String(error);
  // Errors of the system (a port in use, a folder that may not be written) say it all in their message.
  return 'syscall' in error ? error.message : error;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  // Several addresses were tried: the sentence is in each, not in the whole.
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('\n');
  return cause.message;
}
