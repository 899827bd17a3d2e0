import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hashToken } from '../../credentials/tokens.js';
import { accessListJson } from '../../doors/access-list.js';
import { beginList } from '../../doors/begin-list.js';
import { Query } from '../admin/query.js';
import { HttpRefusal } from '../problem.js';
import type { Call } from './route.js';

/** Lists that are being written at once: each keeps the database busy. */
const AT_ONCE = 4;
const RETRY_AFTER_SECONDS = 5;

/** By controller: the list that is being written for it. */
const running = new Map<string, ServerResponse>();

/**
 * `GET /access-list?since=`: written while it is read, as fast as the controller takes it. If something fails on the way the
 * connection breaks off, so that half a list is no JSON and never taken for a whole one. A controller has one list at a time: a
 * newer one ends the one before, which may be a connection that nobody reads any more.
 */
export async function sendAccessList({ parts, caller, request, response }: Call): Promise<undefined> {
  const since = new Query(request.url).text('since') ?? null;
  const { id } = caller.controller;
  running.get(id)?.destroy();
  running.delete(id);
  if (running.size >= AT_ONCE) {
    throw new HttpRefusal(503, 'Too many lists are being written at the moment.', {
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    });
  }
  running.set(id, response);
  try {
    const { db, stores, clock, logger } = parts;
    const controller = { id, tokenHash: hashToken(caller.token) };
    const version = await beginList({ db, logger }, controller, since, clock.now());
    const pieces = accessListJson({ reader: db.read, ...stores, controller, token: caller.token, version, since, now: clock.now() });
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
    // A controller that hangs up is no error of ours, nor one that asks anew.
    if (!response.destroyed || !isHungUp(error)) throw error;
  } finally {
    if (running.get(id) === response) running.delete(id);
  }
  return undefined;
}

const HUNG_UP: ReadonlySet<string> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_UNABLE_TO_PIPE']);

function isHungUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && HUNG_UP.has(String(error.code));
}
