/** `npm run conformance`: see command.ts for its arguments. */
import { command } from './command.js';

const stop = new AbortController();
// The first Ctrl-C ends the run and still deletes what it created; the second one does not wait for that.
process.on('SIGINT', () => {
  if (stop.signal.aborted) process.exit(130);
  stop.abort(new Error('interrupted'));
});
process.on('SIGTERM', () => stop.abort(new Error('terminated')));

process.exitCode = await command(
  process.argv.slice(2),
  { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text), isTerminal: process.stdout.isTTY },
  { stop: stop.signal },
);
