import { isMagicLinkSecret } from '../credentials/magic-link-secret.js';
import type { Secret } from '../credentials/secret.js';
import { createToken, hashToken, hasTokenShape } from '../credentials/tokens.js';
import type { Clock } from '../db/clock.js';
import type { Database } from '../db/database.js';
import { newId } from '../db/ids.js';
import { contains, type Instant, shift } from '../domain/time.js';
import { addSession, findLink, findSession, type GuestLink } from './session-store.js';

export interface Guest {
  readonly linkId: string;
  readonly memberId: string;
  readonly name: string;
  /** When the session ends by itself. */
  readonly expiresAt: Instant;
}

const SESSION_MS = 30 * 60_000;
/** Of no secret: what is presented for a link that does not exist is compared all the same, in the same time. */
const HASH_OF_NOTHING = '0'.repeat(64);

/**
 * Exchanges the secret of a link for a session of half an hour. null whenever it does not: for an unknown link, a wrong
 * secret, a link that was revoked, a member that has ended, and outside the member's window; nobody learns which.
 */
export async function beginSession(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  linkId: string,
  secret: string,
): Promise<{ readonly guest: Guest; readonly token: Secret } | null> {
  const now = clock.now();
  const link = await findLink(db.read, linkId);
  const isRight = isMagicLinkSecret(secret, link?.secretHash ?? HASH_OF_NOTHING);
  if (link === null || !isRight || !isLive(link) || !contains(link.member.window, now)) return null;
  const { token, hash } = createToken('guest');
  const expiresAt = shift(now, SESSION_MS);
  await db.transaction((tx) => addSession(tx, { id: newId('gs'), tokenHash: hash, linkId, createdAt: now, expiresAt }));
  return { guest: toGuest(link, expiresAt), token };
}

/**
 * Who presents a token of this link. null when it is none, has run out, or link or member were revoked since: a session
 * proves who somebody is, and lives no longer than what proved it. The window is no matter of it: each door is decided anew.
 */
export async function guestOf(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  linkId: string,
  token: string,
): Promise<Guest | null> {
  if (!hasTokenShape('guest', token)) return null;
  const found = await findSession(db.read, { linkId, tokenHash: hashToken(token), now: clock.now() });
  return found === null || !isLive(found.link) ? null : toGuest(found.link, found.expiresAt);
}

function isLive({ revokedAt, member }: GuestLink): boolean {
  return revokedAt === null && member.endedAt === null && member.deletedAt === null;
}

function toGuest({ id, member }: GuestLink, expiresAt: Instant): Guest {
  return { linkId: id, memberId: member.id, name: member.name, expiresAt };
}
