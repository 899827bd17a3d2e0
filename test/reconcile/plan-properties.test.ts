import { expect } from 'chai';
import fc from 'fast-check';
import type { AccessPlan, Actual, Credential, Desired, UserFacts, WantedAssociation } from '../../src/domain/access.js';
import { contains, epochMs, hasEnded, type Instant, instant } from '../../src/domain/time.js';
import { desired } from '../../src/reconcile/desired.js';
import { dryRun, noRemoval } from '../../src/reconcile/guard.js';
import { plan } from '../../src/reconcile/plan.js';
import { actuals, instants, shuffledActual, shuffledFacts, userFacts } from '../support/access-arbitraries.js';
import { DAY_MS, day, OWNER } from '../support/access-facts.js';
import { applyPlan } from '../support/apply-plan.js';
import { runs } from '../support/runs.js';

const RUNS = { numRuns: runs(500, 100_000) };

/** Every half day that a window of these worlds can touch. */
const GRID = Array.from({ length: 50 }, (_, index) => day(index / 2));

interface World {
  readonly facts: UserFacts;
  readonly actual: Actual;
  readonly now: Instant;
}

const worlds: fc.Arbitrary<World> = fc.record({ facts: userFacts, actual: actuals, now: instants });

function planOf({ facts, actual, now }: World): AccessPlan {
  return plan({ desired: desired(facts, now), actual, owner: OWNER, now });
}

function applied(world: World): Actual {
  return applyPlan(world.actual, planOf(world), OWNER, world.now);
}

function holdsFor(law: (world: World) => void): void {
  fc.assert(fc.property(worlds, law), RUNS);
}

describe('reconcile plan, its laws', () => {
  it('converges: what is left is exactly what was wanted', () => {
    holdsFor((world) => {
      const after = applied(world);

      expectWanted(desired(world.facts, world.now), world, after);
    });
  });

  it('is empty after it has been applied', () => {
    holdsFor((world) => {
      const after = applied(world);

      expect(planOf({ ...world, actual: after }).changes).to.deep.equal([]);
    });
  });

  it('leaves every row of another owner as it was', () => {
    holdsFor((world) => {
      const after = applied(world);

      for (const list of ['associations', 'pins', 'links', 'cards'] as const) {
        expect(notOwn<Owned>(after[list])).to.deep.equal(notOwn<Owned>(world.actual[list]));
      }
    });
  });

  it('does not depend on the order in which facts and rows are read', () => {
    const shuffles = worlds.chain((world) => fc.tuple(fc.constant(world), shuffledFacts(world.facts), shuffledActual(world.actual)));
    fc.assert(
      fc.property(shuffles, ([world, facts, actual]) => {
        expect(planOf({ ...world, facts, actual })).to.deep.equal(planOf(world));
      }),
      RUNS,
    );
  });

  it('wakes in the future, and nothing changes before that', () => {
    const later = fc.tuple(worlds, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(later, ([world, fraction]) => {
        const { nextAt } = planOf(world);
        if (nextAt !== null) expect(nextAt > world.now).to.equal(true);

        const from = epochMs(world.now);
        const to = nextAt === null ? from + 400 * DAY_MS : epochMs(nextAt);
        const between = instant(from + Math.floor((to - from) * fraction));
        const after = applied(world);
        for (const at of [between, instant(to - 1)]) {
          const idle = planOf({ ...world, actual: after, now: at });
          expect(idle.changes).to.deep.equal([]);
          expect(idle.outcome).to.deep.equal(planOf({ ...world, actual: after }).outcome);
        }
      }),
      RUNS,
    );
  });

  it('reaches the same end by waking at each nextAt as by looking once at the end', () => {
    fc.assert(
      fc.property(worlds, ({ facts, actual, now }) => {
        let at = now;
        let walked = actual;
        for (;;) {
          const step = planOf({ facts, actual: walked, now: at });
          walked = applyPlan(walked, step, OWNER, at);
          if (step.nextAt === null) break;
          at = step.nextAt;
        }

        expect(planOf({ facts, actual: walked, now: instant(epochMs(at) + 400 * DAY_MS) }).changes).to.deep.equal([]);
      }),
      { numRuns: runs(300, 50_000) },
    );
  });

  it('never changes a PIN or link that is live and still fits, whatever else changes', () => {
    holdsFor(({ facts, actual, now }) => {
      const settings = { ...facts.settings, credentials: { email: true, magicLink: true, pin: 'generate' as const } };
      const user = facts.user && { ...facts.user, pin: null };
      const world = { facts: { ...facts, settings, user }, actual, now };
      const after = applied(world);
      if (desired(world.facts, now).kind !== 'member') return;

      for (const list of ['pins', 'links'] as const) {
        const had = live(own(actual[list]).filter((row) => !row.fromSource));
        if (had.length > 0) expect(had).to.include.members(live(own(after[list])));
      }
    });
  });

  it('can be written down and read back', () => {
    holdsFor((world) => {
      const made = planOf(world);

      expect(JSON.parse(JSON.stringify(made))).to.deep.equal(made);
      expect(made.changes.every(({ because }) => because.length > 5)).to.equal(true);
    });
  });
});

