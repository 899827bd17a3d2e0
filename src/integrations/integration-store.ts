import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import { takeRules } from '../db/turns.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import type { SyncKind } from '../domain/integration.js';
import type { JsonObject } from '../domain/scim.js';
import { type Instant, shift } from '../domain/time.js';
import { NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { INTEGRATION_COLUMNS, type IntegrationRow, integrationOf, type StoredIntegration, saidOf } from './integration-rows.js';
import { markUsersOf } from './mark-users.js';
import { changedSettings, mergeSettings, settingsOf } from './settings.js';

/** How often it is written down that an identity provider called. */
const TOUCH_EVERY_MS = 60_000;
const USER_AGENT_MAX = 200;
/** Settings that no member depends on. */
const NO_ACCESS_IN = ['settings.scim.', 'settings.intervalMinutes', 'settings.rateLimit.', 'settings.requestLog'];

const integrationById = statement<{ id: string }, IntegrationRow>('integrations.get', (sql, p) =>
  sql('integrations').where('id', p.id).select(INTEGRATION_COLUMNS),
);

const lockIntegration = statement<{ id: string }, IntegrationRow>('integrations.lock', (sql, p) =>
  sql('integrations').where('id', p.id).forUpdate().select(INTEGRATION_COLUMNS),
);

const allIntegrations = statement<Record<string, never>, IntegrationRow>('integrations.list', (sql) =>
  sql('integrations').orderBy(['created_at', 'id']).select(INTEGRATION_COLUMNS),
);

const insertIntegration = statement<{ id: string; kind: string; name: string; settings: string; now: string }>(
  'integrations.insert',
  (sql, p) =>
    sql('integrations').insert({ id: p.id, kind: p.kind, name: p.name, settings: p.settings, created_at: p.now, updated_at: p.now }),
);

const updateIntegration = statement<{ id: string; name: string; settings: string; now: string }>('integrations.update', (sql, p) =>
  sql('integrations').where('id', p.id).update({ name: p.name, settings: p.settings, updated_at: p.now }),
);

const updateAttention = statement<{ id: string; reason: string | null; now: string }>('integrations.attention', (sql, p) =>
  sql('integrations').where('id', p.id).update({ attention_reason: p.reason, updated_at: p.now }),
);

const touchRow = statement<{ id: string; at: string; before: string; user_agent: string | null }>('integrations.touch', (sql, p) =>
  sql('integrations')
    .where('id', p.id)
    .where((due) => due.whereNull('last_request_at').orWhere('last_request_at', '<=', p.before))
    .update({ last_request_at: p.at, last_user_agent: p.user_agent }),
);

/** Returns the id. `settings` are those that differ from the defaults; the caller has checked them. Errors: `InvalidInput` for a key that is no name. */
export async function createIntegration(
  tx: Tx,
  context: ChangeContext,
  { kind, name, settings }: { readonly kind: SyncKind; readonly name: string; readonly settings: JsonObject },
): Promise<string> {
  const id = newId('int');
  const said = mergeSettings({}, settings);
  await tx.run(insertIntegration, { id, kind, name, settings: JSON.stringify(said), now: context.now });
  await tell(tx, context, 'create', { id, name }, { kind, settings: said });
  return id;
}

/** Errors: `NotFound`. */
export async function getIntegration(reader: Reader, id: string): Promise<StoredIntegration> {
  return integrationOf(found(await reader.first(integrationById, { id })));
}

/**
 * `getIntegration` for who changes its settings or mappings: on PostgreSQL nobody else changes them, or reconciles by
 * them, until the transaction ends. Before any lock on a row. Errors: `NotFound`.
 */
export async function getLocked(tx: Tx, id: string): Promise<StoredIntegration> {
  await takeRules(tx, id);
  return integrationOf(found(await tx.first(lockIntegration, { id })));
}

/** All of them, oldest first: there are a handful. */
export async function listIntegrations(reader: Reader): Promise<StoredIntegration[]> {
  return (await reader.all(allIntegrations, {})).map(integrationOf);
}

/**
 * Merges `settings` into what was said before and tells of each setting that differs. Where access depends on them every
 * User is marked for reconciliation; returns how many were. Errors: `NotFound`, `InvalidInput` for a key that is no name.
 */
export async function patchIntegration(
  tx: Tx,
  context: ChangeContext,
  id: string,
  patch: { readonly name?: string; readonly settings?: JsonObject },
): Promise<number> {
  await takeRules(tx, id);
  const row = found(await tx.first(lockIntegration, { id }));
  const name = patch.name ?? row.name;
  const said = mergeSettings(saidOf(row), patch.settings ?? {});
  const settings = changedSettings(settingsOf(row.kind, saidOf(row)), settingsOf(row.kind, said));
  const changes = { ...(name === row.name ? {} : { name: { before: row.name, after: name } }), ...settings };
  if (Object.keys(changes).length === 0) return 0;
  await tx.run(updateIntegration, { id, name, settings: JSON.stringify(said), now: context.now });
  await tell(tx, context, 'edit', { id, name }, { changes });
  const moves = Object.keys(settings).some((setting) => !NO_ACCESS_IN.some((prefix) => setting.startsWith(prefix)));
  return moves ? markUsersOf(tx, id) : 0;
}

/** Says why a person must look at the integration; null: no longer. The same as before: no event. Errors: `NotFound`. */
export async function setAttention(tx: Tx, context: ChangeContext, id: string, reason: string | null): Promise<void> {
  const row = found(await tx.first(lockIntegration, { id }));
  if (row.attention_reason === reason) return;
  await tx.run(updateAttention, { id, reason, now: context.now });
  await tell(tx, context, 'edit', row, { changes: { stateReason: { before: row.attention_reason, after: reason } } });
}

/** Is it time to write down another request? Asked first, so that most requests start no transaction for it. */
export function touchIsDue({ lastRequestAt }: Pick<StoredIntegration, 'lastRequestAt'>, now: Instant): boolean {
  return lastRequestAt === null || lastRequestAt <= shift(now, -TOUCH_EVERY_MS);
}

/** When the identity provider called last, and what it calls itself; once a minute at most. Nothing changes, so no event. */
export async function touch(tx: Tx, id: string, lastRequestAt: Instant, userAgent: string | null): Promise<void> {
  const agent = userAgent === null ? null : userAgent.slice(0, USER_AGENT_MAX);
  await tx.run(touchRow, { id, at: lastRequestAt, before: shift(lastRequestAt, -TOUCH_EVERY_MS), user_agent: agent });
}

function found(row: IntegrationRow | undefined): IntegrationRow {
  if (row === undefined) throw new NotFound('There is no such integration.');
  return row;
}

async function tell(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  { id, name }: { readonly id: string; readonly name: string },
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await append(tx, context, { verb, object: { type: 'integration', id, name }, integrationId: id, details });
}
