import { LatchkeyError } from '../errors.js';

/**
 * What an operator reads when the server or a command does not start: a sentence for what he can mend, the whole error for
 * a bug. Never a connection URL: the errors of the drivers name hosts, users and databases, not passwords.
 */
export function whyNotStarted(error: unknown): string | Error {
  if (error instanceof LatchkeyError) return [error.publicMessage, reasonOf(error.cause)].filter((text) => text !== '').join('\n');
  if (!(error instanceof Error)) return String(error);
  return isOfTheSystem(error) ? ofTheSystem(error) : error;
}

function isOfTheSystem(error: Error): error is NodeJS.ErrnoException {
  return 'syscall' in error;
}

/** The system's own words name the address or the folder; what to do about the usual ones is ours to say. */
function ofTheSystem({ code, syscall, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `Something else listens on this port already. Stop it, or set PORT to another one.\n${message}`;
  if (syscall === 'mkdir') return `The data directory cannot be made. Set LATCHKEY_DATA_DIR to a folder of your own.\n${message}`;
  if (code === 'EACCES' || code === 'EROFS') return `The system does not allow this.\n${message}`;
  return message;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  // Several addresses were tried: the sentence is in each, not in the whole.
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('\n');
  return cause.message;
}