describe('reconcile plan under a policy, its laws', () => {
  it('holds everything under a dry run', () => {
    holdsFor((world) => {
      const full = planOf(world);

      const dry = dryRun(full);

      expect(dry.changes).to.deep.equal([]);
      expect(dry.held).to.deep.equal(full.changes);
      expect(applyPlan(world.actual, dry, OWNER, world.now)).to.deep.equal(world.actual);
    });
  });

  it('takes nothing away under noRemoval, and gives nothing more when it is asked again', () => {
    holdsFor((world) => {
      const after = applyPlan(world.actual, noRemoval(planOf(world)), OWNER, world.now);
      const again = applyPlan(after, noRemoval(planOf({ ...world, actual: after })), OWNER, world.now);

      for (const at of GRID) {
        expect(openAt(after, at)).to.include.members(openAt(world.actual, at));
        expect(openAt(again, at)).to.deep.equal(openAt(after, at));
      }
      for (const list of ['pins', 'links', 'cards'] as const) {
        expect(live(after[list])).to.include.members(live(world.actual[list]));
        expect(again[list]).to.deep.equal(after[list]);
      }
    });
  });

  it('gives everything that was wanted under noRemoval too', () => {
    holdsFor((world) => {
      const whole = applied(world);

      const after = applyPlan(world.actual, noRemoval(planOf(world)), OWNER, world.now);

      for (const at of GRID) expect(openAt(after, at)).to.include.members(openAt(whole, at));
    });
  });
});

function expectWanted(wanted: Desired, { actual, now }: World, after: Actual): void {
  if (wanted.kind === 'keep') {
    expect(after).to.deep.equal(actual);
    return;
  }
  if (wanted.kind === 'none') {
    if (after.member !== null) expect(after.member.endedAt ?? after.member.deletedAt).to.not.equal(null);
    expect(own(after.associations)).to.deep.equal([]);
    for (const rows of [after.pins, after.links, after.cards]) expect(live(own(rows))).to.deep.equal([]);
    return;
  }
  const { name, emails, window } = wanted;
  expect(after.member).to.deep.include({ name, emails, window, endedAt: null, deletedAt: null });
  expect(sorted(own(after.associations))).to.deep.equal(sorted(wanted.associations));
  expect(wanted.associations.some((association) => hasEnded(association.window, now))).to.equal(false);
  expect(live(own(after.links)).length).to.equal(wanted.magicLink ? 1 : 0);
  if (wanted.pin === 'generate')
    expect(
      own(after.pins)
        .filter((row) => row.revokedAt === null)
        .map((row) => row.fromSource),
    ).to.deep.equal([false]);
  else expectKey(after.pins, wanted.pin === 'none' ? null : wanted.pin.hash, now);
  expectKey(after.cards, wanted.card, now);
}

/** The one wanted key is live, unless somebody else's row of this member holds it; no other own row is. */
function expectKey(rows: readonly Credential[], key: string | null, now: Instant): void {
  const heldByOthers = notOwn(rows).some((row) => row.key === key && (row.revokedAt === null || (row.coolingUntil ?? '') > now));
  const keys = own(rows)
    .filter((row) => row.revokedAt === null)
    .map((row) => row.key);
  expect(keys).to.deep.equal(key === null || heldByOthers ? [] : [key]);
}

interface Owned {
  readonly managedBy: string;
}

function own<Row extends Owned>(rows: readonly Row[]): Row[] {
  return rows.filter((row) => row.managedBy === OWNER);
}

function notOwn<Row extends Owned>(rows: readonly Row[]): Row[] {
  return rows.filter((row) => row.managedBy !== OWNER);
}

function live(rows: readonly Credential[]): string[] {
  return rows.filter((row) => row.revokedAt === null).map((row) => row.id);
}

function sorted(associations: readonly WantedAssociation[]): string[] {
  return associations.map(({ memberGroupId, window }) => `${memberGroupId} ${window.startsAt} ${window.endsAt}`).sort();
}

/** Member groups with an association open at that instant, each once. */
function openAt(actual: Actual, at: Instant): string[] {
  const open = actual.associations.filter(({ window }) => contains(window, at));
  return [...new Set(open.map(({ memberGroupId }) => memberGroupId))].sort();
}
