import { randomBytes } from 'node:crypto';
import { sameHash, sha256Hex } from './hash.js';
import { Secret } from './secret.js';

const SECRET_BYTES = 24;
/** 24 bytes are exactly 32 characters of base64url, so every such text is a possible secret. */
const SHAPE = /^[A-Za-z0-9_-]{32}$/;

/** 192 random bits as 32 characters of base64url: what stands behind the `#` of a Magic Link. */
export function createMagicLinkSecret(): Secret {
  return new Secret(randomBytes(SECRET_BYTES).toString('base64url'));
}

/** The only form in which a link's secret is looked at again. */
export function hashMagicLinkSecret(secret: string): string {
  return sha256Hex(secret);
}

/** Is `presented` the secret with this hash? Anything that cannot be a secret is refused before it is hashed. */
export function isMagicLinkSecret(presented: string, hash: string): boolean {
  return SHAPE.test(presented) && sameHash(hashMagicLinkSecret(presented), hash);
}
