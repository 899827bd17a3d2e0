import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';

export interface KeyPair {
  /** PEM. */
  readonly privateKey: string;
  readonly publicKey: string;
}

const made: KeyPair[] = [];

/** The same pairs again and again: making one takes a good part of a second. */
export function keyPair(index: number): KeyPair {
  while (made.length <= index) {
    made.push(
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }),
    );
  }
  const [pair] = made.slice(index);
  if (pair === undefined) throw new Error('no key');
  return pair;
}

export interface Jws {
  readonly header: ReadonlyMap<string, unknown>;
  readonly claims: ReadonlyMap<string, unknown>;
  /** Checks RS256. */
  readonly isSignedWith: (publicKey: string) => boolean;
}

/** @returns null for what is no compact JWS of JSON. @see RFC 7515 section 3.1 */
export function readJws(text: string): Jws | null {
  const [header, claims, signature, ...more] = text.split('.');
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) return null;
  const part = (encoded: string) =>
    new Map<string, unknown>(Object.entries(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))));
  try {
    return {
      header: part(header),
      claims: part(claims),
      isSignedWith: (publicKey) => createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url'),
    };
  } catch {
    return null;
  }
}

export function writeJws(header: object, claims: object, privateKey: string): string {
  const encoded = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${encoded}.${createSign('RSA-SHA256').update(encoded).sign(privateKey, 'base64url')}`;
}
