import type { CloudbedsSettings } from '../../domain/generated/adapters/cloudbeds/settings.js';
import type { WriteBack } from '../adapter.js';
import { CloudbedsClient } from './client.js';
import type { CloudbedsContext } from './context.js';
import { fits, writeField } from './field-write.js';
import { writeKeys } from './key-write.js';
import { knownProperty, usesDoorKeys } from './property.js';

/** A door key receives a PIN; a custom field is emptied, too, when the PIN is gone. */
export function wantsWriteBack(settings: CloudbedsSettings, { externalId, pin }: WriteBack): boolean {
  if (settings.writeBackPin === false) return false;
  if (settings.pinCustomField !== undefined && (pin === null || fits(pin))) return true;
  if (pin === null || settings.doorKeys === 'off') return false;
  return externalId.includes('/') || settings.autoCreatePin === true;
}

/**
 * Writes what differs from what is there and reads it back; the source is asked each time, so that doing it again does
 * nothing.
 *
 * @throws UpstreamUnavailable when Cloudbeds did not keep what it took
 */
export async function writeBack(context: CloudbedsContext, message: WriteBack): Promise<void> {
  const { settings } = context;
  if (!wantsWriteBack(settings, message)) return;
  const client = new CloudbedsClient(context);
  const property = await knownProperty(client);
  const stayId = message.externalId.split('/', 1)[0] ?? message.externalId;
  const stay = { id: stayId, reservationId: message.sourceKey };
  if (message.pin !== null && usesDoorKeys(client, property)) await writeKeys(client, property, stay, message.pin);
  if (settings.pinCustomField !== undefined && (message.pin === null || fits(message.pin))) {
    await writeField(client, settings.pinCustomField, stay, message.pin);
  }
}
