import { type Actual, type Credential, MANUAL, type UserFacts } from '../../src/domain/access.js';
import { DEFAULT_SETTINGS, type IntegrationSettings } from '../../src/domain/integration.js';
import { epochMs, type Instant, instant, OPEN_WINDOW, type Window } from '../../src/domain/time.js';

export const OWNER = 'int_own';
export const OTHER = 'int_other';
export { MANUAL };

const MAY_FIRST = epochMs('2026-05-01T00:00:00.000Z');
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** `day(3)` is 3 May 2026 at midnight UTC; fractions are hours: `day(3.5)` is noon. */
export function day(n: number): Instant {
  return instant(MAY_FIRST + (n - 1) * DAY_MS);
}

/** From one day of May to another; null leaves that side open. */
export function days(from: number | null, to: number | null): Window {
  return { startsAt: from === null ? null : day(from), endsAt: to === null ? null : day(to) };
}

type User = NonNullable<UserFacts['user']>;

export const GUEST: User = {
  name: 'Ana',
  emails: ['ana@example.com'],
  active: true,
  skipReason: null,
  window: OPEN_WINDOW,
  periods: [],
  pin: null,
  card: null,
};

/** Ana is in Group `room`, which is mapped to member group `gate`. */
export function factsOf(user: Partial<User> = {}, settings: Partial<IntegrationSettings> = {}, rest: Partial<UserFacts> = {}): UserFacts {
  return {
    integrationId: OWNER,
    settings: { ...DEFAULT_SETTINGS, ...settings },
    user: { ...GUEST, ...user },
    groups: [{ id: 'room', via: ['room'] }],
    mappings: [{ resourceId: 'room', memberGroupId: 'gate' }],
    ...rest,
  };
}

export const NOBODY: Actual = { member: null, associations: [], pins: [], links: [], cards: [] };

export function memberOf(fields: Partial<NonNullable<Actual['member']>> = {}): NonNullable<Actual['member']> {
  return { id: 'mem_1', name: 'Ana', emails: ['ana@example.com'], window: OPEN_WINDOW, endedAt: null, deletedAt: null, ...fields };
}

export function credential(id: string, fields: Partial<Credential> = {}): Credential {
  return { id, managedBy: OWNER, key: '', revokedAt: null, coolingUntil: null, fromSource: false, ...fields };
}
