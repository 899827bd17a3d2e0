import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../src/access/decide.js';
import { ACCESS_METHODS, type AccessFacts, type AccessMethod, type AccessReason, type PermissionFacts } from '../../src/domain/doors.js';
import { type Instant, instant, type Window } from '../../src/domain/time.js';
import { runs, seed } from '../support/runs.js';
import { SLOW_ZONES, slowClock } from '../support/slow-clock.js';

const HOUR_MS = 3_600_000;
type SlowZone = (typeof SLOW_ZONES)[number];

/** Near a change of the clock, or near midnight between two weeks: where mistakes live. */
function nearEdges(slow: SlowZone): fc.Arbitrary<number> {
  const monday = Date.UTC(2026, 5, 15) - slow.first * 60_000;
  const edges = [...slow.changes.map(({ at }) => Date.parse(at)), monday];
  const around = fc.integer({ min: -4 * 60, max: 4 * 60 }).map((minutes) => minutes * 60_000);
  return fc.tuple(fc.constantFrom(...edges), around, fc.constantFrom(-1, 0, 1)).map(([edge, far, by]) => edge + far + by);
}

const time = (least: number, most: number) =>
  fc
    .oneof(
      fc.integer({ min: least, max: most }),
      fc.integer({ min: least / 60, max: Math.floor(most / 60) }).map((hour) => hour * 60),
    )
    .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
const range = fc
  .tuple(time(0, 1439), time(60, 1440))
  .filter(([from, to]) => from < to)
  .map(([from, to]) => ({ from, to }));
const days = fc.array(fc.array(range, { maxLength: 2 }), { minLength: 7, maxLength: 7 });
const permission: fc.Arbitrary<PermissionFacts> = fc
  .record({
    target: fc.constantFrom(
      { siteId: 'site', doorId: null },
      { siteId: null, doorId: 'door' },
      { siteId: 'else', doorId: null },
      { siteId: null, doorId: 'else' },
    ),
    methods: fc.option(fc.subarray([...ACCESS_METHODS], { minLength: 1 })),
    schedule: fc.option(fc.record({ name: fc.constant('Hours'), days }), { freq: 3 }),
  })
  .map(({ target, ...restrictions }) => ({ ...target, ...restrictions }));

/** Windows whose edges fall on the time itself as often as beside it. */
function windowNear(ms: number): fc.Arbitrary<Window> {
  const edge = fc.option(
    fc.constantFrom(-HOUR_MS, -1, 0, 1, HOUR_MS).map((by) => instant(ms + by)),
    { freq: 2 },
  );
  return fc.record({ startsAt: edge, endsAt: edge });
}

interface Case {
  readonly slow: SlowZone;
  readonly ms: number;
  readonly method: AccessMethod;
  readonly facts: AccessFacts;
}

const cases: fc.Arbitrary<Case> = fc.constantFrom(...SLOW_ZONES).chain((slow) =>
  nearEdges(slow).chain((ms) => {
    const rarely = fc.option(fc.constant<Instant>(instant(ms)), { freq: 8 }).map((value) => value);
    const member = fc.record({
      name: fc.constant('Ann'),
      window: windowNear(ms),
      endedAt: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: rarely }),
      deletedAt: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: rarely }),
    });
    const association = fc.record({
      memberGroupId: fc.constant('mg'),
      memberGroupName: fc.constant('Group'),
      window: windowNear(ms),
      permissions: fc.array(permission, { maxLength: 3 }),
    });
    const door = { id: 'door', name: 'Door', siteId: 'site', siteName: 'Site', timeZone: slow.zone };
    return fc
      .tuple(member, fc.array(association, { maxLength: 3 }), fc.constantFrom(...ACCESS_METHODS))
      .map(([who, associations, method]) => ({ slow, ms, method, facts: { door, member: who, associations } }));
  }),
);

/** The slow model: the sentence of the product page, spelled out without anything of ours. */
function isIn(window: Window, at: string): boolean {
  return !(window.startsAt !== null && at < window.startsAt) && !(window.endsAt !== null && at >= window.endsAt);
}

function matches(permission: PermissionFacts): boolean {
  return permission.siteId === 'site' || permission.doorId === 'door';
}

