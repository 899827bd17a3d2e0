import type { Account } from '../adapters/adapter.js';
import type { Clock } from '../db/clock.js';
import type { Database } from '../db/database.js';
import type { JsonObject } from '../domain/scim.js';
import { getLocked, setAccount } from '../integrations/integration-store.js';
import { actorOf } from './pull.js';
import type { Source } from './source.js';

/** Whom a source has us as, in the form in which it is stored and shown. */
export function accountJson({ id, name, details }: Account): JsonObject {
  return { id, name, details: details.map(({ label, value }) => ({ label, value })) };
}

/** Asks who we are there now, for the admin who looks. Errors: those of the adapter. */
export async function refreshAccount(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  { integration, adapter, context }: Source,
): Promise<void> {
  const account = accountJson(await adapter.account(context));
  if (JSON.stringify(account) === JSON.stringify(integration.account)) return;
  await db.transaction(async (tx) => {
    // Asked with what it was connected with then: another connection may reach somebody else.
    if ((await getLocked(tx, integration.id)).epoch !== integration.epoch) return;
    await setAccount(tx, { actor: actorOf(integration), now: clock.now() }, integration.id, account);
  });
}
