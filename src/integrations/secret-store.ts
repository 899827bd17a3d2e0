import type { KeyRing } from '../credentials/sealed.js';
import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { holdRules } from '../db/turns.js';
import type { JsonObject } from '../domain/scim.js';
import type { Instant } from '../domain/time.js';

const TABLE = 'integration_secrets';

const sealedOf = statement<{ integrationId: string }, { sealed: string }>('integration_secrets.get', (sql, p) =>
  sql(TABLE).where('integration_id', p.integrationId).select('sealed'),
);
const write = statement<{ integrationId: string; sealed: string; now: Instant }>('integration_secrets.put', (sql, p) =>
  sql(TABLE)
    .insert({ integration_id: p.integrationId, sealed: p.sealed, updated_at: p.now })
    .onConflict('integration_id')
    .merge(['sealed', 'updated_at']),
);

/** The secrets of an integration at one moment. */
export interface StoredSecrets {
  readonly values: JsonObject;
  /** Another one after every change, also to the same values: tells whether they are still those that were read. */
  readonly version: string;
}

/** What an admin gave to sign in to an outside system: sealed at rest as one JSON text, and shown to nobody again. */
export class SecretStore {
  readonly #keys: KeyRing;

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  /** Empty for an integration without secrets. Errors: `Unsealable`. */
  async get(reader: Reader, integrationId: string): Promise<StoredSecrets> {
    const row = await reader.first(sealedOf, { integrationId });
    if (row === undefined) return { values: {}, version: '' };
    const text = this.#keys.open(row.sealed, TABLE, integrationId).expose();
    return { values: JSON.parse(text) as JsonObject, version: row.sealed };
  }

  /** Replaces them all. Whoever calls it has taken the integration's rules, or has just made it. */
  async put(tx: Tx, integrationId: string, values: JsonObject, now: Instant): Promise<void> {
    const sealed = this.#keys.seal(JSON.stringify(values), TABLE, integrationId);
    await tx.run(write, { integrationId, sealed, now });
  }
}

/** Are the secrets those of this version still? Until the transaction ends, nobody changes them, or deletes the integration. */
export async function holdSecrets(tx: Tx, integrationId: string, version: string): Promise<boolean> {
  await holdRules(tx, integrationId);
  return ((await tx.first(sealedOf, { integrationId }))?.sealed ?? '') === version;
}
