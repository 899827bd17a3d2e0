import type { Request, RequestHandler } from 'express';
import { type Instant, shift } from '../../domain/time.js';
import { findApiToken, touchApiToken } from '../../integrations/api-token-store.js';
import { presentedToken, tooManyRequests, unauthorized } from '../bearer.js';
import type { HttpRefusal } from '../problem.js';
import type { Caller } from './caller.js';
import type { AdminParts } from './parts.js';

const WANTED = 'A valid API token is required.';
const TOUCH_EVERY_MS = 60_000;

const callers = new WeakMap<Request, Caller>();

/** Whom `authenticate` found. Errors: 401 on a route that was reached without it. */
export function callerOf(request: Request): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw unauthorized(false, WANTED);
  return caller;
}

/**
 * Finds the API token of the request, and whether it may ask again already, before a byte of its body is read.
 *
 * @see RFC 6750 section 2.1
 */
export function authenticate(parts: AdminParts): RequestHandler {
  const noteUse = useNoter(parts);
  return async (request, _response, next) => {
    const { token: presented, isThere } = presentedToken(request, WANTED);
    const token = presented === null ? null : await findApiToken(parts.db.read, presented, parts.clock.now());
    if (token === null) throw refusal(parts, request, isThere);
    const wait = parts.limits.apiToken(token.id);
    if (wait > 0) throw tooManyRequests(wait);
    callers.set(request, { actor: { type: 'api_token', id: token.id, name: token.name }, role: token.role });
    noteUse(token.id, token.lastUsedAt);
    next();
  };
}

/** Writes down that a token was used, once a minute at most; never delays or fails the request. */
function useNoter({ db, clock, logger }: AdminParts): (id: string, lastUsedAt: Instant | null) => void {
  const notedAt = new Map<string, Instant>();
  return (id, lastUsedAt) => {
    const now = clock.now();
    const before = notedAt.get(id) ?? lastUsedAt;
    if (before !== null && before > shift(now, -TOUCH_EVERY_MS)) return;
    notedAt.set(id, now);
    const note = async () => db.transaction((tx) => touchApiToken(tx, id, now));
    note().catch((error: unknown) => logger.warn('the last use of an API token could not be noted', { id, error }));
  };
}

/** Who presents one wrong token after the other is told to slow down; a request without any guesses nothing. */
function refusal({ limits }: AdminParts, request: Request, presented: boolean): HttpRefusal {
  const wait = presented ? limits.wrongToken(request) : 0;
  return wait > 0 ? tooManyRequests(wait) : unauthorized(presented, WANTED);
}
