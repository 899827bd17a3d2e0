import { randomBytes } from 'node:crypto';
import { sameHash, sha256Hex } from './hash.js';
import { Secret } from './secret.js';

/** What a token opens can be read off its first letters, by people and by secret scanners. */
export const TOKEN_PREFIXES = { scim: 'lks_', api: 'lka_', controller: 'lkc_', guest: 'lkg_' } as const;
export type TokenKind = keyof typeof TOKEN_PREFIXES;

const TOKEN_BYTES = 32;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = BigInt(ALPHABET.length);
/** 62^43 is the first power above 2^256. */
const BODY_LENGTH = 43;
const BODY = /^[0-9A-Za-z]{43}$/;

export interface NewToken {
  /** Shown once, never stored. */
  readonly token: Secret;
  readonly hash: string;
}

/** Prefix and 256 random bits in base62, always 47 characters; a double click selects all of it. */
export function createToken(kind: TokenKind): NewToken {
  const token = `${TOKEN_PREFIXES[kind]}${base62(randomBytes(TOKEN_BYTES))}`;
  return { token: new Secret(token), hash: hashToken(token) };
}

/** SHA-256 in hex: what is stored, and by which a token is looked up. */
export function hashToken(token: string): string {
  return sha256Hex(token);
}

/**
 * Can this be a token of that kind at all? Asked before any look-up, so that an empty bearer, `undefined`
 * or a token of another kind never gets as far as a comparison.
 */
export function hasTokenShape(kind: TokenKind, presented: string): boolean {
  const prefix = TOKEN_PREFIXES[kind];
  return presented.startsWith(prefix) && BODY.test(presented.slice(prefix.length));
}

/** Is `presented` the token of that kind with this hash? Constant time once the shape is right. */
export function isToken(kind: TokenKind, presented: string, hash: string): boolean {
  return hasTokenShape(kind, presented) && sameHash(hashToken(presented), hash);
}

function base62(bytes: Buffer): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let place = 0; place < BODY_LENGTH; place += 1) {
    text = `${ALPHABET[Number(rest % BASE)]}${text}`;
    rest /= BASE;
  }
  return text;
}
