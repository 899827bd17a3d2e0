import type { OAuthFlow } from '../adapter.js';
import { UpstreamRefused } from '../upstream-errors.js';
import { authorizeEndpoint, type GoogleContext, SCOPES, VAULT } from './context.js';
import { keepToken, requestToken } from './token.js';

/**
 * Consent of a Workspace admin, for good: `offline` and `consent`, since Google hands a refresh token out only with a
 * consent screen.
 *
 * @see RFC 6749 section 4.1, RFC 7636 section 4
 */
export const oauth: OAuthFlow<GoogleContext> = {
  authorizeUrl(context, { state, redirectUri, codeChallenge }) {
    const { clientId, adminEmail } = context.config;
    if (clientId === undefined) throw new UpstreamRefused('The id of the OAuth client is missing: set “clientId”.');
    const url = new URL(authorizeEndpoint(context));
    const query = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: SCOPES.consent.join(' '),
      access_type: 'offline',
      prompt: 'consent',
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
      ...(adminEmail === undefined ? {} : { login_hint: adminEmail }),
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  },

  async exchange(context, { code, redirectUri, codeVerifier }) {
    const { clientId } = context.config;
    const { clientSecret } = context.secrets;
    if (clientId === undefined || clientSecret === undefined) throw new UpstreamRefused('The id or secret of the OAuth client is missing.');
    const token = await requestToken(context, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: clientId,
      client_secret: clientSecret,
      code_verifier: codeVerifier,
    });
    if (token.refresh_token === undefined) {
      throw new UpstreamRefused(
        'Google gave no lasting access: remove Latchkey from the Google account’s connections, then connect again.',
      );
    }
    // Left out: as asked for (RFC 6749 section 5.1).
    const granted = new Set((token.scope ?? SCOPES.consent.join(' ')).split(' '));
    if (SCOPES.directory.some((scope) => !granted.has(scope))) {
      throw new UpstreamRefused('Not everything was ticked on the consent screen: connect again and allow users and groups.');
    }
    await context.vault.put(VAULT.adminEmail, token.id_token === undefined ? null : emailIn(token.id_token));
    await keepToken(context, token);
  },
};

/**
 * Who consented. The signature is not checked: the token came from the token endpoint itself, over TLS, and grants nothing.
 *
 * @see OpenID Connect Core 1.0 section 3.1.3.7
 */
function emailIn(idToken: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const email = typeof claims === 'object' && claims !== null && 'email' in claims ? claims.email : null;
    return typeof email === 'string' && email !== '' ? email : null;
  } catch {
    return null;
  }
}
