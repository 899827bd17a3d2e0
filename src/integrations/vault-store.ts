import type { KeyRing } from '../credentials/sealed.js';
import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

const TABLE = 'adapter_memory';

/** Keys of ours, which no adapter uses, begin so and outlive a change of secrets. */
const OURS = 'latchkey:';
/** The secret part of the address that the integration's webhooks come to. */
export const WEBHOOK_SECRET = `${OURS}webhook`;

interface Row {
  readonly key: string;
  readonly sealed: string;
}

const byKey = statement<{ integrationId: string; key: string }, { sealed: string }>('adapter_memory.get', (sql, p) =>
  sql(TABLE).where({ integration_id: p.integrationId, key: p.key }).select('sealed'),
);
const all = statement<{ integrationId: string }, Row>('adapter_memory.all', (sql, p) =>
  sql(TABLE).where('integration_id', p.integrationId).orderBy('key').select('key', 'sealed'),
);
const write = statement<{ integrationId: string; key: string; sealed: string; now: Instant }>('adapter_memory.put', (sql, p) =>
  sql(TABLE)
    .insert({ integration_id: p.integrationId, key: p.key, sealed: p.sealed, updated_at: p.now })
    .onConflict(['integration_id', 'key'])
    .merge(['sealed', 'updated_at']),
);
const remove = statement<{ integrationId: string; key: string }>('adapter_memory.delete', (sql, p) =>
  sql(TABLE).where({ integration_id: p.integrationId, key: p.key }).delete(),
);

/** A small memory of each integration, by key: tokens, subscriptions, routes found out. Every value is sealed at rest. */
export class VaultStore {
  readonly #keys: KeyRing;

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  /** null: nothing is kept under this key. Errors: `Unsealable`. */
  async get(reader: Reader, integrationId: string, key: string): Promise<string | null> {
    const row = await reader.first(byKey, { integrationId, key });
    return row === undefined ? null : this.#opened(integrationId, key, row.sealed);
  }

  /** Everything that the adapter keeps, without what is ours. */
  async entries(reader: Reader, integrationId: string): Promise<Map<string, string>> {
    const rows = (await reader.all(all, { integrationId })).filter(({ key }) => !key.startsWith(OURS));
    return new Map(rows.map(({ key, sealed }) => [key, this.#opened(integrationId, key, sealed)]));
  }

  /** `value` null: forgets it. */
  async put(tx: Tx, integrationId: string, key: string, value: string | null, now: Instant): Promise<void> {
    if (value === null) await tx.run(remove, { integrationId, key });
    else await tx.run(write, { integrationId, key, sealed: this.#keys.seal(value, TABLE, rowId(integrationId, key)), now });
  }

  /** Forgets what the adapter kept and keeps this instead; what is ours stays. */
  async replace(tx: Tx, integrationId: string, values: ReadonlyMap<string, string>, now: Instant): Promise<void> {
    for (const { key } of await tx.all(all, { integrationId })) {
      if (!key.startsWith(OURS) && !values.has(key)) await tx.run(remove, { integrationId, key });
    }
    for (const [key, value] of values) await this.put(tx, integrationId, key, value, now);
  }

  #opened(integrationId: string, key: string, sealed: string): string {
    return this.#keys.open(sealed, TABLE, rowId(integrationId, key)).expose();
  }
}

/** JSON, so that no integration and key can be cut differently into the same text. */
function rowId(integrationId: string, key: string): string {
  return JSON.stringify([integrationId, key]);
}
