import { InvalidValue } from '../errors.js';
import { KEY_BYTES_MAX } from '../schema/limits.js';

/**
 * A value that the directory looks up by an index. Folding can make a text many times longer (one Arabic ligature
 * becomes 18 letters), so the limit on what was sent does not bound it.
 *
 * @throws InvalidValue
 */
export function checkedKey(key: string, name: string): string {
  // UTF-16 units are at most three bytes each.
  if (key.length * 3 > KEY_BYTES_MAX && Buffer.byteLength(key) > KEY_BYTES_MAX) throw new InvalidValue(`${name} is too long.`);
  return key;
}
