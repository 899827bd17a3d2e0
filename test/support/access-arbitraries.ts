import fc from 'fast-check';
import { type Actual, type Credential, SKIP_REASONS, type SkipReason, type UserFacts } from '../../src/domain/access.js';
import { ALL_USERS, DEFAULT_SETTINGS, type IntegrationSettings } from '../../src/domain/integration.js';
import { type Instant, isValid, type Window } from '../../src/domain/time.js';
import { day, MANUAL, OTHER, OWNER } from './access-facts.js';

/** Small worlds on purpose: few names and few instants meet often, and meeting is where the bugs are. */
const GROUPS = ['room', 'floor', 'house'] as const;
const MEMBER_GROUPS = ['gate', 'pool', 'lift'] as const;
const KEYS = ['k1', 'k2', 'k3'] as const;

/** Half days of May, as a source might send them. */
export const instants: fc.Arbitrary<Instant> = fc.integer({ min: 2, max: 40 }).map((halves) => day(halves / 2));

/** Any window, also one that ends before it starts. */
export const windows: fc.Arbitrary<Window> = fc.record({
  startsAt: fc.option(instants, { freq: 3 }),
  endsAt: fc.option(instants, { freq: 3 }),
});

const validWindows = windows.filter(isValid);

export const settings: fc.Arbitrary<IntegrationSettings> = fc
  .record({
    syncScope: fc.oneof(
      fc.constant({ kind: 'all' as const }),
      fc.integer({ min: 0, max: 9 }).map((days) => ({ kind: 'upcoming' as const, days })),
    ),
    credentials: fc.record({ email: fc.boolean(), magicLink: fc.boolean(), pin: fc.constantFrom('none', 'generate', 'source') }),
    arrivalBufferMinutes: fc.constantFrom(0, 30, 720, 1440),
    departureBufferMinutes: fc.constantFrom(0, 30, 720, 1440),
  })
  .map((some) => ({ ...DEFAULT_SETTINGS, ...some }));

const reasons = fc.constantFrom(...Object.keys(SKIP_REASONS)) as fc.Arbitrary<SkipReason>;

const users: fc.Arbitrary<NonNullable<UserFacts['user']>> = fc.record({
  name: fc.constantFrom('Ana', 'Bo'),
  emails: fc.subarray(['ana@example.com', 'bo@example.com']),
  active: fc.constantFrom(true, true, true, true, false),
  skipReason: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: reasons }),
  window: fc.oneof({ weight: 3, arbitrary: validWindows }, { weight: 1, arbitrary: windows }),
  periods: fc.array(fc.record({ groupId: fc.constantFrom(...GROUPS, ALL_USERS), window: windows }), { maxLength: 5 }),
  pin: fc.oneof(
    fc.constant(null),
    fc.constant('invalid' as const),
    fc.record({ hash: fc.constantFrom(...KEYS), taken: fc.boolean(), weak: fc.boolean() }),
  ),
  card: fc.option(fc.constantFrom(...KEYS)),
});

const groups = fc.uniqueArray(fc.record({ id: fc.constantFrom(...GROUPS), via: fc.subarray([...GROUPS]) }), {
  selector: (group) => group.id,
});

const mappings = fc.uniqueArray(
  fc.record({ resourceId: fc.constantFrom(...GROUPS, ALL_USERS), memberGroupId: fc.constantFrom(...MEMBER_GROUPS) }),
  { selector: (mapping) => `${mapping.resourceId} ${mapping.memberGroupId}` },
);

export const userFacts: fc.Arbitrary<UserFacts> = fc.record({
  integrationId: fc.constant(OWNER),
  settings,
  user: fc.option(users, { freq: 15 }),
  groups,
  mappings,
});

const owners = fc.constantFrom(OWNER, OWNER, OTHER, MANUAL);

/** Each key is live or cooling once at most, as the unique index has it. */
function credentials(kind: 'pin' | 'link' | 'card'): fc.Arbitrary<Credential[]> {
  const state = fc.oneof(
    fc.constant({ revokedAt: null, coolingUntil: null }),
    fc.record({ revokedAt: instants, coolingUntil: fc.option(instants, { freq: 5 }) }),
  );
  return fc
    .uniqueArray(fc.record({ key: fc.constantFrom(...KEYS), managedBy: owners, state, sent: fc.boolean() }), { selector: (one) => one.key })
    .map((rows) =>
      rows.map(({ key, managedBy, state, sent }, index) => ({
        id: `${kind}_${index}`,
        managedBy,
        key: kind === 'link' ? '' : key,
        fromSource: kind === 'pin' && sent,
        ...state,
      })),
    );
}

export const actuals: fc.Arbitrary<Actual> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ member: null, associations: [], pins: [], links: [], cards: [] }) },
  {
    weight: 6,
    arbitrary: fc.record({
      member: fc.record({
        id: fc.constant('mem_1'),
        name: fc.constantFrom('Ana', 'Bo'),
        emails: fc.subarray(['ana@example.com', 'bo@example.com']),
        window: validWindows,
        endedAt: fc.option(instants, { freq: 2 }),
        deletedAt: fc.option(instants, { freq: 2 }),
      }),
      associations: fc
        .array(fc.record({ memberGroupId: fc.constantFrom(...MEMBER_GROUPS), window: validWindows, managedBy: owners }), { maxLength: 6 })
        .map((rows) => rows.map((row, index) => ({ id: `asc_${index}`, ...row }))),
      pins: credentials('pin'),
      links: credentials('link'),
      cards: credentials('card'),
    }),
  },
);

function shuffled<Row>(rows: readonly Row[]): fc.Arbitrary<Row[]> {
  return fc.shuffledSubarray([...rows], { minLength: rows.length });
}

/** The same rows in a random order: what a database may return without ORDER BY. */
export function shuffledActual(actual: Actual): fc.Arbitrary<Actual> {
  return fc
    .tuple(shuffled(actual.associations), shuffled(actual.pins), shuffled(actual.links), shuffled(actual.cards))
    .map(([associations, pins, links, cards]) => ({ ...actual, associations, pins, links, cards }));
}

/** The same facts with every list in a random order. */
export function shuffledFacts(facts: UserFacts): fc.Arbitrary<UserFacts> {
  const groups = fc
    .tuple(...facts.groups.map(({ id, via }) => shuffled(via).map((leads) => ({ id, via: leads }))))
    .chain((rows) => shuffled(rows));
  return fc
    .tuple(shuffled(facts.user?.periods ?? []), groups, shuffled(facts.mappings))
    .map(([periods, groups, mappings]) => ({ ...facts, user: facts.user && { ...facts.user, periods }, groups, mappings }));
}
