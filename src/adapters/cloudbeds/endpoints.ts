import type { CloudbedsConfig } from '../../domain/generated/adapters/cloudbeds/config.js';
import { InvalidInput } from '../../errors.js';
import { checkedUrl } from '../http.js';
import { UpstreamContract } from '../upstream-errors.js';

const API_BASE = 'https://api.cloudbeds.com/api/v1.3';
const SERVICES_BASE = 'https://api.cloudbeds.com';
const AUTHORIZE = 'https://hotels.cloudbeds.com/api/v1.1/oauth';

/** The base of the classic API as configured; the vendor may announce another one unless an admin chose it. */
export function configuredBase({ apiBaseUrl }: CloudbedsConfig): { readonly url: string; readonly chosen: boolean } {
  const url = withoutSlash(apiBaseUrl ?? API_BASE);
  return { url, chosen: url !== API_BASE };
}

/** The base of the door-lock service: never the real one when the classic API is something else. */
export function servicesBase(config: CloudbedsConfig): string {
  if (config.servicesBaseUrl !== undefined) return withoutSlash(config.servicesBaseUrl);
  const { hostname, origin } = new URL(configuredBase(config).url);
  return hostname === 'cloudbeds.com' || hostname.endsWith('.cloudbeds.com') ? SERVICES_BASE : origin;
}

export function tokenUrl(config: CloudbedsConfig): string {
  return config.tokenUrl ?? `${configuredBase(config).url}/access_token`;
}

export function authorizeUrl(config: CloudbedsConfig): string {
  const { url, chosen } = configuredBase(config);
  return config.authorizeUrl ?? (chosen ? `${url}/oauth` : AUTHORIZE);
}

/**
 * The base that `/oauth/metadata` names for data kept elsewhere. It may be a bare host, which then has our version of the
 * API below it. The credentials will be sent there, so it has to be an https address on the public internet.
 *
 * @throws UpstreamContract
 */
export function announcedBase(announced: string): string {
  try {
    const url = checkedUrl(announced, false);
    const path = withoutSlash(url.pathname);
    return url.origin + (path === '' ? new URL(API_BASE).pathname : path);
  } catch (error) {
    if (error instanceof InvalidInput) {
      throw new UpstreamContract('Cloudbeds names an address for this property that cannot be used.', { cause: error });
    }
    throw error;
  }
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? withoutSlash(text.slice(0, -1)) : text;
}
