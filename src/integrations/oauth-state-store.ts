import { sha256Hex } from '../credentials/hash.js';
import { hasRandomTextShape, randomText } from '../credentials/random-text.js';
import type { KeyRing } from '../credentials/sealed.js';
import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Actor, ChangeContext } from '../domain/events.js';
import { type Instant, shift } from '../domain/time.js';

const TABLE = 'oauth_states';
const LIFE_MS = 10 * 60_000;

const insert = statement<{ stateHash: string; integrationId: string; sealed: string; expiresAt: Instant }>(
  'oauth_states.insert',
  (sql, p) => sql(TABLE).insert({ state_hash: p.stateHash, integration_id: p.integrationId, sealed: p.sealed, expires_at: p.expiresAt }),
);
const take = statement<{ stateHash: string }, { integration_id: string; sealed: string; expires_at: Instant }>(
  'oauth_states.take',
  (sql, p) => sql.raw('delete from oauth_states where state_hash = ? returning integration_id, sealed, expires_at', [p.stateHash]),
);
const prune = statement<{ now: Instant }>('oauth_states.prune', (sql, p) => sql(TABLE).where('expires_at', '<=', p.now).delete());

/** One consent that is under way. Of the state itself only the hash is stored; the verifier is sealed. */
export interface OAuthAttempt {
  readonly integrationId: string;
  /** @see RFC 7636 section 4.1 */
  readonly codeVerifier: string;
  /** Who began it. */
  readonly actor: Actor;
}

export class OAuthStateStore {
  readonly #keys: KeyRing;

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  /** Begins an attempt, which is good for ten minutes and one answer; forgets those that were never answered. */
  async begin(
    tx: Tx,
    { actor, now }: ChangeContext,
    integrationId: string,
  ): Promise<{ readonly state: string; readonly codeVerifier: string }> {
    await tx.run(prune, { now });
    const [state, codeVerifier] = [randomText(), randomText()];
    const stateHash = sha256Hex(state);
    const sealed = this.#keys.seal(JSON.stringify({ codeVerifier, actor }), TABLE, JSON.stringify([stateHash, integrationId]));
    await tx.run(insert, { stateHash, integrationId, sealed, expiresAt: shift(now, LIFE_MS) });
    return { state, codeVerifier };
  }

  /** Uses the state up, whatever comes of it. null: nobody has begun with it, or it was used, or its time is over. */
  async take(tx: Tx, state: string, now: Instant): Promise<OAuthAttempt | null> {
    if (!hasRandomTextShape(state)) return null;
    const stateHash = sha256Hex(state);
    const [row] = await tx.all(take, { stateHash });
    if (row === undefined || row.expires_at <= now) return null;
    const text = this.#keys.open(row.sealed, TABLE, JSON.stringify([stateHash, row.integration_id])).expose();
    const { codeVerifier, actor } = JSON.parse(text) as Omit<OAuthAttempt, 'integrationId'>;
    return { integrationId: row.integration_id, codeVerifier, actor };
  }
}
