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

interface Written {
  readonly id: string;
  readonly name: string;
  readonly settings: string;
  readonly config: string;
  readonly account: string | null;
  readonly now: string;
}

/** What can be changed; what is absent stays as it is. */
export interface IntegrationPatch {
  readonly name?: string;
  /** Merged into what was said before. */
  readonly settings?: JsonObject;
  /** Replaces what was there. */
  readonly config?: JsonObject;
  /** Who was reached with what is changed here. */
  readonly account?: JsonObject | null;
  /** The secrets were changed in this transaction. */
  readonly secretsChanged?: boolean;
}

const integrationById = statement<{ id: string }, IntegrationRow>('integrations.get', (sql, p) =>
  sql('integrations').where('id', p.id).select(INTEGRATION_COLUMNS),
);

const lockIntegration = statement<{ id: string }, IntegrationRow>('integrations.lock', (sql, p) =>
  sql('integrations').where('id', p.id).forUpdate().select(INTEGRATION_COLUMNS),
);

const allIntegrations = statement<Record<string, never>, IntegrationRow>('integrations.list', (sql) =>
  sql('integrations').orderBy(['created_at', 'id']).select(INTEGRATION_COLUMNS),
);

const insertIntegration = statement<Written & { kind: string; attention: string | null }>('integrations.insert', (sql, p) =>
  sql('integrations').insert({
    ...{ id: p.id, kind: p.kind, name: p.name, settings: p.settings, config: p.config, account: p.account },
    ...{ attention_reason: p.attention, created_at: p.now, updated_at: p.now },
  }),
);

const updateIntegration = statement<Written & { steps: number }>('integrations.update', (sql, p) =>
  sql('integrations')
    .where('id', p.id)
    .update({
      ...{ name: p.name, settings: p.settings, config: p.config, account: p.account, updated_at: p.now },
      epoch: sql.raw('epoch + cast(? as bigint)', [p.steps]),
    }),
);

const updateAttention = statement<{ id: string; reason: string | null; now: string }>('integrations.attention', (sql, p) =>
  sql('integrations').where('id', p.id).update({ attention_reason: p.reason, updated_at: p.now }),
);

const updateAccount = statement<{ id: string; account: string; now: string }>('integrations.account', (sql, p) =>
  sql('integrations').where('id', p.id).update({ account: p.account, updated_at: p.now }),
);

const touchRow = statement<{ id: string; at: string; before: string; user_agent: string | null }>('integrations.touch', (sql, p) =>
  sql('integrations')
    .where('id', p.id)
    .where((due) => due.whereNull('last_request_at').orWhere('last_request_at', '<=', p.before))
    .update({ last_request_at: p.at, last_user_agent: p.user_agent }),
);

/**
 * Returns the id. `settings` are those that differ from the defaults; the caller has checked them. `attention`: why a person
 * must look at it from the start. Errors: `InvalidInput` for a key that is no name.
 */
export async function createIntegration(
  tx: Tx,
  context: ChangeContext,
  integration: {
    readonly kind: SyncKind;
    readonly name: string;
    readonly settings: JsonObject;
    readonly config?: JsonObject;
    readonly account?: JsonObject | null;
    readonly attention?: string | null;
  },
): Promise<string> {
  const id = newId('int');
  const { kind, name, config = {}, account = null, attention = null } = integration;
  const said = mergeSettings({}, integration.settings);
  const row = { id, kind, name, settings: JSON.stringify(said), config: JSON.stringify(config), account: jsonOrNull(account) };
  await tx.run(insertIntegration, { ...row, attention, now: context.now });
  await tell(tx, context, 'create', { id, name }, { kind, settings: said, ...(Object.keys(config).length === 0 ? {} : { config }) });
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
 * Merges `settings` into what was said before, and tells of each value that differs; of secrets only that they do. Where
 * access depends on settings every User is marked for reconciliation; returns how many were. Any change but that of the
 * name counts the epoch up. Errors: `NotFound`, `InvalidInput` for a key that is no name.
 */
export async function patchIntegration(tx: Tx, context: ChangeContext, id: string, patch: IntegrationPatch): Promise<number> {
  await takeRules(tx, id);
  const row = found(await tx.first(lockIntegration, { id }));
  const before = integrationOf(row);
  const { name = row.name, config = before.config, account = before.account } = patch;
  const said = mergeSettings(saidOf(row), patch.settings ?? {});
  const settings = changedSettings(before.settings, settingsOf(row.kind, said));
  const inside = {
    ...settings,
    ...changedSettings(before.config, config, 'config.'),
    ...changedSettings({ account: before.account }, { account }, ''),
    ...(patch.secretsChanged === true ? { secrets: { before: null, after: 'changed' } } : {}),
  };
  const changes = { ...(name === row.name ? {} : { name: { before: row.name, after: name } }), ...inside };
  if (Object.keys(changes).length === 0) return 0;
  const steps = Object.keys(inside).length === 0 ? 0 : 1;
  const texts = { settings: JSON.stringify(said), config: JSON.stringify(config), account: jsonOrNull(account) };
  await tx.run(updateIntegration, { id, name, ...texts, steps, now: context.now });
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

/** The same connection reaches the same account, which says something else of itself: no pull needs to stop for it. Errors: `NotFound`. */
export async function setAccount(tx: Tx, context: ChangeContext, id: string, account: JsonObject): Promise<void> {
  const row = found(await tx.first(lockIntegration, { id }));
  const before = integrationOf(row).account;
  await tx.run(updateAccount, { id, account: JSON.stringify(account), now: context.now });
  await tell(tx, context, 'edit', row, { changes: changedSettings({ account: before }, { account }, '') });
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

function jsonOrNull(value: JsonObject | null): string | null {
  return value === null ? null : JSON.stringify(value);
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
