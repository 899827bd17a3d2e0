import type { NexudusConfig } from '../../domain/generated/adapters/nexudus/config.js';
import type { NexudusSecrets } from '../../domain/generated/adapters/nexudus/secrets.js';
import type { NexudusSettings } from '../../domain/generated/adapters/nexudus/settings.js';
import type { AdapterContext } from '../adapter.js';

export type NexudusContext = AdapterContext<NexudusConfig, NexudusSecrets, NexudusSettings>;

const API_BASE_URL = 'https://spaces.nexudus.com/api';

/** Without a slash at its end. */
export function baseUrlOf({ apiBaseUrl = API_BASE_URL }: NexudusConfig): string {
  return apiBaseUrl.replace(/\/+$/, '');
}
