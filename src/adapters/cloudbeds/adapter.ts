import type { CloudbedsConfig } from '../../domain/generated/adapters/cloudbeds/config.js';
import type { CloudbedsSecrets } from '../../domain/generated/adapters/cloudbeds/secrets.js';
import type { CloudbedsSettings } from '../../domain/generated/adapters/cloudbeds/settings.js';
import type { Account, Adapter } from '../adapter.js';
import { isThrottled } from './answers.js';
import { CloudbedsClient } from './client.js';
import type { CloudbedsContext } from './context.js';
import { oauth } from './oauth.js';
import { readProperty } from './property.js';
import { changesSince, fullRead, readOne } from './read.js';
import { subscribe, unsubscribe } from './subscriptions.js';
import { hints, verify } from './webhook.js';
import { wantsWriteBack, writeBack } from './write-back.js';

/** Cloudbeds: reservations of one property; a User for each room stay, a Group for each room. */
export const cloudbedsAdapter: Adapter<CloudbedsConfig, CloudbedsSecrets, CloudbedsSettings> = {
  kind: 'cloudbeds',
  // What a property is allowed; partners have twice as much.
  limits: { windows: [{ ms: 1_000, max: 5 }], concurrent: 4, isThrottled },
  account,
  resources: fullRead,
  changes: changesSince,
  one: readOne,
  webhook: { verify, hints, subscribe, unsubscribe },
  wantsWriteBack,
  writeBack,
  oauth,
};

async function account(context: CloudbedsContext): Promise<Account> {
  const client = new CloudbedsClient(context);
  await client.forgetBase();
  const { id, name, email, zone, checkIn, checkOut, doorKeys } = await readProperty(client);
  return {
    id,
    name,
    details: [
      ...(email === '' ? [] : [{ label: 'E-mail', value: email }]),
      { label: 'Property', value: `${name} (${id})` },
      { label: 'Time zone', value: zone },
      { label: 'Check-in and check-out', value: `${clock(checkIn)} and ${clock(checkOut)}` },
      { label: 'Door keys', value: doorKeys ? 'read and written' : 'not used' },
    ],
  };
}

function clock(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
