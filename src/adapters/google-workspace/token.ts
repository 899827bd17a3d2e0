import { epochMs, type Instant, shift } from '../../domain/time.js';
import { messageOf, type UpstreamResponse } from '../http.js';
import { Throttled, UpstreamContract, UpstreamRefused } from '../upstream-errors.js';
import { adminOf, type GoogleContext, SCOPES, tokenUrl, VAULT } from './context.js';
import { checkToken, checkTokenError, type GoogleToken } from './schema.js';
import { assertion, readKey } from './service-account.js';

/** As the vault keeps it. */
interface StoredToken {
  readonly accessToken: string;
  readonly expiresAt: Instant;
  /** Who it was given to: another key or admin must not go on with it. */
  readonly holder: string;
}

/** A new one is fetched so long before the old one ends. */
const EARLY_MS = 60_000;

/** An access token that is good for a while: from the vault, else a new one. One request at a time, whoever asks. */
export async function accessToken(context: GoogleContext): Promise<string> {
  return (await usable(context)) ?? renewed(context, null);
}

/** A token in place of one that Google refused; somebody else may have fetched it already. */
export async function renewed(context: GoogleContext, refused: string | null): Promise<string> {
  return context.vault.exclusive(VAULT.token, async () => {
    const stored = await usable(context);
    if (stored !== null && stored !== refused) return stored;
    const token = await fetched(context);
    await keepToken(context, token);
    return token.access_token;
  });
}

/** Stores an access token, and a refresh token if there is a new one. */
export async function keepToken(context: GoogleContext, token: GoogleToken): Promise<void> {
  if (token.refresh_token !== undefined) await context.vault.put(VAULT.refreshToken, token.refresh_token);
  const stored: StoredToken = {
    accessToken: token.access_token,
    expiresAt: shift(context.now(), token.expires_in * 1_000),
    holder: await holderOf(context),
  };
  await context.vault.put(VAULT.token, JSON.stringify(stored));
}

/**
 * Asks the token endpoint. A long wait that it wants is remembered, so that nobody asks before it is over.
 *
 * @throws UpstreamRefused with what is to be done, Throttled
 */
export async function requestToken(context: GoogleContext, form: Readonly<Record<string, string>>): Promise<GoogleToken> {
  const retryAt = await context.vault.get(VAULT.tokenRetryAt);
  if (retryAt !== null && context.now() < retryAt) throw new Throttled('Google gives no access token for a while.', retryAt);
  try {
    // A code is good for one request only; the other grants give one more token.
    const repeatable = form['grant_type'] !== 'authorization_code';
    const response = await context.http.request({ method: 'POST', url: tokenUrl(context), form, repeatable, unpaced: true });
    if (response.status === 200) return checkToken(response.json());
    throw refusal(response, form['grant_type'] ?? '');
  } catch (error) {
    if (error instanceof Throttled) await context.vault.put(VAULT.tokenRetryAt, error.retryAt);
    throw error;
  }
}

async function usable(context: GoogleContext): Promise<string | null> {
  const text = await context.vault.get(VAULT.token);
  if (text === null) return null;
  const stored = JSON.parse(text) as StoredToken;
  const inTime = epochMs(stored.expiresAt) - EARLY_MS > epochMs(context.now());
  return inTime && stored.holder === (await holderOf(context)) ? stored.accessToken : null;
}

async function holderOf(context: GoogleContext): Promise<string> {
  const { serviceAccountKey } = context.secrets;
  if (serviceAccountKey === undefined) return `client ${context.config.clientId ?? ''}`;
  const { email, keyId } = readKey(serviceAccountKey);
  return `${email} ${keyId} for ${await adminOf(context)}`;
}

async function fetched(context: GoogleContext): Promise<GoogleToken> {
  const { serviceAccountKey } = context.secrets;
  if (serviceAccountKey === undefined) return refreshed(context);
  const signed = assertion(readKey(serviceAccountKey), await adminOf(context), SCOPES.directory, context.now());
  return requestToken(context, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: signed });
}

/** @see RFC 6749 section 6 */
async function refreshed(context: GoogleContext): Promise<GoogleToken> {
  const refreshToken = await context.vault.get(VAULT.refreshToken);
  const { clientId } = context.config;
  const { clientSecret } = context.secrets;
  if (clientId === undefined || clientSecret === undefined) {
    throw new UpstreamRefused('Give the key of a service account, or the id and secret of an OAuth client.');
  }
  if (refreshToken === null) throw new UpstreamRefused('Google has not been connected yet: connect as a Workspace admin.');
  return requestToken(context, {
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: 'refresh_token',
  });
}

const JWT_ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'unauthorized_client',
    'The service account may not act for the admin: allow its client id with exactly the documented scopes under domain-wide delegation.',
  ],
  ['invalid_grant', 'Google does not accept the service account key, the admin address, or the time of this server.'],
]);
const OAUTH_ADVICE: ReadonlyMap<string, string> = new Map([
  ['invalid_grant', 'The consent has ended or was taken back: connect again as a Workspace admin.'],
  ['invalid_client', 'Google does not know this OAuth client, or its secret is wrong.'],
]);

/** @see RFC 6749 section 5.2 */
function refusal(response: UpstreamResponse, grant: string): Error {
  if (response.status < 400 || response.status >= 500) return new UpstreamContract(`The token endpoint answered ${response.status}.`);
  const { error } = checkTokenError(response.json());
  const advice = (grant.endsWith('jwt-bearer') ? JWT_ADVICE : OAUTH_ADVICE).get(error) ?? 'Google gives no access token.';
  return new UpstreamRefused(`${advice} Google says: ${messageOf(response)}`);
}
