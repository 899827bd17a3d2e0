import { fold } from '../../domain/fold.js';

/** Control characters, and marks that make one name look like another; the directory refuses them. */
const DECEIVING = /[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/gu;
const SPACE_OR_CONTROL = /[\s\p{Cc}\p{Surrogate}]/u;
const NAME_MAX = 255;
/** @see RFC 5321 section 4.5.3.1.3 */
const EMAIL_MAX = 254;

/** A text for people, without what no name needs and no longer than a name may be; null when nothing is left. */
export function plainText(text: string | null | undefined): string | null {
  const plain = [...(text ?? '').replace(DECEIVING, '').trim()].slice(0, NAME_MAX).join('').trim();
  return plain === '' ? null : plain;
}

/** An address as it is; null for what cannot be one. One odd entry must not keep a person from the door. */
export function addressOf(text: string | null | undefined): string | null {
  const address = text?.trim() ?? '';
  const at = address.lastIndexOf('@');
  const possible = at > 0 && at < address.length - 1 && address.indexOf('@') === at;
  return possible && address.length <= EMAIL_MAX && !SPACE_OR_CONTROL.test(address) ? address : null;
}

/** What follows the @, in comparison form; empty when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : fold(address.slice(at + 1));
}
