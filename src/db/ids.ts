import { randomFillSync, randomUUID } from 'node:crypto';
import { epochMs, type Instant } from '../domain/time.js';

/** The prefixes of Latchkey's own ids; a reader of a log knows what an id names. */
export type IdPrefix =
  | 'int'
  | 'mem'
  | 'mg'
  | 'asc'
  | 'pin'
  | 'ml'
  | 'card'
  | 'evt'
  | 'st'
  | 'at'
  | 'prm'
  | 'req'
  | 'obx'
  | 'dlv'
  | 'alert'
  | 'lease'
  | 'run'
  | 'hp'
  | 'site'
  | 'door'
  | 'sch'
  | 'perm'
  | 'ctl'
  | 'cmd'
  | 'gs';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Characters behind the prefix. */
const LENGTH = 26;
/** Of them, those that an id that tells its time has for milliseconds: 45 bits, enough until the year 3084. */
const TIME_LENGTH = 9;

/** Random bytes in stock: asking for them costs several times their use, whether for one id or for a hundred. */
const stock = new Uint8Array(LENGTH * 100);
let used = stock.length;

/** `mem_5g8v…`: 130 random bits in Crockford's base 32, lower case, 26 characters behind the prefix. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomText(LENGTH)}`;
}

/**
 * For rows that are written all the time and never secret: as long as any other id, but its first nine characters are the
 * time, so that the index of ids grows at its end, and writing one row does not dirty a page of all those before it.
 */
export function newEventId(now: Instant): string {
  let left = epochMs(now);
  let time = '';
  for (let at = 0; at < TIME_LENGTH; at += 1) {
    time = `${ALPHABET[left % 32]}${time}`;
    left = Math.floor(left / 32);
  }
  return `evt_${time}${randomText(LENGTH - TIME_LENGTH)}`;
}

function randomText(length: number): string {
  if (used + length > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  let text = '';
  for (const byte of stock.subarray(used, used + length)) text += ALPHABET[byte & 31];
  used += length;
  return text;
}

/** Ids of SCIM resources: random, never derived from anything a client sent (RFC 7643 section 3.1). */
export function newScimId(): string {
  return randomUUID();
}
