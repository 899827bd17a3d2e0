import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Config } from '../../config.js';
import type { Clock } from '../../db/clock.js';
import type { Database } from '../../db/database.js';
import { GUEST_LANGUAGES, type GuestView } from '../../domain/guest-page.js';
import type { Logger } from '../../domain/logger.js';
import { epochMs } from '../../domain/time.js';
import { NotFound } from '../../errors.js';
import { doorViews } from '../../guest/door-views.js';
import { openDoor, type OpenDoorParts } from '../../guest/open-door.js';
import { beginSession, type Guest, guestOf, LinkRefused } from '../../guest/sessions.js';
import type { RequestLimits } from '../../transport/request-limits.js';
import { parseJson, readBody, refuseUnreadable, requireJson } from '../admin/transport.js';
import { HttpRefusal, sendBody, sendProblems } from '../problem.js';
import { loadAssets } from './assets.js';
import { languageOf } from './language.js';
import { guestPage } from './page.js';
import { protect, sameOrigin } from './protection.js';
import { sessionToken, setSessionCookie } from './session-token.js';

export interface GuestParts extends OpenDoorParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: RequestLimits;
  readonly config: Pick<Config, 'publicUrl'>;
}

/** Without a name in it: the page is the same for a path that is no valid text. */
const PAGE = /^\/[^/]+\/?$/;
const ID = /^[A-Za-z0-9_-]{1,100}$/;
/** Nobody's: what cannot be an id is looked for like any other. */
const NO_ID = '-';
const SECRET_MAX = 200;

/** `/m/{id}`: the page behind a Magic Link, and what it asks. */
export function guestRouter(parts: GuestParts): Router {
  const router = express.Router({ caseSensitive: true });
  const ours = sameOrigin(parts.config.publicUrl);
  router.use(protect);
  router.get(PAGE, page(parts));
  router.post('/:id/session', ours, requireJson, readBody, begin(parts));
  router.get('/:id/doors', doors(parts));
  router.post('/:id/doors/:doorId/open', ours, requireJson, readBody, open(parts));
  router.all(PAGE, allowOnly('GET, HEAD'));
  router.all('/:id/doors', allowOnly('GET, HEAD'));
  router.all(['/:id/session', '/:id/doors/:doorId/open'], allowOnly('POST'));
  router.use(() => {
    throw new NotFound('There is nothing at this path.');
  });
  router.use(refuseUnreadable, sendProblems(parts.logger));
  return router;
}

/** `/guest/{version}/{file}`: what the page is made of. */
export function guestAssetsRouter({ logger }: Pick<GuestParts, 'logger'>): Router {
  const { version, files } = loadAssets();
  const router = express.Router({ caseSensitive: true });
  router.get(`/${version}/:file`, (request, response) => {
    const file = files.get(String(request.params['file']));
    if (file === undefined) throw new NotFound('There is nothing at this path.');
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    response.setHeader('Content-Type', file.mediaType);
    response.send(file.bytes);
  });
  router.use(sendProblems(logger));
  return router;
}

function page({ config }: GuestParts): RequestHandler {
  const base = new URL(config.publicUrl).pathname.replace(/\/$/, '');
  const path = `${base}/guest/${loadAssets().version}`;
  const pages = new Map(GUEST_LANGUAGES.map((language) => [language, guestPage(language, path)]));
  return (request, response) => {
    const language = languageOf(request);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Language', language);
    response.setHeader('Vary', 'Accept-Language');
    response.send(pages.get(language));
  };
}

function begin(parts: GuestParts): RequestHandler {
  return async (request, response) => {
    const linkId = idOf(request.params['id']);
    const secret = secretIn(request.body);
    const wait = parts.limits.guestSecret(request, linkId);
    if (wait > 0) throw tooMany(wait);
    const { guest, token } = await beginSession(parts, linkId, secret).catch((error: unknown) => {
      throw error instanceof LinkRefused ? refusalOf(parts, request, error) : error;
    });
    parts.limits.guestSecretWasRight(request, linkId);
    const seconds = Math.floor((epochMs(guest.expiresAt) - epochMs(parts.clock.now())) / 1000);
    setSessionCookie(response, parts.config.publicUrl, linkId, token, seconds);
    sendJson(response, { ...(await viewOf(parts, guest)), session: token.expose() });
  };
}

function refusalOf({ limits }: GuestParts, request: Request, refused: LinkRefused): Error {
  const wait = limits.guestSecretWasWrong(request);
  return wait > 0 ? tooMany(wait) : refused;
}

function doors(parts: GuestParts): RequestHandler {
  return async (request, response) => {
    sendJson(response, await viewOf(parts, await guestFrom(parts, request)));
  };
}

function open(parts: GuestParts): RequestHandler {
  return async (request, response) => {
    const guest = await guestFrom(parts, request);
    const wait = parts.limits.guestPress(guest.linkId);
    if (wait > 0) throw tooMany(wait);
    sendJson(response, await openDoor(parts, sessionToken(request), guest, idOf(request.params['doorId'])));
  };
}

function guestFrom({ db, clock }: GuestParts, request: Request): Promise<Guest> {
  return guestOf(db.read, clock.now(), idOf(request.params['id']), sessionToken(request));
}

async function viewOf({ db, clock }: GuestParts, guest: Guest): Promise<GuestView> {
  const { member, expiresAt } = guest;
  const now = clock.now();
  return { name: member.name, now, expiresAt, doors: await doorViews(db.read, member.id, now) };
}

function idOf(parameter: unknown): string {
  return typeof parameter === 'string' && ID.test(parameter) ? parameter : NO_ID;
}

/** @throws HttpRefusal 400 for a body of another form, whatever the link */
function secretIn(body: unknown): string {
  const json = parseJson(body);
  const secret = typeof json === 'object' && json !== null && 'secret' in json ? json.secret : undefined;
  if (typeof secret !== 'string' || secret.length > SECRET_MAX) {
    throw new HttpRefusal(400, 'Send {"secret": "…"}.', { errors: [{ pointer: '/secret', detail: 'must be a text' }] });
  }
  return secret;
}

/** @see RFC 6585 section 4 */
function tooMany(seconds: number): HttpRefusal {
  return new HttpRefusal(429, `Too many attempts; please try again in ${seconds} s.`, { headers: { 'Retry-After': String(seconds) } });
}

function allowOnly(allow: string): RequestHandler {
  return (request, response) => {
    if (request.method !== 'OPTIONS') throw new HttpRefusal(405, `Only ${allow} is answered here.`, { headers: { Allow: allow } });
    response.setHeader('Allow', allow);
    response.status(204).end();
  };
}

function sendJson(response: Response, body: object): void {
  sendBody(response, 200, 'application/json', body);
}
