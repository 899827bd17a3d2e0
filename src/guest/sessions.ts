import { isMagicLinkSecret } from '../credentials/magic-link-secret.js';
import type { Secret } from '../credentials/secret.js';
import { createToken, hashToken, hasTokenShape } from '../credentials/tokens.js';
import type { Clock } from '../db/clock.js';
import type { Database, Reader } from '../db/database.js';
import { newId } from '../db/ids.js';
import { contains, type Instant, shift } from '../domain/time.js';
import { Forbidden } from '../errors.js';
import { addSession, findLink, findSession, type GuestLink } from './session-store.js';

export interface Guest {
  readonly linkId: string;
  readonly member: { readonly id: string; readonly name: string; readonly integrationId: string | null };
  /** When the session ends by itself. */
  readonly expiresAt: Instant;
}

/** One text for every link, secret and session that opens nothing: nobody learns whether it is wrong, early, over or revoked. */
export class LinkRefused extends Forbidden {
  constructor() {
    super('This link opens nothing at the moment.');
  }
}

const SESSION_MS = 30 * 60_000;
/** Of no secret: what is presented for a link that does not exist is compared all the same, in the same time. */
const HASH_OF_NOTHING = '0'.repeat(64);

/**
 * Exchanges the secret of a link for a session of half an hour.
 *
 * @throws LinkRefused for an unknown link, a wrong secret, a revoked link, an ended member, and outside the member's window
 */
export async function beginSession(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  linkId: string,
  secret: string,
): Promise<{ readonly guest: Guest; readonly token: Secret }> {
  const now = clock.now();
  const link = await findLink(db.read, linkId);
  const isRight = isMagicLinkSecret(secret, link?.secretHash ?? HASH_OF_NOTHING);
  if (link === null || !isRight || !isLive(link) || !contains(link.member.window, now)) throw new LinkRefused();
  const { token, hash } = createToken('guest');
  const expiresAt = shift(now, SESSION_MS);
  await db.transaction((tx) => addSession(tx, { id: newId('gs'), tokenHash: hash, linkId, createdAt: now, expiresAt }));
  return { guest: toGuest(link, expiresAt), token };
}

/**
 * Who presents a token of this link. A session proves who somebody is, and lives no longer than what proved it: it is over
 * at once when link or member are revoked. The window is no matter of it, since each door is decided anew.
 *
 * @throws LinkRefused when the token is none, has run out, or its link opens nothing any more
 */
export async function guestOf(reader: Reader, now: Instant, linkId: string, token: string): Promise<Guest> {
  const found = hasTokenShape('guest', token) ? await findSession(reader, { linkId, tokenHash: hashToken(token), now }) : null;
  if (found === null || !isLive(found.link)) throw new LinkRefused();
  return toGuest(found.link, found.expiresAt);
}

function isLive({ revokedAt, member }: GuestLink): boolean {
  return revokedAt === null && member.endedAt === null && member.deletedAt === null;
}

function toGuest({ id, member }: GuestLink, expiresAt: Instant): Guest {
  return { linkId: id, member: { id: member.id, name: member.name, integrationId: member.integrationId }, expiresAt };
}
