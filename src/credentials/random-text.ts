import { createHash, randomBytes } from 'node:crypto';
import { sameHash, sha256Hex } from './hash.js';

const BYTES = 32;
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits as 43 characters of base64url: fits into a path and a query as it is. */
export function randomText(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** Can this be a text of `randomText` at all? Asked before any look-up. */
export function hasRandomTextShape(presented: string): boolean {
  return SHAPE.test(presented);
}

/** Is `presented` this very text? In a time that tells nothing of where they differ. */
export function isSameText(presented: string, expected: string): boolean {
  return sameHash(sha256Hex(presented), sha256Hex(expected));
}

/** What an authorization server is told of a code verifier. @see RFC 7636 section 4.2, method S256 */
export function codeChallenge(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}
