import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant, Window } from '../domain/time.js';

/** A Magic Link with what its member's row says of it. */
export interface GuestLink {
  readonly id: string;
  readonly secretHash: string;
  readonly revokedAt: Instant | null;
  readonly member: {
    readonly id: string;
    readonly name: string;
    readonly integrationId: string | null;
    readonly window: Window;
    readonly endedAt: Instant | null;
    readonly deletedAt: Instant | null;
  };
}

export interface NewSession {
  readonly id: string;
  readonly tokenHash: string;
  readonly linkId: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** Devices of one party, with room for a mail scanner that runs scripts. The oldest gives way. */
const SESSIONS_PER_LINK_MAX = 20;

interface LinkRow {
  readonly id: string;
  readonly secret_hash: string;
  readonly revoked_at: string | null;
  readonly member_id: string;
  readonly name: string;
  readonly integration_id: string | null;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly ended_at: string | null;
  readonly deleted_at: string | null;
}

const LINK_COLUMNS = [
  ...['magic_links.id', 'magic_links.secret_hash', 'magic_links.revoked_at', 'magic_links.member_id'],
  ...['members.name', 'members.integration_id', 'members.starts_at', 'members.ends_at', 'members.ended_at', 'members.deleted_at'],
];

const linkById = statement<{ id: string }, LinkRow>('guest.link', (sql, p) =>
  sql('magic_links').join('members', 'members.id', 'magic_links.member_id').where('magic_links.id', p.id).select(LINK_COLUMNS),
);

const linkOfToken = statement<{ link_id: string; token_hash: string; now: string }, LinkRow & { expires_at: string }>(
  'guest.link-of-token',
  (sql, p) =>
    sql('guest_sessions')
      .join('magic_links', 'magic_links.id', 'guest_sessions.magic_link_id')
      .join('members', 'members.id', 'magic_links.member_id')
      .where({ 'guest_sessions.token_hash': p.token_hash, 'guest_sessions.magic_link_id': p.link_id })
      .where('guest_sessions.expires_at', '>', p.now)
      .select([...LINK_COLUMNS, 'guest_sessions.expires_at']),
);

const insertSession = statement<{ id: string; token_hash: string; magic_link_id: string; created_at: string; expires_at: string }>(
  'guest.insert-session',
  (sql, p) =>
    sql('guest_sessions').insert({
      id: p.id,
      token_hash: p.token_hash,
      magic_link_id: p.magic_link_id,
      created_at: p.created_at,
      expires_at: p.expires_at,
    }),
);

/** More than are added at once, so that they become fewer; few enough that nobody who opens a link waits for it. */
const FORGOTTEN_AT_ONCE = 100;

const deleteExpired = statement<{ now: string }>('guest.delete-expired', (sql, p, { lockFreeRows }) =>
  sql.raw(
    `delete from guest_sessions where id in
       (select id from guest_sessions where expires_at <= ? order by expires_at limit ${FORGOTTEN_AT_ONCE} ${lockFreeRows})`,
    [p.now],
  ),
);

const deleteOldest = statement<{ link_id: string; kept: number }>('guest.delete-oldest', (sql, p) =>
  sql.raw(
    `delete from guest_sessions where magic_link_id = ? and id not in (
       select id from guest_sessions where magic_link_id = ? order by created_at desc, id limit cast(? as bigint))`,
    [p.link_id, p.link_id, p.kept],
  ),
);

/** null: there is no such link. Revoked ones are found as well. */
export async function findLink(reader: Reader, id: string): Promise<GuestLink | null> {
  const row = await reader.first(linkById, { id });
  return row === undefined ? null : toLink(row);
}

/** The link that a session is bound to; null when no session of this link that lasts at `now` has the token. */
export async function findSession(
  reader: Reader,
  wanted: { readonly linkId: string; readonly tokenHash: string; readonly now: Instant },
): Promise<{ readonly link: GuestLink; readonly expiresAt: Instant } | null> {
  const row = await reader.first(linkOfToken, { link_id: wanted.linkId, token_hash: wanted.tokenHash, now: wanted.now });
  return row === undefined ? null : { link: toLink(row), expiresAt: row.expires_at };
}

/** Stores a session, and forgets those that are over, a part at a time, and those that are too many. */
export async function addSession(tx: Tx, session: NewSession): Promise<void> {
  await tx.run(deleteExpired, { now: session.createdAt });
  await tx.run(deleteOldest, { link_id: session.linkId, kept: SESSIONS_PER_LINK_MAX - 1 });
  await tx.run(insertSession, {
    id: session.id,
    token_hash: session.tokenHash,
    magic_link_id: session.linkId,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
  });
}

function toLink(row: LinkRow): GuestLink {
  return {
    id: row.id,
    secretHash: row.secret_hash,
    revokedAt: row.revoked_at,
    member: {
      id: row.member_id,
      name: row.name,
      integrationId: row.integration_id,
      window: { startsAt: row.starts_at, endsAt: row.ends_at },
      endedAt: row.ended_at,
      deletedAt: row.deleted_at,
    },
  };
}
