import type { Request, RequestHandler } from 'express';
import { findController } from '../../access/controller-store.js';
import type { Controller } from '../../access/controller-view-store.js';
import { type Instant, shift } from '../../domain/time.js';
import { noteSeen } from '../../doors/controller-state-store.js';
import { presentedToken, tooManyRequests, unauthorized } from '../bearer.js';
import type { DoorParts } from './parts.js';

const WANTED = 'A valid controller token is required.';
const SEEN_EVERY_MS = 60_000;

/** Which controller asks, and by which token: what its offline list is hashed with. */
export interface DoorCaller {
  readonly controller: Controller;
  readonly token: string;
}

const callers = new WeakMap<Request, DoorCaller>();

/** Whom `authenticate` found. Errors: 401 on a route that was reached without it. */
export function callerOf(request: Request): DoorCaller {
  const caller = callers.get(request);
  if (caller === undefined) throw unauthorized(false, WANTED);
  return caller;
}

/**
 * Finds the controller of the request, and whether it may ask again already, before a byte of its body is read.
 *
 * @see RFC 6750 section 2.1
 */
export function authenticate(parts: Pick<DoorParts, 'db' | 'limits'>, noteUse: (controller: Controller) => void): RequestHandler {
  const { db, limits } = parts;
  return async (request, _response, next) => {
    const { token, isThere } = presentedToken(request, WANTED);
    const controller = token === null ? null : await findController(db.read, token);
    if (token === null || controller === null) {
      const wait = isThere ? limits.wrongToken(request) : 0;
      throw wait > 0 ? tooManyRequests(wait) : unauthorized(isThere, WANTED);
    }
    const wait = limits.controller(controller.id);
    if (wait > 0) throw tooManyRequests(wait);
    callers.set(request, { controller, token });
    noteUse(controller);
    next();
  };
}

/** Writes down that a controller was heard of, once a minute at most; never delays or fails the request. */
export function seenNoter({
  db,
  clock,
  logger,
}: Pick<DoorParts, 'db' | 'clock' | 'logger'>): (controller: Pick<Controller, 'id' | 'lastSeenAt'>) => void {
  const notedAt = new Map<string, Instant>();
  return ({ id, lastSeenAt }) => {
    const now = clock.now();
    const before = notedAt.get(id) ?? lastSeenAt;
    if (before !== null && before > shift(now, -SEEN_EVERY_MS)) return;
    notedAt.set(id, now);
    db.transaction((tx) => noteSeen(tx, id, now)).catch((error: unknown) =>
      logger.warn('that a controller was heard of could not be noted', { id, error }),
    );
  };
}
