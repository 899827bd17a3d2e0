import { hasRandomTextShape, isSameText, randomText } from '../credentials/random-text.js';
import type { Reader } from '../db/database.js';
import { type VaultStore, WEBHOOK_SECRET } from './vault-store.js';

/** Compared with when there is no such integration, so that this takes no other time. */
const NOBODYS = randomText();

/** Is this the secret in the integration's webhook address? false for an integration that has none, or does not exist. */
export async function isWebhookSecret(reader: Reader, vaults: VaultStore, integrationId: string, presented: string): Promise<boolean> {
  if (!hasRandomTextShape(presented)) return false;
  const secret = await vaults.get(reader, integrationId, WEBHOOK_SECRET);
  return isSameText(presented, secret ?? NOBODYS) && secret !== null;
}
