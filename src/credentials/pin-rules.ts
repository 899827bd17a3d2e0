import { randomInt } from 'node:crypto';

/** The length of generated PINs; one per installation. */
export const PIN_LENGTH_DEFAULT = 6;
export const PIN_LENGTH_MIN = 4;
export const PIN_LENGTH_MAX = 20;

/** How long the digits of a revoked PIN stay reserved, so that a guest who has left never opens a stranger's door with them. */
export const PIN_COOLDOWN_DAYS = 30;

const DIGITS = /^[0-9]{4,20}$/;

/** 4 to 20 ASCII digits, nothing around them. */
export function isValidPin(text: string): boolean {
  return DIGITS.test(text);
}

/**
 * Whether a PIN is among the first that somebody would try: one digit repeated (0000), or a run up (1234) or
 * down (4321). Runs go on past the edge of the keypad's digit row, so 7890 and 8901 count, and so do 0987 and 2109.
 */
export function isTrivialPin(pin: string): boolean {
  const digits = [...pin].map(Number);
  return [0, 1, 9].some((step) => digits.every((digit, index) => index === 0 || digit === ((digits[index - 1] ?? 0) + step) % 10));
}

/**
 * `length` digits, each equally likely, from a CSPRNG; trivial PINs are thrown away and drawn again, which leaves
 * the rest equally likely. Whether the digits are free is the store's business.
 *
 * @throws RangeError when `length` is not a whole number from 4 to 20
 */
export function generatePin(length: number = PIN_LENGTH_DEFAULT, digit: () => number = () => randomInt(10)): string {
  if (!Number.isInteger(length) || length < PIN_LENGTH_MIN || length > PIN_LENGTH_MAX) throw new RangeError(`PIN length ${length}`);
  for (;;) {
    const pin = Array.from({ length }, digit).join('');
    if (!isTrivialPin(pin)) return pin;
  }
}
