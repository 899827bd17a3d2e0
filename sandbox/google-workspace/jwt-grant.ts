import type { AccessToken } from './identity.js';
import { readJws } from './keys.js';
import { type OAuthParts, TokenFault } from './oauth-parts.js';

const GOOGLE = 'https://oauth2.googleapis.com/token';
const LIFETIME_MAX_SECONDS = 3_600;
const SKEW_SECONDS = 300;
const TIME_FRAME =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
const UNAUTHORIZED =
  'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';

/**
 * A service account says for whom it acts. Somebody who is no admin gets a token too, which then reads nothing, as with
 * Google.
 *
 * @throws TokenFault
 * @see RFC 7523 section 3
 */
export function grantByAssertion(text: string, { identity, world, server }: OAuthParts): AccessToken {
  const jws = readJws(text);
  const claim = (name: string) => String(jws?.claims.get(name) ?? '');
  const account = identity.serviceAccounts.get(claim('iss'));
  if (jws === null || jws.header.get('alg') !== 'RS256') throw invalidGrant('Invalid JWT: malformed or not RS256.');
  if (account === undefined) throw invalidGrant('Invalid grant: account not found');
  if (!jws.isSignedWith(account.keys.publicKey)) throw invalidGrant('Invalid JWT Signature.');
  if (![GOOGLE, `${server.url}/token`].includes(claim('aud'))) throw invalidGrant('Invalid JWT: wrong audience.');
  checkTimes(Number(claim('iat')), Number(claim('exp')), Math.floor(server.clock.now() / 1_000));
  const user = world.findUser(claim('sub'));
  if (user === undefined || user.suspended) throw invalidGrant('Invalid email or User ID');
  const scopes = claim('scope')
    .split(' ')
    .filter((scope) => scope !== '');
  if (scopes.length === 0 || scopes.some((scope) => !account.scopes.has(scope)))
    throw new TokenFault(401, 'unauthorized_client', UNAUTHORIZED);
  return identity.issue({ clientId: account.clientId, subject: user.primaryEmail, scopes: new Set(scopes), refreshToken: null });
}

function checkTimes(issuedAt: number, expiresAt: number, now: number): void {
  const whole = Number.isInteger(issuedAt) && Number.isInteger(expiresAt);
  const short = expiresAt - issuedAt <= LIFETIME_MAX_SECONDS;
  if (!whole || !short || issuedAt > now + SKEW_SECONDS || expiresAt <= now - SKEW_SECONDS) throw invalidGrant(TIME_FRAME);
}

function invalidGrant(description: string): TokenFault {
  return new TokenFault(400, 'invalid_grant', description);
}
