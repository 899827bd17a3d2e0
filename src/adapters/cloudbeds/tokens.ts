import { type Instant, shift } from '../../domain/time.js';
import { messageOf } from '../http.js';
import { Throttled, UpstreamRefused } from '../upstream-errors.js';
import { isFailure } from './answers.js';
import type { CloudbedsContext } from './context.js';
import { tokenUrl } from './endpoints.js';
import { checkToken } from './schema.js';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** null: the vendor did not say. */
  readonly expiresAt: Instant | null;
}

/** What goes into the headers of one request, and how to get better ones after it was refused. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly renew: (() => Promise<Readonly<Record<string, string>>>) | null;
}

const TOKEN = 'token';
const RETRY_AT = 'token_retry_at';
const RENEW_BEFORE_MS = 60_000;

/** @throws UpstreamRefused when nobody has connected yet, or a renewal is refused */
export async function authorization(context: CloudbedsContext): Promise<Authorization> {
  const { apiKey } = context.secrets;
  if (apiKey !== undefined) return { headers: { 'x-api-key': apiKey }, renew: null };
  const stored = await storedTokens(context);
  if (stored === null) throw new UpstreamRefused('Nobody has connected this integration with Cloudbeds yet.');
  const due = stored.expiresAt !== null && stored.expiresAt <= shift(context.now(), RENEW_BEFORE_MS);
  const tokens = due ? await renewed(context, stored) : stored;
  return { headers: bearer(tokens), renew: async () => bearer(await renewed(context, tokens)) };
}

/** Turns the code of the consent page into tokens. The code lives ten minutes and counts once. */
export async function exchangeCode(
  context: CloudbedsContext,
  { code, redirectUri }: { readonly code: string; readonly redirectUri: string },
): Promise<void> {
  await context.vault.exclusive(TOKEN, () =>
    asked(context, { grant_type: 'authorization_code', code, redirect_uri: redirectUri }, [code], null),
  );
}

/**
 * Refresh tokens rotate, and two renewals at once can end each other: one at a time over all processes, and whoever waited
 * takes what the other one got.
 */
function renewed(context: CloudbedsContext, stale: Tokens): Promise<Tokens> {
  return context.vault.exclusive(TOKEN, async () => {
    const stored = await storedTokens(context);
    if (stored !== null && stored.accessToken !== stale.accessToken) return stored;
    const refreshToken = stored?.refreshToken ?? null;
    if (refreshToken === null) throw new UpstreamRefused('The connection with Cloudbeds has expired: connect it again.');
    return asked(context, { grant_type: 'refresh_token', refresh_token: refreshToken }, [refreshToken], refreshToken);
  });
}

async function asked(
  context: CloudbedsContext,
  grant: Readonly<Record<string, string>>,
  hidden: readonly string[],
  refreshToken: string | null,
): Promise<Tokens> {
  const { config, secrets, http, vault } = context;
  const clientSecret = secrets.clientSecret ?? '';
  const retryAt = await vault.get(RETRY_AT);
  if (retryAt !== null && context.now() < retryAt)
    throw new Throttled('Cloudbeds asks us to wait before we ask for a token again.', retryAt);
  const form = { ...grant, client_id: config.clientId ?? '', client_secret: clientSecret };
  // Never repeated by itself: the first try may have spent the refresh token or the code.
  const response = await http.request({ method: 'POST', url: tokenUrl(config), form, repeatable: false }).catch(async (error: unknown) => {
    if (error instanceof Throttled) await vault.put(RETRY_AT, error.retryAt);
    throw error;
  });
  if (response.status >= 400 || isFailure(response)) {
    throw new UpstreamRefused(`Cloudbeds gives no access: ${without(messageOf(response), [clientSecret, ...hidden])}`);
  }
  const token = checkToken(response.json());
  const properties = (token.resources ?? []).filter(({ type }) => type === 'property').map(({ id }) => String(id));
  if (properties.length > 0 && !properties.includes(config.propertyId)) {
    throw new UpstreamRefused(`This connection is for property ${properties.join(', ')}, not for ${config.propertyId}.`);
  }
  const seconds = Number(token.expires_in ?? Number.NaN);
  const tokens: Tokens = {
    accessToken: token.access_token,
    refreshToken: token.refresh_token ?? refreshToken,
    expiresAt: Number.isFinite(seconds) && seconds > 0 ? shift(context.now(), Math.min(seconds, 10 * 365 * 86_400) * 1_000) : null,
  };
  // Stored before the first use: the old refresh token is worth nothing any more.
  await vault.put(TOKEN, JSON.stringify(tokens));
  if (retryAt !== null) await vault.put(RETRY_AT, null);
  return tokens;
}

async function storedTokens({ vault }: CloudbedsContext): Promise<Tokens | null> {
  const text = await vault.get(TOKEN);
  return text === null ? null : (JSON.parse(text) as Tokens);
}

function bearer({ accessToken }: Tokens): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${accessToken}` };
}

/** A message of the other side may repeat what it was sent. */
export function without(message: string, hidden: readonly (string | undefined)[]): string {
  return hidden.reduce<string>((text, secret) => (secret === undefined || secret === '' ? text : text.replaceAll(secret, '…')), message);
}
