import { hkdfSync, randomBytes } from 'node:crypto';
import { InvalidInput } from '../errors.js';

export const KEY_BYTES = 32;

const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** 32 random bytes hold about 30 different ones; fewer than 16 do not happen by chance in the life of the universe. */
const DISTINCT_BYTES_MIN = 16;

export interface RootKey {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * `keyid:base64of32bytes[,keyid:base64…]`, the form of `LATCHKEY_SECRET_KEYS`: at least one key, the first seals,
 * every one opens, the last is the oldest. Blanks around an entry are let through.
 *
 * @throws InvalidInput with a sentence for the operator, which never repeats any part of a key
 */
export function parseKeys(text: string): [RootKey, ...RootKey[]] {
  const [first, ...others] = text.split(',').map((entry, index) => parseEntry(entry.trim(), index + 1));
  if (first === undefined) throw refused('is empty');
  const keys: [RootKey, ...RootKey[]] = [first, ...others];
  const ids = new Set(keys.map(({ id }) => id));
  if (ids.size < keys.length) throw refused('has two keys with the same id; each key needs an id of its own');
  const values = new Set(keys.map(({ key }) => key.toString('hex')));
  if (values.size < keys.length) throw refused('has the same key twice; a new key must be new random bytes');
  return keys;
}

/** One new random key in the form that `parseKeys` reads: what the first start writes into the data directory. */
export function generateKeyRing(): string {
  const id = `k${randomBytes(4).toString('hex')}`;
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
}

/** An independent key for one purpose. @see RFC 5869 */
export function deriveKey({ key }: RootKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `latchkey ${purpose}`, KEY_BYTES));
}

function parseEntry(entry: string, position: number): RootKey {
  if (entry === '') throw refused(position === 1 ? 'is empty' : `has nothing at place ${position}`);
  const colon = entry.indexOf(':');
  if (colon < 0) throw refused(`has no key id at place ${position}; the form is keyid:base64`);
  const id = entry.slice(0, colon);
  if (!KEY_ID.test(id)) throw refused(`has a key id at place ${position} that is not 1 to 32 letters, digits, - or _`);

  const encoded = entry.slice(colon + 1);
  // A decoder that skips what it does not know would turn a typing error into another key.
  if (!BASE64.test(encoded) || encoded.length % 4 !== 0) throw weak(id, 'is not base64');
  const key = Buffer.from(encoded, 'base64');
  if (key.length !== KEY_BYTES) throw weak(id, `has ${key.length} bytes instead of ${KEY_BYTES}`);
  if (key.toString('base64') !== encoded) throw weak(id, 'is not base64');
  if (new Set(key).size < DISTINCT_BYTES_MIN) throw weak(id, 'is not random: it repeats itself');
  if (key.every((byte) => byte >= 0x20 && byte < 0x7f)) throw weak(id, 'is not random: it is a text');
  return { id, key };
}

function weak(id: string, what: string): InvalidInput {
  return refused(`key "${id}" ${what}; make one with: openssl rand -base64 ${KEY_BYTES}`);
}

function refused(what: string): InvalidInput {
  return new InvalidInput(`LATCHKEY_SECRET_KEYS ${what}`);
}
