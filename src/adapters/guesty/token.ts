import { createHash } from 'node:crypto';
import { epochMs, type Instant, shift } from '../../domain/time.js';
import { messageOf, type UpstreamResponse } from '../http.js';
import { Throttled, UpstreamContract, UpstreamRefused } from '../upstream-errors.js';
import { type GuestyContext, tokenUrl } from './context.js';
import { claimsOf, tokenOf } from './schema.js';

const TOKEN = 'token';
const NOT_BEFORE = 'token-not-before';

const MINUTE_MS = 60_000;
const RENEW_BEFORE_MS = 30 * MINUTE_MS;
/**
 * A right that is missing looks like a token that has expired. A token that was made because of such an answer is not
 * thrown away for the next one, or one missing right would use up the five tokens of the day and stop everything else.
 */
const NEXT_REFUSAL_MS = 8 * 60 * MINUTE_MS;

interface KeptToken {
  /** Whose token: other secrets must never be tested with it. */
  readonly of: string;
  readonly accessToken: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  readonly afterRefusal: boolean;
}

/**
 * A token that is good for half an hour at least, kept over restarts: there are five in 24 hours. Many callers at once
 * cost one.
 *
 * @throws UpstreamRefused for wrong secrets, Throttled when the quota is used up
 */
export async function currentToken(context: GuestyContext): Promise<string> {
  const kept = await keptToken(context);
  if (kept !== null && remainingMs(kept, context) > RENEW_BEFORE_MS) return kept.accessToken;
  return context.vault.exclusive(TOKEN, async () => {
    const now = await keptToken(context);
    if (now !== null && remainingMs(now, context) > RENEW_BEFORE_MS) return now.accessToken;
    try {
      return await fetchToken(context, false);
    } catch (error) {
      if (now === null || remainingMs(now, context) <= 0 || error instanceof UpstreamRefused) throw error;
      return now.accessToken;
    }
  });
}

/** Another token in place of one that was refused; null when a new one would fare no better. */
export function tokenAfterRefusal(context: GuestyContext, refused: string): Promise<string | null> {
  return context.vault.exclusive(TOKEN, async () => {
    const kept = await keptToken(context);
    if (kept !== null && kept.accessToken !== refused) return kept.accessToken;
    if (kept?.afterRefusal === true && context.now() < shift(kept.issuedAt, NEXT_REFUSAL_MS)) return null;
    return fetchToken(context, true);
  });
}

/** The id of the account is a claim of the token: what `/accounts/me` names changes with the application. */
export function accountIdOf(token: string): string {
  const [, payload = ''] = token.split('.');
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch (error) {
    throw new UpstreamContract('Guesty sent a token that does not say which account it is for.', { cause: error });
  }
  return claimsOf(claims).accountId;
}

function remainingMs({ expiresAt }: KeptToken, context: GuestyContext): number {
  return epochMs(expiresAt) - epochMs(context.now());
}

async function keptToken(context: GuestyContext): Promise<KeptToken | null> {
  const text = await context.vault.get(TOKEN);
  const kept = text === null ? null : (JSON.parse(text) as KeptToken);
  return kept?.of === fingerprint(context) ? kept : null;
}

async function fetchToken(context: GuestyContext, afterRefusal: boolean): Promise<string> {
  await refuseBeforeDeadline(context);
  const { clientId, clientSecret } = context.secrets;
  const response = await askForToken(context, {
    grant_type: 'client_credentials',
    scope: 'open-api',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const { access_token: accessToken, expires_in: seconds } = tokenOf(response.json());
  const issuedAt = context.now();
  const lifeMs = Number(seconds) * 1_000;
  if (!(lifeMs > 0 && lifeMs <= 366 * 24 * 60 * MINUTE_MS)) throw new UpstreamContract('Guesty sent a token without a time of life.');
  const kept: KeptToken = { of: fingerprint(context), accessToken, issuedAt, expiresAt: shift(issuedAt, lifeMs), afterRefusal };
  await context.vault.put(TOKEN, JSON.stringify(kept));
  return accessToken;
}

async function askForToken(context: GuestyContext, form: Readonly<Record<string, string>>): Promise<UpstreamResponse> {
  let response: UpstreamResponse;
  try {
    response = await context.http.request({ method: 'POST', url: tokenUrl(context.config), form, unpaced: true });
  } catch (error) {
    if (error instanceof Throttled) {
      await context.vault.put(NOT_BEFORE, JSON.stringify({ of: fingerprint(context), until: error.retryAt }));
    }
    throw error;
  }
  if (response.status >= 200 && response.status < 300) return response;
  if ([400, 401, 403].includes(response.status)) {
    throw new UpstreamRefused(`Guesty does not accept this client id and secret: ${messageOf(response)}`);
  }
  throw new UpstreamContract(`Guesty gave no token but the answer ${response.status}: ${messageOf(response)}`);
}

/** Asking again before the time that Guesty named would be one more refusal at best. */
async function refuseBeforeDeadline(context: GuestyContext): Promise<void> {
  const text = await context.vault.get(NOT_BEFORE);
  if (text === null) return;
  const { of, until } = JSON.parse(text) as { readonly of: string; readonly until: Instant };
  if (of === fingerprint(context) && context.now() < until) {
    throw new Throttled('Guesty gives no further token for now: at most five in 24 hours.', until);
  }
  await context.vault.put(NOT_BEFORE, null);
}

function fingerprint({ config, secrets }: GuestyContext): string {
  return createHash('sha256')
    .update(JSON.stringify([tokenUrl(config), secrets.clientId, secrets.clientSecret]))
    .digest('base64url');
}
