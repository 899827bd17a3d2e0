import { InvalidArgumentError } from 'commander';
import { type Instant, shift } from '../domain/time.js';

const DAY_MS = 86_400_000;
const DAYS_MAX = 36_500;
const NAME_MAX = 200;
const DIGITS = /^\d{1,6}$/;

/** A name as the REST API takes it. */
export function parseName(text: string): string {
  if (text.trim() === '' || text.length > NAME_MAX || text.includes('\u0000'))
    throw new InvalidArgumentError(`A name has 1 to ${NAME_MAX} characters.`);
  return text;
}

export function parseDays(text: string): number {
  const days = DIGITS.test(text) ? Number(text) : 0;
  if (days < 1 || days > DAYS_MAX) throw new InvalidArgumentError(`A number of days from 1 to ${DAYS_MAX} is needed.`);
  return days;
}

/** null without a number of days: never. */
export function expiry(now: Instant, days: number | undefined): Instant | null {
  return days === undefined ? null : shift(now, days * DAY_MS);
}
