import { createHmac } from 'node:crypto';

const LABEL = 'latchkey access list v1';

/**
 * The key under which a controller's offline list holds PINs and cards: `HMAC-SHA256(token, label)`. Both sides derive it
 * from the token, so it is stored nowhere and changes with the token.
 *
 * @see docs/doors.md
 */
export function accessListKey(token: string): Buffer {
  return createHmac('sha256', token).update(LABEL, 'utf8').digest();
}

/** HMAC-SHA256 as 64 hex characters. */
export function accessListHash(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text, 'utf8').digest('hex');
}
