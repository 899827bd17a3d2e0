import { createHash } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import { formOf } from '../kernel/server.js';
import { type AccessToken, type Consent, TOKEN_SECONDS } from './identity.js';
import { grantByAssertion } from './jwt-grant.js';
import { keyPair, writeJws } from './keys.js';
import { type OAuthParts, TokenFault } from './oauth-parts.js';

export function mountOAuth(app: Express, parts: OAuthParts): void {
  app.get('/o/oauth2/v2/auth', (request, response) => authorize(request, response, parts));
  app.post('/token', (request, response) => {
    const form = formOf(request);
    parts.tokenRequests.push(form);
    try {
      response.json(tokenFor(form, parts));
    } catch (error) {
      if (!(error instanceof TokenFault)) throw error;
      response.status(error.status).json({ error: error.code, error_description: error.message });
    }
  });
  app.get('/v3/userinfo', (request, response) => userinfo(request, response, parts));
  app.post('/revoke', (request, response) => {
    const token = formOf(request).get('token') ?? textOf(request.query['token']);
    if (parts.identity.revoke(token)) response.json({});
    else response.status(400).json({ error: 'invalid_token', error_description: 'Token expired or revoked' });
  });
}

/** Nobody clicks: the consent screen answers by itself, for `login_hint` or the first admin. */
function authorize(request: Request, response: Response, { identity, world, switches }: OAuthParts): void {
  const query = (name: string) => textOf(request.query[name]);
  const redirectUri = query('redirect_uri');
  if (!identity.clients.has(query('client_id'))) return refuse(response, 'invalid_client', 'The OAuth client was not found.');
  if (!URL.canParse(redirectUri)) return refuse(response, 'redirect_uri_mismatch', 'The redirect URI is not registered.');
  if (query('response_type') !== 'code') return refuse(response, 'unsupported_response_type', 'Only code is supported.');
  const url = new URL(redirectUri);
  if (query('state') !== '') url.searchParams.set('state', query('state'));
  if (switches.consentError !== null) url.searchParams.set('error', switches.consentError);
  else {
    const admin = world.liveUsers().find(({ isAdmin }) => isAdmin);
    const consent = {
      clientId: query('client_id'),
      redirectUri,
      subject: query('login_hint') || (admin?.primaryEmail ?? ''),
      scopes: query('scope')
        .split(' ')
        .filter((scope) => scope !== '' && !switches.untickedScopes.has(scope)),
      challenge: query('code_challenge') || null,
      offline: query('access_type') === 'offline' && query('prompt').includes('consent'),
    };
    url.searchParams.set('code', identity.remember(consent));
  }
  response.redirect(302, url.href);
}

function refuse(response: Response, error: string, description: string): void {
  response.status(400).json({ error, error_description: description });
}

function tokenFor(form: ReadonlyMap<string, string>, parts: OAuthParts): object {
  switch (form.get('grant_type')) {
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer': {
      const token = grantByAssertion(form.get('assertion') ?? '', parts);
      return { access_token: token.text, expires_in: TOKEN_SECONDS, token_type: 'Bearer' };
    }
    case 'authorization_code':
      return tokenForCode(form, parts);
    case 'refresh_token':
      return tokenForRefresh(form, parts);
    default:
      throw new TokenFault(400, 'unsupported_grant_type', 'Invalid grant_type');
  }
}

function checkClient(form: ReadonlyMap<string, string>, { identity }: OAuthParts): string {
  const clientId = form.get('client_id') ?? '';
  const secret = identity.clients.get(clientId);
  if (secret === undefined) throw new TokenFault(401, 'invalid_client', 'The OAuth client was not found.');
  if (form.get('client_secret') !== secret) throw new TokenFault(401, 'invalid_client', 'The provided client secret is invalid.');
  return clientId;
}

/** @see RFC 6749 section 4.1.3, RFC 7636 section 4.6 */
function tokenForCode(form: ReadonlyMap<string, string>, parts: OAuthParts): object {
  const clientId = checkClient(form, parts);
  const consent = parts.identity.takeCode(form.get('code') ?? '');
  if (consent === undefined || consent.clientId !== clientId) throw new TokenFault(400, 'invalid_grant', 'Malformed auth code.');
  if (form.get('redirect_uri') !== consent.redirectUri) throw new TokenFault(400, 'redirect_uri_mismatch', 'Bad Request');
  const hashed = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (consent.challenge !== null && consent.challenge !== hashed) throw new TokenFault(400, 'invalid_grant', 'Invalid code verifier.');
  const refreshToken = consent.offline ? parts.identity.giveRefreshToken(consent) : null;
  const token = parts.identity.issue({ clientId, subject: consent.subject, scopes: new Set(consent.scopes), refreshToken });
  return { ...answerOf(token), ...(refreshToken === null ? {} : { refresh_token: refreshToken }), id_token: idToken(consent, parts) };
}

function tokenForRefresh(form: ReadonlyMap<string, string>, parts: OAuthParts): object {
  const clientId = checkClient(form, parts);
  const text = form.get('refresh_token') ?? '';
  const refresh = parts.identity.useRefreshToken(text, clientId);
  if (refresh === undefined) throw new TokenFault(400, 'invalid_grant', 'Token has been expired or revoked.');
  const scopes = new Set(refresh.scopes);
  return answerOf(parts.identity.issue({ clientId, subject: refresh.subject, scopes, refreshToken: text }));
}

function answerOf({ text, scopes }: AccessToken): object {
  return { access_token: text, expires_in: TOKEN_SECONDS, scope: [...scopes].join(' '), token_type: 'Bearer' };
}

function idToken({ clientId, subject }: Consent, parts: OAuthParts): string {
  const issuedAt = Math.floor(parts.server.clock.now() / 1_000);
  const claims = { iss: 'https://accounts.google.com', aud: clientId, iat: issuedAt, exp: issuedAt + 3_600, ...profileOf(subject, parts) };
  return writeJws({ alg: 'RS256', typ: 'JWT', kid: 'sandbox' }, claims, keyPair(0).privateKey);
}

/** The token may be in the header or, as some libraries send it, in the query. */
function userinfo(request: Request, response: Response, parts: OAuthParts): void {
  const inQuery = textOf(request.query['access_token']);
  parts.userinfoRequests.push(inQuery === '' ? 'header' : 'query');
  const token = parts.identity.token(inQuery || (request.headers.authorization ?? '').replace(/^Bearer /, ''));
  if (token === undefined) {
    response.status(401).json({ error: 'invalid_request', error_description: 'Invalid Credentials' });
    return;
  }
  response.json(profileOf(token.subject, parts));
}

function profileOf(email: string, { world, profiles }: OAuthParts): Readonly<Record<string, unknown>> {
  const given = profiles.get(email);
  if (given !== undefined) return given;
  const user = world.findUser(email);
  const { givenName = 'Ada', familyName = 'L', fullName = 'Ada L' } = user?.name ?? {};
  const person = {
    sub: user?.id ?? `sub-of-${email}`,
    name: fullName,
    given_name: givenName,
    family_name: familyName,
    picture: 'http://x/p',
  };
  return {
    ...person,
    email: user?.primaryEmail ?? email,
    email_verified: true,
    ...(user === undefined ? {} : { hd: email.split('@')[1] }),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
