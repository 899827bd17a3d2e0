import { UpstreamRefused } from '../upstream-errors.js';
import { type GoogleContext, VAULT } from './context.js';
import type { GoogleUser } from './schema.js';

/**
 * Remembers the Workspace account of the first connect, and refuses another one: all its people would be new, and all of
 * the former would look gone.
 *
 * @throws UpstreamRefused
 */
export async function checkCustomer({ vault }: GoogleContext, users: readonly GoogleUser[]): Promise<void> {
  const [first] = users;
  if (first === undefined) return;
  const known = await vault.get(VAULT.customerId);
  if (known === null) await vault.put(VAULT.customerId, first.customerId);
  const expected = known ?? first.customerId;
  if (users.some(({ customerId }) => customerId !== expected)) {
    throw new UpstreamRefused('This connection now leads to another Google Workspace account: make a new integration for it.');
  }
}
