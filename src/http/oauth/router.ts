import express, { type ErrorRequestHandler, type RequestHandler, type Response, type Router } from 'express';
import { UpstreamError, UpstreamRefused } from '../../adapters/upstream-errors.js';
import type { OAuthConnections } from '../../connect/oauth-connections.js';
import type { Logger } from '../../domain/logger.js';
import { Conflict, InvalidInput, NotFound } from '../../errors.js';
import { hasRandomTextShape } from '../../credentials/random-text.js';
import { correlation } from '../../transport/request-id.js';

interface OAuthRouterParts {
  readonly oauth: OAuthConnections;
  readonly logger: Logger;
}

const CODE_MAX = 4_096;

/** What an admin's browser shows who comes back from an outside system. The same for everything that did not work. */
const PAGES = {
  connected: { status: 200, title: 'Connected', text: 'Connected, you can close this window.' },
  refused: { status: 400, title: 'Not connected', text: 'This did not work, and nothing was changed. Please start again.' },
  unavailable: { status: 502, title: 'Not connected', text: 'The other system does not answer. Please start again later.' },
  broken: { status: 500, title: 'Not connected', text: 'Something went wrong here. It has been logged.' },
} as const;

/** `/oauth`: where outside systems send an admin back to after consent. Who comes without an attempt of ours learns nothing. */
export function oauthRouter(parts: OAuthRouterParts): Router {
  const router = express.Router({ caseSensitive: true });
  router.get('/callback', callback(parts));
  router.use(((error, request, response, _next) => {
    const page = pageOf(error);
    const fields = { ...correlation(request, response), error };
    if (page === 'broken') parts.logger.error('request failed', fields);
    else parts.logger.info('an attempt to connect was refused', fields);
    send(response, page);
  }) satisfies ErrorRequestHandler);
  return router;
}

function callback({ oauth, logger }: OAuthRouterParts): RequestHandler {
  return async (request, response) => {
    const at = request.url.indexOf('?');
    const query = new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1));
    const [state, code] = [sole(query, 'state'), sole(query, 'code')];
    // HEAD comes from what looks at links before people do, and must not use the answer up.
    const usable = hasRandomTextShape(state) && code.length <= CODE_MAX && request.method === 'GET';
    if (!usable) throw new InvalidInput('The answer has another form.');
    const integrationId = await oauth.finish(state, code);
    logger.info('an integration was connected', { integrationId });
    send(response, 'connected');
  };
}

/** @throws InvalidInput when it is not there exactly once, or empty */
function sole(query: URLSearchParams, name: string): string {
  const [value, ...more] = query.getAll(name);
  if (value === undefined || value === '' || more.length > 0) throw new InvalidInput(`The answer has no single ${name}.`);
  return value;
}

function pageOf(error: unknown): keyof typeof PAGES {
  const refused =
    error instanceof InvalidInput || error instanceof NotFound || error instanceof Conflict || error instanceof UpstreamRefused;
  if (refused) return 'refused';
  return error instanceof UpstreamError ? 'unavailable' : 'broken';
}

function send(response: Response, page: keyof typeof PAGES): void {
  const { status, title, text } = PAGES[page];
  response.setHeader('Content-Security-Policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.status(status).type('html');
  response.send(`<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${title}</title>\n<p>${text}</p>\n</html>\n`);
}
