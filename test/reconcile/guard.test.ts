import { expect } from 'chai';
import type { AccessChange, AccessPlan } from '../../src/domain/access.js';
import type { Window } from '../../src/domain/time.js';
import {
  absencePolicy,
  dryRun,
  exceedsAllowance,
  isSuddenlyEmpty,
  noRemoval,
  removalAllowance,
  stated,
} from '../../src/reconcile/guard.js';
import { day, days } from '../support/access-facts.js';

const because = 'a reason';
const GRANT: AccessChange = { kind: 'association.create', because, memberGroupId: 'gate', window: days(1, 5) };
const END: AccessChange = { kind: 'member.end', because };

function planOf(...changes: AccessChange[]): AccessPlan {
  return { changes, held: [], nextAt: day(9), outcome: { syncStatus: 'synced', skipReason: null, warnings: [] } };
}

function rewindow(before: Window, window: Window): Extract<AccessChange, { kind: 'association.update' }> {
  return { kind: 'association.update', because, id: 'a', memberGroupId: 'gate', before, window };
}

function remember(before: Window, after: Window, name = 'Ana'): Extract<AccessChange, { kind: 'member.update' }> {
  return {
    kind: 'member.update',
    because,
    before: { name: 'Ana', emails: [], window: before },
    after: { name, emails: [], window: after },
  };
}

describe('guard policies', () => {
  it('stated changes nothing', () => {
    expect(stated(planOf(GRANT, END))).to.deep.equal(planOf(GRANT, END));
  });

  it('dryRun holds everything and keeps the order', () => {
    expect(dryRun(planOf(GRANT, END))).to.deep.equal({ ...planOf(), held: [GRANT, END] });
  });

  it('can be put one after another without losing what the first has held', () => {
    expect(dryRun(noRemoval(planOf(GRANT, END))).held).to.deep.equal([END, GRANT]);
    expect(noRemoval(dryRun(planOf(GRANT, END)))).to.deep.equal(dryRun(planOf(GRANT, END)));
  });
});

describe('noRemoval', () => {
  const GRANTS: readonly AccessChange[] = [
    { kind: 'member.create', because, name: 'Ana', emails: [], window: days(1, 5) },
    { kind: 'member.resume', because },
    GRANT,
    { kind: 'pin.generate', because },
    { kind: 'pin.set', because, hash: 'h' },
    { kind: 'pin.resume', because, id: 'p' },
    { kind: 'link.create', because },
    { kind: 'link.resume', because, id: 'l' },
    { kind: 'card.create', because, uid: 'c' },
    { kind: 'card.resume', because, id: 'c' },
  ];
  for (const change of GRANTS) {
    it(`lets ${change.kind} through`, () => {
      expect(noRemoval(planOf(change))).to.deep.equal(planOf(change));
    });
  }

  const REMOVALS: readonly AccessChange[] = [
    { kind: 'association.delete', because, id: 'a', memberGroupId: 'gate', window: days(1, 5) },
    { kind: 'pin.revoke', because, id: 'p' },
    { kind: 'link.revoke', because, id: 'l' },
    { kind: 'card.revoke', because, id: 'c' },
    END,
  ];
  for (const change of REMOVALS) {
    it(`holds ${change.kind}`, () => {
      expect(noRemoval(planOf(change))).to.deep.equal({ ...planOf(), held: [change] });
    });
  }

  it('lets an association grow and holds one that shrinks', () => {
    const grows = rewindow(days(2, 4), days(1, null));
    const shrinks = rewindow(days(1, 5), days(1, 4));

    expect(noRemoval(planOf(grows, shrinks))).to.deep.equal({ ...planOf(grows), held: [shrinks] });
  });

  it('widens an association that moves, and holds the part that takes away', () => {
    expect(noRemoval(planOf(rewindow(days(1, 5), days(3, 8))))).to.deep.equal({
      ...planOf(rewindow(days(1, 5), days(1, 8))),
      held: [rewindow(days(1, 8), days(3, 8))],
    });
  });

  it('puts a window far off beside the old one, and opens nothing in between', () => {
    expect(noRemoval(planOf(rewindow(days(1, 3), days(6, 8))))).to.deep.equal({
      ...planOf({ kind: 'association.create', because, memberGroupId: 'gate', window: days(6, 8) }),
      held: [{ kind: 'association.delete', because, id: 'a', memberGroupId: 'gate', window: days(1, 3) }],
    });
  });

  it('renames a member at once and holds the shorter window', () => {
    expect(noRemoval(planOf(remember(days(1, 5), days(1, 4), 'Anna')))).to.deep.equal({
      ...planOf(remember(days(1, 5), days(1, 5), 'Anna')),
      held: [{ ...remember(days(1, 5), days(1, 4), 'Anna'), before: { name: 'Anna', emails: [], window: days(1, 5) } }],
    });
  });

  it('holds a member update whole when it only shrinks or moves far off', () => {
    for (const window of [days(2, 5), days(7, 9)]) {
      expect(noRemoval(planOf(remember(days(1, 5), window)))).to.deep.equal({ ...planOf(), held: [remember(days(1, 5), window)] });
    }
  });

  it('lets a member grow, and widens one whose window moves', () => {
    expect(noRemoval(planOf(remember(days(2, 4), days(1, 5))))).to.deep.equal(planOf(remember(days(2, 4), days(1, 5))));
    expect(noRemoval(planOf(remember(days(1, 4), days(2, 5)))).changes).to.deep.equal([remember(days(1, 4), days(1, 5))]);
  });
});

describe('removal guard', () => {
  for (const [active, allowed] of [
    [0, 5],
    [30, 5],
    [50, 5],
    [51, 6],
    [60, 6],
    [70, 7],
    [1_000, 100],
    [1_001, 101],
  ] as const) {
    it(`allows ${allowed} removals of ${active} members and not one more`, () => {
      expect(removalAllowance(active)).to.equal(allowed);
      expect(exceedsAllowance(allowed, active)).to.equal(false);
      expect(exceedsAllowance(allowed + 1, active)).to.equal(true);
    });
  }

  it('calls a source empty only when it was not empty before', () => {
    expect(isSuddenlyEmpty(0, 1)).to.equal(true);
    expect(isSuddenlyEmpty(0, 0)).to.equal(false);
    expect(isSuddenlyEmpty(1, 100)).to.equal(false);
  });

  it('holds absence beyond the allowance, and any absence in an empty source', () => {
    const usual = { seen: 95, seenBefore: 100, removals: 5, activeMembers: 100 };

    expect(absencePolicy(usual)).to.equal(stated);
    expect(absencePolicy({ ...usual, removals: 11 })).to.equal(noRemoval);
    expect(absencePolicy({ seen: 0, seenBefore: 1, removals: 1, activeMembers: 1 })).to.equal(noRemoval);
  });
});
