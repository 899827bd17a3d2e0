import fc from 'fast-check';
import type { JsonObject } from '../../src/domain/scim.js';

/** Users 0 to 2 and Groups 0 to 2 belong to the first integration, the others to the second: few, so that they meet often. */
export const USERS = 4;
export const GROUPS = 4;
export const MEMBER_GROUPS = 2;
export const sideOfUser = (user: number): 0 | 1 => (user < 3 ? 0 : 1);
export const sideOfGroup = (group: number): 0 | 1 => (group < 3 ? 0 : 1);

/** What a source says of one person; hours from the start of the test. */
export interface Person {
  readonly active: boolean;
  readonly fromHour: number | null;
  readonly untilHour: number | null;
  readonly pin: string | null;
  readonly card: boolean;
  readonly named: string;
}

export type Step =
  | { readonly what: 'put user'; readonly user: number; readonly person: Person }
  | { readonly what: 'delete user'; readonly user: number }
  | { readonly what: 'create group' | 'delete group'; readonly group: number }
  | { readonly what: 'add' | 'remove'; readonly group: number; readonly user: number }
  | { readonly what: 'nest' | 'unnest'; readonly group: number; readonly child: number }
  | { readonly what: 'map'; readonly group: number | 'all'; readonly side: 0 | 1; readonly to: readonly number[] }
  | { readonly what: 'set'; readonly side: 0 | 1; readonly settings: JsonObject }
  | { readonly what: 'by hand'; readonly user: number; readonly to: number }
  | { readonly what: 'reconcile'; readonly user: number }
  | { readonly what: 'wait'; readonly hours: number; readonly look: boolean }
  | { readonly what: 'drain' };

const user = fc.nat(USERS - 1);
const group = fc.nat(GROUPS - 1);
const side = fc.constantFrom(0 as const, 1 as const);
const hour = fc.option(fc.constantFrom(-30, 0, 1, 24, 300, 1_000), { nil: null, freq: 1 });

const person: fc.Arbitrary<Person> = fc
  .record({
    active: fc.constantFrom(true, true, true, false),
    fromHour: hour,
    untilHour: hour,
    pin: fc.option(fc.constantFrom('730518', '815307'), { nil: null }),
    card: fc.boolean(),
    named: fc.constantFrom('Ann', 'Bo'),
  })
  .map((made) => ({
    ...made,
    fromHour: made.fromHour !== null && made.untilHour !== null && made.fromHour >= made.untilHour ? null : made.fromHour,
  }));

const settings: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ credentials: fc.record({ pin: fc.constantFrom('none', 'generate', 'source') }) }),
  fc.record({ credentials: fc.record({ magicLink: fc.boolean(), email: fc.boolean() }) }),
  fc.record({ syncScope: fc.constantFrom({ kind: 'all' }, { kind: 'upcoming', days: 10 }, { kind: 'upcoming', days: 1 }) }),
  fc.record({ arrivalBufferMinutes: fc.constantFrom(0, 90), departureBufferMinutes: fc.constantFrom(0, 90) }),
  fc.record({ enabled: fc.boolean() }),
);

/** One step of the life of two directories, their admin and the clock. Steps that mean nothing at their moment are passed over. */
export const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ what: fc.constant('put user' as const), user, person }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('delete user' as const), user }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('create group' as const), group }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('delete group' as const), group }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constantFrom('add' as const, 'add' as const, 'remove' as const), group, user }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constantFrom('nest' as const, 'nest' as const, 'unnest' as const), group, child: group }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('map' as const),
      group: fc.oneof({ weight: 4, arbitrary: group }, { weight: 1, arbitrary: fc.constant('all' as const) }),
      side,
      to: fc.constantFrom([], [0], [1], [0, 1], [0, 1]),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('set' as const), side, settings }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('by hand' as const), user, to: fc.nat(MEMBER_GROUPS - 1) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('reconcile' as const), user }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('wait' as const),
      hours: fc.constantFrom(1, 1, 23, 24, 49, 300, 721, 2_200),
      look: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ what: 'drain' as const }) },
);

const ORDINARY: Person = { active: true, fromHour: null, untilHour: null, pin: null, card: false, named: 'Ann' };

/** People in mapped Groups, which is what most of the steps are about. */
export const BEGINNING: readonly Step[] = [
  ...Array.from({ length: GROUPS }, (_, n): Step => ({ what: 'create group', group: n })),
  ...Array.from({ length: GROUPS }, (_, n): Step => ({ what: 'map', group: n, side: 0, to: [n % MEMBER_GROUPS] })),
  ...Array.from({ length: USERS }, (_, n): Step => ({ what: 'put user', user: n, person: ORDINARY })),
  ...Array.from({ length: USERS }, (_, n): Step => ({ what: 'add', group: n, user: n })),
];
