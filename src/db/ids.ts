import { randomBytes, randomUUID } from 'node:crypto';

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

/** `mem_5g8v…`: 130 random bits in Crockford's base 32, lower case, 26 characters behind the prefix. */
export function newId(prefix: IdPrefix): string {
  const bytes = randomBytes(26);
  let text = `${prefix}_`;
  for (const byte of bytes) text += ALPHABET[byte & 31];
  return text;
}

/** Ids of SCIM resources: random, never derived from anything a client sent (RFC 7643 section 3.1). */
export function newScimId(): string {
  return randomUUID();
}
