import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * SHA-256 as 64 hex characters. For secrets of 128 random bits and more, which nobody can guess: no salt, no stretching.
 * PINs are far shorter and take `KeyRing.keyedHash`.
 */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Compares two hashes in a time that does not tell where they differ. Texts of different length are never equal. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, 'utf8');
  const right = Buffer.from(b, 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}
