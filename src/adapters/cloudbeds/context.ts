import type { CloudbedsConfig } from '../../domain/generated/adapters/cloudbeds/config.js';
import type { CloudbedsSecrets } from '../../domain/generated/adapters/cloudbeds/secrets.js';
import type { CloudbedsSettings } from '../../domain/generated/adapters/cloudbeds/settings.js';
import type { AdapterContext } from '../adapter.js';

export type CloudbedsContext = AdapterContext<CloudbedsConfig, CloudbedsSecrets, CloudbedsSettings>;
