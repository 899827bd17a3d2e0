import { expect } from 'chai';
import fc from 'fast-check';
import type { Desired, UserFacts } from '../../src/domain/access.js';
import { ALL_USERS } from '../../src/domain/integration.js';
import { contains, type Instant, isValid, OPEN_WINDOW, shift, type Window } from '../../src/domain/time.js';
import { desired } from '../../src/reconcile/desired.js';
import { instants, userFacts } from '../support/access-arbitraries.js';
import { day } from '../support/access-facts.js';
import { runs } from '../support/runs.js';

const HALF_DAYS = Array.from({ length: 50 }, (_, index) => day(index / 2));
const MEMBER_GROUPS = ['gate', 'pool', 'lift'];

describe('desired, against a definition one instant at a time', () => {
  it('lets in exactly those whom the rules let in at that instant', () => {
    fc.assert(
      fc.property(userFacts, (facts) => {
        for (const at of HALF_DAYS) {
          const wanted = desired(facts, at);
          if (wanted.kind === 'keep') return;
          expect(opens(wanted, at), at).to.deep.equal(MEMBER_GROUPS.filter((id) => mayOpen(facts, id, at)));
        }
      }),
      { numRuns: runs(200, 50_000) },
    );
  });

  it('answers the same between two boundaries', () => {
    fc.assert(
      fc.property(userFacts, instants, (facts, now) => {
        const first = desired(facts, now);
        const until = first.boundaries[0] ?? day(60);

        for (const at of HALF_DAYS.filter((one) => one >= now && one < until)) expect(desired(facts, at)).to.deep.equal(first);
      }),
      { numRuns: runs(500, 100_000) },
    );
  });

  it('wants windows of one member group that neither overlap nor touch, none of them ended', () => {
    fc.assert(
      fc.property(userFacts, instants, (facts, now) => {
        const wanted = desired(facts, now);
        if (wanted.kind !== 'member') return;

        expect(wanted.associations.length).to.be.greaterThan(0);
        for (const [index, { memberGroupId, window }] of wanted.associations.entries()) {
          expect((window.endsAt ?? '~') > now).to.equal(true);
          const after = wanted.associations[index + 1];
          if (after?.memberGroupId === memberGroupId) expect((window.endsAt ?? '~') < (after.window.startsAt ?? '')).to.equal(true);
        }
      }),
      { numRuns: runs(500, 100_000) },
    );
  });
});

function opens(wanted: Desired, at: Instant): string[] {
  if (wanted.kind !== 'member' || !contains(wanted.window, at)) return [];
  const ids = wanted.associations.filter(({ window }) => contains(window, at)).map(({ memberGroupId }) => memberGroupId);
  return MEMBER_GROUPS.filter((id) => ids.includes(id));
}

/** The rules once more, without unions or boundaries. A scope never matters here: what is open now has started. */
function mayOpen({ user, settings, groups, mappings }: UserFacts, memberGroupId: string, at: Instant): boolean {
  if (user === null || !user.active || user.skipReason !== null) return false;
  const inside = (window: Window) => isValid(window) && contains(buffered(window), at);
  const named = (id: string) => user.periods.filter(({ groupId }) => groupId === id).map(({ window }) => window);
  const ownWindows = (id: string) => (named(id).length > 0 ? named(id) : [OPEN_WINDOW]);
  const viaOf = (id: string) => (id === ALL_USERS ? [] : groups.find((group) => group.id === id)?.via);
  const groupOpen = (id: string) => {
    const via = viaOf(id);
    if (via === undefined) return false;
    if (named(id).length > 0 || via.length === 0 || via.includes(id)) return ownWindows(id).some(inside);
    return via.some((one) => ownWindows(one).some(inside));
  };
  return inside(user.window) && mappings.some((one) => one.memberGroupId === memberGroupId && groupOpen(one.resourceId));

  function buffered({ startsAt, endsAt }: Window): Window {
    const moved = (instant: Instant, minutes: number) => shift(instant, minutes * 60_000);
    return {
      startsAt: startsAt && moved(startsAt, -settings.arrivalBufferMinutes),
      endsAt: endsAt && moved(endsAt, settings.departureBufferMinutes),
    };
  }
}