function allowsMethod(permission: PermissionFacts, method: AccessMethod): boolean {
  return permission.methods === null || permission.methods.some((allowed) => allowed === method);
}

function allowsTime(permission: PermissionFacts, { slow, ms }: Case): boolean {
  if (permission.schedule === null) return true;
  const { weekday, text } = slowClock(ms, slow);
  for (const { from, to } of permission.schedule.days[weekday] ?? []) if (from <= text && text < to) return true;
  return false;
}

function slowGranted(one: Case): boolean {
  const { facts, method, ms } = one;
  const { member } = facts;
  if (member.deletedAt !== null || member.endedAt !== null || !isIn(member.window, instant(ms))) return false;
  return facts.associations.some(
    ({ window, permissions }) =>
      isIn(window, instant(ms)) && permissions.some((each) => matches(each) && allowsMethod(each, method) && allowsTime(each, one)),
  );
}

/** How far the way that gets farthest gets. */
function slowReason(one: Case): AccessReason {
  const { facts, method, ms } = one;
  const now = instant(ms);
  const { deletedAt, endedAt, window } = facts.member;
  if (deletedAt !== null) return 'member_deleted';
  if (endedAt !== null) return 'member_ended';
  if (window.startsAt !== null && now < window.startsAt) return 'before_window';
  if (!isIn(window, now)) return 'after_window';
  let farthest = 0;
  let isToCome = false;
  for (const association of facts.associations) {
    for (const each of association.permissions.filter(matches)) {
      const passed = [isIn(association.window, now), allowsMethod(each, method), allowsTime(each, one)].indexOf(false);
      farthest = Math.max(farthest, passed < 0 ? 4 : passed + 1);
      if (association.window.startsAt !== null && now < association.window.startsAt) isToCome = true;
    }
  }
  const windowReason = isToCome ? 'before_window' : 'after_window';
  return (['no_permission', windowReason, 'method_not_allowed', 'outside_schedule', 'granted'] as const)[farthest] ?? 'granted';
}

describe('decide, against a slow model', () => {
  const decided = (check: (one: Case) => void, seeded: number) =>
    fc.assert(fc.property(cases, check), { numRuns: runs(1_500, 100_000), ...seed(seeded) });

  it('grants and refuses as the model does, over changes of the clock and of the week', () => {
    const seen = { granted: 0, refused: 0 };
    decided((one) => {
      const { granted } = decide(one.facts, one.method, instant(one.ms));
      expect(granted).to.equal(slowGranted(one));
      seen[granted ? 'granted' : 'refused'] += 1;
    }, 91);
    expect(Math.min(seen.granted, seen.refused)).to.be.greaterThan(50);
  });

  it('gives the reason that the model gives, and a sentence for it', () => {
    const seen = new Set<AccessReason>();
    decided((one) => {
      const { granted, reason, because } = decide(one.facts, one.method, instant(one.ms));
      expect(reason).to.equal(slowReason(one));
      expect(granted).to.equal(reason === 'granted');
      expect(because).not.to.deep.equal([]);
      for (const sentence of because)
        expect(sentence)
          .to.match(/^[A-Z0-9].*\.$/)
          .and.not.to.match(/undefined|null|NaN/);
      seen.add(reason);
    }, 92);
    expect(seen.size).to.equal(8);
  });

  it('is no other when associations and permissions come in another order, and never less with one more', () => {
    fc.assert(
      fc.property(cases, permission, (one, more) => {
        const at = instant(one.ms);
        const { granted, reason } = decide(one.facts, one.method, at);
        const associations = [...one.facts.associations]
          .reverse()
          .map((each) => ({ ...each, permissions: [...each.permissions].reverse() }));
        const other = decide({ ...one.facts, associations }, one.method, at);
        expect({ granted: other.granted, reason: other.reason }).to.deep.equal({ granted, reason });
        const wider = one.facts.associations.map((each) => ({ ...each, permissions: [...each.permissions, more] }));
        if (granted) expect(decide({ ...one.facts, associations: wider }, one.method, at).granted).to.equal(true);
      }),
      { numRuns: runs(500, 50_000), ...seed(93) },
    );
  });
});
