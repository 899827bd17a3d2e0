/** NUL, which SQLite cuts at and PostgreSQL refuses, and halves of a surrogate pair, which UTF-8 cannot carry. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
/** Control characters, and the bidirectional embeddings, overrides and isolates that make one name look like another. */
const DECEIVING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
/** Only white space and characters without a shape. */
const BLANK = /^[\s\p{Cf}]*$/u;
const SPACE_OR_CONTROL = /[\s\p{Cc}]/u;

/** The longest path of RFC 5321 section 4.5.3.1.3, without its angle brackets. */
const EMAIL_MAX = 254;

export const isUnstorable = (text: string): boolean => UNSTORABLE.test(text);
export const isDeceiving = (text: string): boolean => DECEIVING.test(text);
export const isBlank = (text: string): boolean => BLANK.test(text);

/** Longer than `max` code points? Looks at no more of a long text than it needs to. */
export function isLonger(text: string, max: number): boolean {
  if (text.length <= max) return false;
  return text.length > 2 * max || [...text].length > max;
}

/**
 * Can this be an address at all? Only what no address can look like is refused, because an odd address that works
 * is worth more than a rule. Internationalised addresses pass (RFC 6531).
 */
export function isEmail(text: string): boolean {
  if (isLonger(text, EMAIL_MAX) || SPACE_OR_CONTROL.test(text)) return false;
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1) return false;
  const quoted = text.startsWith('"') && text.charAt(at - 1) === '"';
  return quoted || text.indexOf('@') === at;
}

const ZONES_MAX = 1000;
const zones = new Map<string, boolean>();

/** An IANA zone, link names included. Making a formatter costs 50 µs, so the answers are kept. */
export function isTimeZone(text: string): boolean {
  const known = zones.get(text);
  if (known !== undefined) return known;
  const valid = /^[A-Za-z]/.test(text) && makes(() => new Intl.DateTimeFormat('en', { timeZone: text }));
  if (zones.size < ZONES_MAX && text.length < 64) zones.set(text, valid);
  return valid;
}

/** A language tag (BCP 47); the underscore of POSIX and Java locales is understood. */
export function isLocale(text: string): boolean {
  return text.length < 256 && makes(() => Intl.getCanonicalLocales(text.replaceAll('_', '-')));
}

function makes(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
