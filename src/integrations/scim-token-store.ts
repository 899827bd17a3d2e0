import { createToken, hashToken, hasTokenShape } from '../credentials/tokens.js';
import type { Secret } from '../credentials/secret.js';
import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import { holdRules } from '../db/turns.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import { type Instant, shift } from '../domain/time.js';
import { Conflict, NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { INTEGRATION_COLUMNS, type IntegrationRow, integrationOf, type StoredIntegration, saidOf } from './integration-rows.js';
import { getIntegration } from './integration-store.js';
import { settingsOf } from './settings.js';

/** A bearer token of an integration; never its text. */
export interface ScimToken {
  readonly id: string;
  readonly readOnly: boolean;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
}

/** The old and the new one during a rotation. */
const SLOTS = [1, 2];
const TOUCH_EVERY_MS = 60_000;

interface Row {
  readonly id: string;
  readonly read_only: number;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

const COLUMNS = ['id', 'read_only', 'created_at', 'expires_at', 'last_used_at'];

const insertToken = statement<{
  id: string;
  integration_id: string;
  slot: number;
  token_hash: string;
  read_only: number;
  created_at: string;
  expires_at: string | null;
}>('scim_tokens.insert', (sql, p) =>
  sql('scim_tokens')
    .insert({
      id: p.id,
      integration_id: p.integration_id,
      slot: p.slot,
      token_hash: p.token_hash,
      read_only: p.read_only,
      created_at: p.created_at,
      expires_at: p.expires_at,
    })
    .onConflict(['integration_id', 'slot'])
    .ignore(),
);

const tokensOfIntegration = statement<{ integration_id: string }, Row>('scim_tokens.list', (sql, p) =>
  sql('scim_tokens').where('integration_id', p.integration_id).orderBy(['created_at', 'id']).select(COLUMNS),
);

const deleteToken = statement<{ id: string; integration_id: string }>('scim_tokens.delete', (sql, p) =>
  sql('scim_tokens').where({ id: p.id, integration_id: p.integration_id }).delete(),
);

interface FoundRow extends IntegrationRow {
  readonly token_id: string;
  readonly read_only: number;
  readonly token_created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

const tokenByHash = statement<{ token_hash: string }, FoundRow>('scim_tokens.by-hash', (sql, p) =>
  sql('scim_tokens')
    .join('integrations', 'integrations.id', 'scim_tokens.integration_id')
    .where('token_hash', p.token_hash)
    .select(
      ...INTEGRATION_COLUMNS,
      'scim_tokens.id as token_id',
      'read_only',
      'scim_tokens.created_at as token_created_at',
      'expires_at',
      'last_used_at',
    ),
);

const stillThere = statement<{ id: string; integration_id: string }, Pick<FoundRow, 'kind' | 'settings' | 'expires_at'>>(
  'scim_tokens.still-there',
  (sql, p) =>
    sql('scim_tokens')
      .join('integrations', 'integrations.id', 'scim_tokens.integration_id')
      .where({ 'scim_tokens.id': p.id, 'scim_tokens.integration_id': p.integration_id })
      .select('integrations.kind', 'integrations.settings', 'scim_tokens.expires_at'),
);

const touchToken = statement<{ id: string; at: string; before: string }>('scim_tokens.touch', (sql, p) =>
  sql('scim_tokens')
    .where('id', p.id)
    .where((due) => due.whereNull('last_used_at').orWhere('last_used_at', '<=', p.before))
    .update({ last_used_at: p.at }),
);

/**
 * A new token, shown this once. One that has expired makes room for it. Errors: `NotFound` without the integration;
 * `Conflict` when two are live: the constraint says so, whoever else asks at the same time. What is pulled from a source
 * is the source's: its tokens only read, whatever is asked for.
 */
export async function createScimToken(
  tx: Tx,
  context: ChangeContext,
  integrationId: string,
  { expiresAt, ...wanted }: { readonly readOnly: boolean; readonly expiresAt: Instant | null },
): Promise<{ id: string; token: Secret; readOnly: boolean }> {
  const { name, kind } = await getIntegration(tx, integrationId);
  const readOnly = wanted.readOnly || kind !== 'scim';
  for (const token of await listScimTokens(tx, integrationId)) {
    if (hasExpired(token.expiresAt, context.now)) await remove(tx, context, integrationId, name, token.id, 'it has expired');
  }
  const id = newId('st');
  const { token, hash } = createToken('scim');
  const row = {
    id,
    integration_id: integrationId,
    token_hash: hash,
    read_only: readOnly ? 1 : 0,
    created_at: context.now,
    expires_at: expiresAt,
  };
  for (const slot of SLOTS) {
    if ((await tx.run(insertToken, { ...row, slot })) === 0) continue;
    await tell(tx, context, 'create', integrationId, name, id, { readOnly, expiresAt });
    return { id, token, readOnly };
  }
  throw new Conflict('This integration has two tokens already. Please revoke one of them first.');
}

/** Oldest first, expired ones too. */
export async function listScimTokens(reader: Reader, integrationId: string): Promise<ScimToken[]> {
  return (await reader.all(tokensOfIntegration, { integration_id: integrationId })).map(tokenOf);
}

/** From now on the token opens nothing. Errors: `NotFound`. */
export async function revokeScimToken(tx: Tx, context: ChangeContext, integrationId: string, tokenId: string): Promise<void> {
  const { name } = await getIntegration(tx, integrationId);
  const removed = await remove(tx, context, integrationId, name, tokenId, 'an admin revoked it');
  if (!removed) throw new NotFound('This integration has no such token.');
}

/** Whose token this is; null when it is nobody's, or has expired. */
export async function findScimToken(
  reader: Reader,
  presented: string,
  now: Instant,
): Promise<{ token: ScimToken; integration: StoredIntegration } | null> {
  return hasTokenShape('scim', presented) ? findByHash(reader, hashToken(presented), now) : null;
}

/** `findScimToken` for a hash. */
export async function findByHash(
  reader: Reader,
  hash: string,
  now: Instant,
): Promise<{ token: ScimToken; integration: StoredIntegration } | null> {
  const row = await reader.first(tokenByHash, { token_hash: hash });
  if (row === undefined || hasExpired(row.expires_at, now)) return null;
  return { token: tokenOf({ ...row, id: row.token_id, created_at: row.token_created_at }), integration: integrationOf(row) };
}

/**
 * May a request that was let in with this token still write? Between its headers and its transaction there may be a
 * long body and a long queue. Until the transaction ends, nobody disables or deletes the integration.
 */
export async function confirmScimToken(
  tx: Tx,
  { tokenId, integrationId }: { readonly tokenId: string; readonly integrationId: string },
  now: Instant,
): Promise<'live' | 'gone' | 'disabled'> {
  await holdRules(tx, integrationId);
  const row = await tx.first(stillThere, { id: tokenId, integration_id: integrationId });
  if (row === undefined || hasExpired(row.expires_at, now)) return 'gone';
  return settingsOf(row.kind, saidOf(row)).enabled ? 'live' : 'disabled';
}

/** When the token was used last; once a minute at most. */
export async function touchScimToken(tx: Tx, tokenId: string, now: Instant): Promise<void> {
  await tx.run(touchToken, { id: tokenId, at: now, before: shift(now, -TOUCH_EVERY_MS) });
}

async function remove(tx: Tx, context: ChangeContext, integrationId: string, name: string, id: string, because: string): Promise<boolean> {
  if ((await tx.run(deleteToken, { id, integration_id: integrationId })) === 0) return false;
  await tell(tx, context, 'delete', integrationId, name, id, { because });
  return true;
}

async function tell(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  integrationId: string,
  name: string,
  id: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await append(tx, context, { verb, object: { type: 'scim_token', id, name }, integrationId, details });
}

function hasExpired(expiresAt: Instant | null, now: Instant): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function tokenOf(row: Row): ScimToken {
  return {
    id: row.id,
    readOnly: row.read_only === 1,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}
