import type { ChangeContext } from '../domain/events.js';
import type { Integration } from '../domain/integration.js';
import { VersionMismatch } from '../errors.js';
import type { IfMatch } from './operation.js';

/** Keeps the PIN that a source sent without keeping its digits readable. Made by `credentials`. */
export interface SourcePinVault {
  /** Same digits, same hash. */
  hash(pin: string): string;
  seal(pin: string, userId: string): string;
  isWeak(pin: string): boolean;
}

/** Everything an operation needs besides its transaction. */
export interface DirectoryContext extends ChangeContext {
  readonly integration: Integration;
  readonly pins: SourcePinVault;
}

/** @see RFC 7644 section 3.14, RFC 9110 section 13.1.1 */
export function checkVersion(context: DirectoryContext, stored: number, ifMatch: IfMatch): void {
  if (ifMatch === '*' || ifMatch?.has(stored)) return;
  if (ifMatch !== null) throw new VersionMismatch('The resource has changed since the version that If-Match names.');
  if (context.integration.settings.scim.requireIfMatch) throw new VersionMismatch('This connection requires If-Match.');
}
