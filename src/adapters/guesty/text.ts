/** Control characters, halves of surrogate pairs, and what turns the direction of writing, so that a name looks like another. */
const DECEIVING = /[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/gu;
const SHAPELESS = /^[\s\p{Cf}]*$/u;
const SPACE_OR_CONTROL = /[\s\p{Cc}]/u;
const EMAIL_MAX = 254;

/** A name as it can be shown, in one line; null when nothing is left. Guests type their own, and the directory refuses tricks. */
export function shownName(text: string | null | undefined, max: number): string | null {
  const line = (text ?? '')
    .slice(0, 4 * max)
    .replace(DECEIVING, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return SHAPELESS.test(line) ? null : [...line].slice(0, max).join('').trim();
}

/** An address that can be one; null for anything else: a guest without an address is no reason to keep them out. */
export function emailAddress(text: string | null | undefined): string | null {
  const address = (text ?? '').trim();
  const at = address.indexOf('@');
  const fits = at > 0 && at < address.length - 1 && at === address.lastIndexOf('@');
  return fits && address.length <= EMAIL_MAX && !SPACE_OR_CONTROL.test(address) ? address : null;
}
