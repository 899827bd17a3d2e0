import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { LatchkeyError } from '../errors.js';
import { deriveKey, parseKeys } from './key-ring.js';
import { Secret } from './secret.js';

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A sealed text cannot be opened: changed, moved to another row, or its key is not in the ring. */
export class Unsealable extends LatchkeyError {}

/**
 * Seals what is stored and hashes what is looked up, with the keys of `LATCHKEY_SECRET_KEYS`.
 *
 * The first key seals and every key opens, so a new key goes to the front and old texts stay readable until they are
 * sealed again. Look-ups need a key that never changes, or no stored hash would be found after a rotation: it is
 * derived from the **last**, oldest key, which therefore stays in the list for as long as the installation lives.
 */
export class KeyRing {
  readonly #currentId: string;
  readonly #sealing: ReadonlyMap<string, Buffer>;
  readonly #lookUp: Buffer;

  private constructor(currentId: string, sealing: ReadonlyMap<string, Buffer>, lookUp: Buffer) {
    this.#currentId = currentId;
    this.#sealing = sealing;
    this.#lookUp = lookUp;
  }

  /**
   * `purpose`: what is sealed. Rings of different purposes have different sealing keys, so that what is sealed by the
   * million does not use up the nonces of what is kept for years.
   *
   * @throws InvalidInput when the text has no key, or one that is malformed, repeated or not random
   */
  static parse(text: string, purpose = 'seal v1'): KeyRing {
    const keys = parseKeys(text);
    const sealing = new Map(keys.map((key) => [key.id, deriveKey(key, purpose)]));
    return new KeyRing(keys[0].id, sealing, deriveKey(keys.at(-1) ?? keys[0], 'look-up v1'));
  }

  /**
   * `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url. The text opens only for the same table and
   * row id: a sealed PIN copied into another member's row is worth nothing.
   */
  seal(plaintext: Secret | string, table: string, rowId: string): string {
    const keyId = this.#currentId;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#keyFor(keyId), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(keyId, table, rowId));
    const text = typeof plaintext === 'string' ? plaintext : plaintext.expose();
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, keyId, nonce.toString('base64url'), body.toString('base64url')].join('.');
  }

  /** @throws Unsealable */
  open(sealed: string, table: string, rowId: string): Secret {
    const { keyId, nonce, body } = parseSealed(sealed);
    const decipher = createDecipheriv(CIPHER, this.#keyFor(keyId), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(keyId, table, rowId));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    try {
      return new Secret(Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8'));
    } catch (cause) {
      throw new Unsealable('A stored secret was changed, or belongs to another row, or was sealed with another key.', { cause });
    }
  }

  /** Was this sealed with the key that seals now? If not, sealing it again lets an old key go. */
  isCurrent(sealed: string): boolean {
    return parseSealed(sealed).keyId === this.#currentId;
  }

  /**
   * HMAC-SHA256 as 64 hex characters: finds short secrets (PINs) without storing them, and without the key a table of
   * all PINs is of no use. The same text hashes differently for another purpose.
   */
  keyedHash(text: string, purpose: string): string {
    const key = createHmac('sha256', this.#lookUp).update(purpose, 'utf8').digest();
    return createHmac('sha256', key).update(text, 'utf8').digest('hex');
  }

  #keyFor(keyId: string): Buffer {
    const key = this.#sealing.get(keyId);
    if (key === undefined)
      throw new Unsealable(`A stored secret was sealed with key "${keyId}", which LATCHKEY_SECRET_KEYS does not have.`);
    return key;
  }
}

/** JSON, so that no table and row can be cut differently into the same bytes. */
function associatedData(keyId: string, table: string, rowId: string): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId, table, rowId]), 'utf8');
}

function parseSealed(sealed: string): { keyId: string; nonce: Buffer; body: Buffer } {
  const [version, keyId = '', nonceText = '', bodyText = '', ...more] = sealed.split('.');
  const nonce = Buffer.from(nonceText, 'base64url');
  const body = Buffer.from(bodyText, 'base64url');
  // The decoder skips what it does not know, so only a text that it would write itself is taken.
  const exact = nonce.toString('base64url') === nonceText && body.toString('base64url') === bodyText;
  if (version !== VERSION || more.length > 0 || !exact || nonce.length !== NONCE_BYTES || body.length < TAG_BYTES) {
    throw new Unsealable('A stored secret does not have the form of a sealed text.');
  }
  return { keyId, nonce, body };
}
