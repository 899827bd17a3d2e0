import type { Secret } from '../credentials/secret.js';
import { createToken, hashToken, hasTokenShape } from '../credentials/tokens.js';
import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { ChangeContext } from '../domain/events.js';
import { type Instant, shift } from '../domain/time.js';
import { NotFound } from '../errors.js';
import { append } from '../events/append.js';

/** What somebody may do, each all that the next may and more. */
export const ROLES = ['admin', 'operator', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** A token of the REST API; never its text. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
}

const TOUCH_EVERY_MS = 60_000;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

const COLUMNS = ['id', 'name', 'role', 'created_at', 'expires_at', 'last_used_at'];

const insertToken = statement<{
  id: string;
  name: string;
  role: string;
  token_hash: string;
  created_at: string;
  expires_at: string | null;
}>('api_tokens.insert', (sql, p) =>
  sql('api_tokens').insert({
    id: p.id,
    name: p.name,
    role: p.role,
    token_hash: p.token_hash,
    created_at: p.created_at,
    expires_at: p.expires_at,
  }),
);

const allTokens = statement<Record<string, never>, Row>('api_tokens.list', (sql) =>
  sql('api_tokens').orderBy(['created_at', 'id']).select(COLUMNS),
);

const tokenByHash = statement<{ token_hash: string }, Row>('api_tokens.by-hash', (sql, p) =>
  sql('api_tokens').where('token_hash', p.token_hash).select(COLUMNS),
);

const nameOfToken = statement<{ id: string }, { name: string }>('api_tokens.name', (sql, p) =>
  sql('api_tokens').where('id', p.id).select('name'),
);

const deleteToken = statement<{ id: string }>('api_tokens.delete', (sql, p) => sql('api_tokens').where('id', p.id).delete());

const touchToken = statement<{ id: string; at: string; before: string }>('api_tokens.touch', (sql, p) =>
  sql('api_tokens')
    .where('id', p.id)
    .where((due) => due.whereNull('last_used_at').orWhere('last_used_at', '<=', p.before))
    .update({ last_used_at: p.at }),
);

/** A new token, shown this once. */
export async function createApiToken(
  tx: Tx,
  context: ChangeContext,
  { name, role, expiresAt }: { readonly name: string; readonly role: Role; readonly expiresAt: Instant | null },
): Promise<{ id: string; token: Secret }> {
  const id = newId('at');
  const { token, hash } = createToken('api');
  await tx.run(insertToken, { id, name, role, token_hash: hash, created_at: context.now, expires_at: expiresAt });
  await append(tx, context, { verb: 'create', object: { type: 'api_token', id, name }, details: { role, expiresAt } });
  return { id, token };
}

/** Oldest first, expired ones too: there are a handful. */
export async function listApiTokens(reader: Reader): Promise<ApiToken[]> {
  return (await reader.all(allTokens, {})).map(tokenOf);
}

/** From now on the token opens nothing. Errors: `NotFound`. */
export async function revokeApiToken(tx: Tx, context: ChangeContext, id: string): Promise<void> {
  const row = await tx.first(nameOfToken, { id });
  if (row === undefined || (await tx.run(deleteToken, { id })) === 0) throw new NotFound('There is no such API token.');
  await append(tx, context, { verb: 'delete', object: { type: 'api_token', id, name: row.name } });
}

/** Which token this is; null when it is none, or has expired. */
export async function findApiToken(reader: Reader, presented: string, now: Instant): Promise<ApiToken | null> {
  if (!hasTokenShape('api', presented)) return null;
  const row = await reader.first(tokenByHash, { token_hash: hashToken(presented) });
  return row === undefined || (row.expires_at !== null && row.expires_at <= now) ? null : tokenOf(row);
}

/** When the token was used last; once a minute at most. */
export async function touchApiToken(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx.run(touchToken, { id, at: now, before: shift(now, -TOUCH_EVERY_MS) });
}

function tokenOf(row: Row): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}
