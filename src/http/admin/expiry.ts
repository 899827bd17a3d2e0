import type { Instant } from '../../domain/time.js';
import { InvalidInput } from '../../errors.js';
import { bodyInstant } from './query.js';

/** When a token expires; null: never. A token that has expired before it exists is a mistake. @throws InvalidInput */
export function futureInstant(expiresAt: string | null | undefined, now: Instant): Instant | null {
  const at = bodyInstant(expiresAt ?? null, '/expiresAt');
  if (at !== null && at <= now) throw new InvalidInput('The token would have expired already.', '/expiresAt');
  return at;
}
