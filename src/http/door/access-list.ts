import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hashToken } from '../../credentials/tokens.js';
import { accessListJson } from '../../doors/access-list.js';
import { Query } from '../admin/query.js';
import { HttpRefusal } from '../problem.js';
import type { Call } from './route.js';

/** Lists that are being written at once: each keeps the database busy. */
const AT_ONCE = 4;
const RETRY_AFTER_SECONDS = 5;

let running = 0;

/**
 * `GET /access-list?since=`: written while it is read, as fast as the controller takes it. If something fails on the way the
 * connection breaks off, so that half a list is no JSON and never taken for a whole one.
 */
export async function sendAccessList({ parts, caller, request, response }: Call): Promise<undefined> {
  const since = new Query(request.url).text('since') ?? null;
  if (running >= AT_ONCE) {
    throw new HttpRefusal(503, 'Too many lists are being written at the moment.', {
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    });
  }
  running += 1;
  try {
    const { db, stores, clock } = parts;
    const controller = { id: caller.controller.id, tokenHash: hashToken(caller.token) };
    const pieces = accessListJson({ reader: db.read, ...stores, controller, token: caller.token, since, now: clock.now() });
    // The first piece costs the look-ups that fail if the database is away: an error then is still an answer of its own.
    const first = await pieces.next();
    response.status(200).setHeader('Content-Type', 'application/json');
    if (request.method === 'HEAD') {
      await pieces.return(undefined);
      response.end();
      return undefined;
    }
    const rest = async function* (): AsyncGenerator<string> {
      if (first.done !== true) yield first.value;
      yield* pieces;
    };
    await pipeline(Readable.from(rest()), response);
  } catch (error) {
    // A controller that hangs up is no error of ours.
    if (!(response.headersSent && isHungUp(error))) throw error;
  } finally {
    running -= 1;
  }
  return undefined;
}

function isHungUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
