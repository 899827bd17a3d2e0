import type { GuestyConfig } from '../../domain/generated/adapters/guesty/config.js';
import type { GuestySecrets } from '../../domain/generated/adapters/guesty/secrets.js';
import type { GuestySettings } from '../../domain/generated/adapters/guesty/settings.js';
import type { AdapterContext } from '../adapter.js';

export type { GuestyConfig, GuestySecrets, GuestySettings };
export type GuestyContext = AdapterContext<GuestyConfig, GuestySecrets, GuestySettings>;

const API_BASE_URL = 'https://open-api.guesty.com/v1';
const TOKEN_URL = 'https://open-api.guesty.com/oauth2/token';

/** Without a slash at its end. */
export function apiBaseUrl({ apiBaseUrl = API_BASE_URL }: GuestyConfig): string {
  return apiBaseUrl.endsWith('/') ? apiBaseUrl.slice(0, -1) : apiBaseUrl;
}

/** The token endpoint stands at the root of the host, so it is not made out of the address of the API. */
export function tokenUrl({ tokenUrl = TOKEN_URL }: GuestyConfig): string {
  return tokenUrl;
}
