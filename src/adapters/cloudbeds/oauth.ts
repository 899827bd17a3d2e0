import type { OAuthFlow } from '../adapter.js';
import { UpstreamRefused } from '../upstream-errors.js';
import { CloudbedsClient } from './client.js';
import type { CloudbedsContext } from './context.js';
import { authorizeUrl } from './endpoints.js';
import { exchangeCode } from './tokens.js';

const SCOPES = [
  'read:hotel',
  'read:room',
  'read:reservation',
  'write:reservation',
  'read:guest',
  'read:customFields',
  'write:customFields',
  'read:doorLockKey',
  'write:doorLockKey',
];

/** Cloudbeds knows no PKCE, so `codeChallenge` and `codeVerifier` stay unused. */
export const oauth: OAuthFlow<CloudbedsContext> = {
  authorizeUrl({ config }, { state, redirectUri }) {
    if (config.clientId === undefined) throw new UpstreamRefused('The id of the OAuth client is missing.');
    const url = new URL(authorizeUrl(config));
    url.searchParams.set('client_id', config.clientId);
    url.searchParams.set('redirect_uri', redirectUri);
    url.searchParams.set('response_type', 'code');
    url.searchParams.set('scope', SCOPES.join(' '));
    url.searchParams.set('state', state);
    return url.href;
  },
  async exchange(context, { code, redirectUri }) {
    await exchangeCode(context, { code, redirectUri });
    await new CloudbedsClient(context).forgetBase();
  },
};
