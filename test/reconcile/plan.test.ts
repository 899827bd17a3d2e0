import { expect } from 'chai';
import type { AccessPlan, Actual, Desired, UserFacts } from '../../src/domain/access.js';
import { DEFAULT_SETTINGS } from '../../src/domain/integration.js';
import { OPEN_WINDOW, shift } from '../../src/domain/time.js';
import { desired } from '../../src/reconcile/desired.js';
import { plan } from '../../src/reconcile/plan.js';
import { credential, DAY_MS, day, days, factsOf, MANUAL, memberOf, NOBODY, OTHER, OWNER } from '../support/access-facts.js';
import { applyPlan } from '../support/apply-plan.js';

const NOW = day(10);

function planFor(facts: UserFacts, actual: Actual, now = NOW): AccessPlan {
  return plan({ desired: desired(facts, now), actual, owner: OWNER, now });
}

function kinds({ changes }: AccessPlan): string[] {
  return changes.map(({ kind }) => kind);
}

/** Ana as one reconciliation leaves her: member, association, generated PIN and link. */
function synced(facts: UserFacts = factsOf(), now = NOW): Actual {
  return applyPlan(NOBODY, planFor(facts, NOBODY, now), OWNER, now);
}

function association(id: string, memberGroupId: string, window = OPEN_WINDOW, managedBy = OWNER) {
  return { id, managedBy, memberGroupId, window };
}

const LEFT = factsOf({ active: false });

describe('plan: the member', () => {
  it('is created with everything that hangs on it', () => {
    const made = planFor(factsOf({ window: days(9, 12), card: '04AB' }), NOBODY);

    expect(kinds(made)).to.deep.equal(['member.create', 'association.create', 'pin.generate', 'link.create', 'card.create']);
    expect(made.changes[0]).to.deep.equal({
      kind: 'member.create',
      because: 'the User is active and in a mapped Group',
      name: 'Ana',
      emails: ['ana@example.com'],
      window: days(9, 12),
    });
    expect(made.outcome).to.deep.equal({ syncStatus: 'synced', skipReason: null, warnings: [] });
  });

  it('is updated with the fields that changed, and nothing else is touched', () => {
    const made = planFor(factsOf({ name: 'Anna', emails: [], window: days(9, 12) }), synced());

    expect(made.changes).to.deep.equal([
      {
        kind: 'member.update',
        because: 'name and e-mail addresses and validity changed',
        before: { name: 'Ana', emails: ['ana@example.com'], window: OPEN_WINDOW },
        after: { name: 'Anna', emails: [], window: days(9, 12) },
      },
    ]);
    expect(made.outcome.warnings).to.deep.equal(['no_email']);
  });

  for (const [what, before, after] of [
    ['start', days(8, 12), days(9, 12)],
    ['end', days(9, 13), days(9, 12)],
  ] as const) {
    it(`is updated when only its ${what} changed`, () => {
      const made = planFor(factsOf({ window: after }), synced(factsOf({ window: before })));

      expect(made.changes).to.have.length(1);
      expect(made.changes[0]).to.deep.include({ kind: 'member.update', because: 'validity changed' });
    });
  }

  it('is updated when another address becomes the primary one', () => {
    const had = synced(factsOf({ emails: ['a@example.com', 'b@example.com'] }));

    expect(kinds(planFor(factsOf({ emails: ['b@example.com', 'a@example.com'] }), had))).to.deep.equal(['member.update']);
  });

  it('ends last, after everything of its own is gone, with the sentence of the reason', () => {
    const made = planFor(LEFT, synced(factsOf({ card: '04AB' })));

    expect(kinds(made)).to.deep.equal(['card.revoke', 'link.revoke', 'pin.revoke', 'association.delete', 'member.end']);
    for (const { because } of made.changes) expect(because).to.equal('no access any more: The source has set this User to inactive.');
    expect(made.outcome).to.deep.equal({ syncStatus: 'none', skipReason: 'inactive', warnings: [] });
  });

  it('ends with a deleted User, whose outcome has no reason to show', () => {
    const made = planFor({ ...factsOf(), user: null }, synced());

    expect(made.changes.at(-1)).to.deep.equal({ kind: 'member.end', because: 'the User was deleted' });
    expect(made.outcome).to.deep.equal({ syncStatus: 'none', skipReason: null, warnings: [] });
  });

  it('is not ended twice, nor when it is deleted already', () => {
    expect(planFor(LEFT, { ...NOBODY, member: memberOf({ endedAt: day(9) }) }).changes).to.deep.equal([]);
    expect(planFor(LEFT, { ...NOBODY, member: memberOf({ deletedAt: day(9) }) }).changes).to.deep.equal([]);
    expect(planFor(LEFT, NOBODY).changes).to.deep.equal([]);
  });

  it('ends when its own window runs out, so that its PIN starts to cool down', () => {
    const facts = factsOf({ window: days(9, 12) });
    const had = synced(facts);

    expect(planFor(facts, had, shift(day(12), -1)).changes).to.deep.equal([]);
    expect(kinds(planFor(facts, had, day(12)))).to.deep.equal(['link.revoke', 'pin.revoke', 'association.delete', 'member.end']);
  });
});

describe('plan: coming back', () => {
  const revokedAt = NOW;
  const gone = applyPlan(synced(), planFor(LEFT, synced()), OWNER, revokedAt);

  it('within the cool-down brings back the member, the same PIN and the same link', () => {
    const now = shift(revokedAt, 30 * DAY_MS - 1);
    const made = planFor(factsOf(), gone, now);

    expect(kinds(made)).to.deep.equal(['member.resume', 'association.create', 'pin.resume', 'link.resume']);
    const back = applyPlan(gone, made, OWNER, now);
    expect(back.pins).to.deep.equal(synced().pins);
    expect(back.links).to.deep.equal(synced().links);
  });

  it('at the end of the cool-down gives new ones', () => {
    const made = planFor(factsOf(), gone, shift(revokedAt, 30 * DAY_MS));

    expect(kinds(made)).to.deep.equal(['member.resume', 'association.create', 'pin.generate', 'link.create']);
  });

  it('restores a member that was deleted after its end, and brings its fields up to date', () => {
    const deleted = { ...gone, member: memberOf({ endedAt: day(3), deletedAt: day(5), name: 'An' }) };

    expect(kinds(planFor(factsOf(), deleted)).slice(0, 2)).to.deep.equal(['member.resume', 'member.update']);
    expect(applyPlan(deleted, planFor(factsOf(), deleted), OWNER, NOW).member).to.deep.equal(memberOf());
  });

  it('brings back the PIN and link that were revoked last, the first id of two at once', () => {
    const cooling = (id: string, at: number) => credential(id, { key: id, revokedAt: day(at), coolingUntil: day(20) });
    const rows = [cooling('a', 3), cooling('d', 5), cooling('c', 5), cooling('e', 4)];
    const made = planFor(factsOf(), { ...NOBODY, member: memberOf({ endedAt: day(5) }), pins: rows, links: rows });

    expect(made.changes.filter(({ kind }) => kind.endsWith('resume')).slice(1)).to.deep.equal([
      { kind: 'pin.resume', because: 'back within the cool-down: the one already handed out works again', id: 'c' },
      { kind: 'link.resume', because: 'back within the cool-down: the one already handed out works again', id: 'c' },
    ]);
  });

  it('never brings back what somebody else manages', () => {
    const manual = credential('m', { managedBy: MANUAL, revokedAt: day(9), coolingUntil: day(20) });
    const made = planFor(factsOf(), { ...NOBODY, member: memberOf(), pins: [manual], links: [manual] });

    expect(kinds(made)).to.deep.equal(['association.create', 'pin.generate', 'link.create']);
  });
});

describe('plan: associations', () => {
  const spa = { groups: [{ id: 'spa', via: [] }], mappings: [{ resourceId: 'spa', memberGroupId: 'pool' }] };

  it('grants the new room before it takes the old one, and keeps the PIN', () => {
    const had = synced();

    const moved = planFor(factsOf({}, {}, spa), had);

    expect(kinds(moved)).to.deep.equal(['association.create', 'association.delete']);
    expect(moved.changes[1]).to.deep.include({ memberGroupId: 'gate', because: 'no mapped Group gives this any more' });
    expect(applyPlan(had, moved, OWNER, NOW).pins).to.deep.equal(had.pins);
  });

  it('matches equal windows first, then pairs by start, then creates or deletes', () => {
    const period = (from: number, to: number) => ({ groupId: 'room', window: days(from, to) });
    const facts = factsOf({ periods: [period(12, 13), period(20, 23), period(30, 31)] });
    const associations = [
      association('x', 'gate', days(15, 16)),
      association('y', 'gate', days(12, 13)),
      association('z', 'gate', days(20, 22)),
    ];
    const had = { ...synced(), associations };

    expect(planFor(facts, had).changes).to.deep.equal([
      {
        kind: 'association.update',
        because: 'validity changed',
        id: 'x',
        memberGroupId: 'gate',
        before: days(15, 16),
        window: days(20, 23),
      },
      {
        kind: 'association.update',
        because: 'validity changed',
        id: 'z',
        memberGroupId: 'gate',
        before: days(20, 22),
        window: days(30, 31),
      },
    ]);
    expect(kinds(planFor(factsOf({ periods: [period(12, 13)] }), had))).to.deep.equal(['association.delete', 'association.delete']);
  });

  it('removes the second of two equal associations, by id', () => {
    const had = { ...synced(), associations: [association('b', 'gate'), association('a', 'gate')] };

    expect(planFor(factsOf(), had).changes).to.deep.equal([
      { kind: 'association.delete', because: 'validity changed', id: 'b', memberGroupId: 'gate', window: OPEN_WINDOW },
    ]);
  });

  it('deletes one whose window has ended, and says so', () => {
    const had = { ...synced(), associations: [association('a', 'gate'), association('b', 'pool', days(1, 10))] };

    expect(planFor(factsOf(), had).changes).to.deep.equal([
      { kind: 'association.delete', because: 'its window has ended', id: 'b', memberGroupId: 'pool', window: days(1, 10) },
    ]);
  });

  it('leaves associations of an admin and of another integration alone, even to the same member group', () => {
    const foreign = [association('m', 'gate', days(1, 2), MANUAL), association('o', 'gate', OPEN_WINDOW, OTHER)];
    const had = { ...synced(), associations: foreign };

    expect(kinds(planFor(factsOf(), had))).to.deep.equal(['association.create']);
    expect(applyPlan(had, planFor(LEFT, had), OWNER, NOW).associations).to.deep.equal(foreign);
  });
});

describe('plan: PINs, links and cards', () => {
  const sends = (hash: string) => factsOf({ pin: { hash, taken: false, weak: false } });
  const withPins = (...pins: Actual['pins']): Actual => ({ ...synced(), pins });

  it('are satisfied with any own live PIN when one is to be generated', () => {
    expect(planFor(factsOf(), withPins(credential('p', { key: 'chosen once' }))).changes).to.deep.equal([]);
  });

  it('are taken away with the source’s own when it no longer sends one, and come back with it', () => {
    const made = planFor(factsOf(), withPins(credential('p', { key: 'h1', fromSource: true })));

    expect(made.changes).to.deep.equal([
      { kind: 'pin.generate', because: 'the integration gives its members a PIN' },
      { kind: 'pin.revoke', because: 'the source no longer gives this PIN', id: 'p' },
    ]);
    const cooling = credential('p', { key: 'h1', fromSource: true, revokedAt: day(9), coolingUntil: day(20) });
    expect(kinds(planFor(sends('h1'), withPins(cooling, credential('q'))))).to.deep.equal(['pin.resume', 'pin.revoke']);
  });

  it('change nothing when the source sends the PIN that is there', () => {
    expect(planFor(sends('h1'), withPins(credential('p', { key: 'h1' }))).changes).to.deep.equal([]);
  });

  it('set the PIN of the source before the old one is revoked', () => {
    expect(planFor(sends('h2'), withPins(credential('p', { key: 'h1' }))).changes).to.deep.equal([
      { kind: 'pin.set', because: 'the source chose this PIN', hash: 'h2' },
      { kind: 'pin.revoke', because: 'the source gives another one', id: 'p' },
    ]);
  });

  it('bring back the PIN of the source when it is still cooling down here', () => {
    const cooling = credential('q', { key: 'h2', revokedAt: day(9), coolingUntil: day(11) });
    const had = withPins(credential('p', { key: 'h1' }), cooling);

    expect(kinds(planFor(sends('h2'), had))).to.deep.equal(['pin.resume', 'pin.revoke']);
    expect(kinds(planFor(sends('h2'), had, day(11)))).to.deep.equal(['pin.set', 'pin.revoke']);
  });

  it('are revoked when the setting turns them off', () => {
    const off = factsOf({}, { credentials: { email: true, magicLink: false, pin: 'none' } });

    expect(planFor(off, synced(factsOf({ card: 'c' }))).changes.map(({ kind, because }) => [kind, because])).to.deep.equal([
      ['card.revoke', 'no longer wanted'],
      ['link.revoke', 'no longer wanted'],
      ['pin.revoke', 'no longer wanted'],
    ]);
  });

  it('come down to one: the first id stays', () => {
    const rows = [credential('c', { key: '3' }), credential('a', { key: '1' }), credential('b', { key: '2' })];
    const made = planFor(factsOf(), { ...synced(), pins: rows, links: rows });

    expect(made.changes).to.deep.equal(
      (['link.revoke', 'pin.revoke'] as const).flatMap((kind) => ['b', 'c'].map((id) => ({ kind, because: 'one is enough', id }))),
    );
  });

  it('replace a card, and keep the one that is named', () => {
    const had = { ...synced(), cards: [credential('x', { key: 'c1' }), credential('y', { key: 'c2' })] };

    expect(kinds(planFor(factsOf({ card: 'c2' }), had))).to.deep.equal(['card.revoke']);
    expect(kinds(planFor(factsOf({ card: 'c3' }), had))).to.deep.equal(['card.create', 'card.revoke', 'card.revoke']);
  });

  it('are content with the same digits or card given by an admin', () => {
    const manual = credential('m', { managedBy: MANUAL, key: 'h1' });
    const had = { ...synced(), pins: [manual], cards: [manual] };
    const facts = factsOf({ pin: { hash: 'h1', taken: false, weak: false }, card: 'h1' });

    expect(planFor(facts, had).changes).to.deep.equal([]);
  });

  it('wait with a warning while digits that an admin took away cool down, and wake when they are free', () => {
    const taken = credential('m', { managedBy: MANUAL, key: 'h1', revokedAt: day(9), coolingUntil: day(15) });
    const had = withPins(taken);

    const waiting = planFor(sends('h1'), had);

    expect(waiting).to.deep.include({ changes: [], nextAt: day(15) });
    expect(waiting.outcome.warnings).to.deep.equal(['pin_conflict']);
    expect(kinds(planFor(sends('h1'), had, day(15)))).to.deep.equal(['pin.set']);
  });

  it('survive a change of name, address, window and room', () => {
    const had = synced();
    const other = factsOf(
      { name: 'Anna', emails: [], window: days(9, 12) },
      { ...DEFAULT_SETTINGS, arrivalBufferMinutes: 90 },
      { groups: [{ id: 'spa', via: [] }], mappings: [{ resourceId: 'spa', memberGroupId: 'pool' }] },
    );

    const after = applyPlan(had, planFor(other, had), OWNER, NOW);

    expect(after.pins).to.deep.equal(had.pins);
    expect(after.links).to.deep.equal(had.links);
  });
});

describe('plan: an unknown status', () => {
  const unknown = factsOf({ active: false, skipReason: 'unknown_status' });

  it('leaves a member as it was and calls it synced, with a warning', () => {
    const made = planFor(unknown, { ...synced(), member: memberOf({ name: 'Other', window: days(20, null) }) });

    expect(made).to.deep.equal({
      changes: [],
      held: [],
      nextAt: null,
      outcome: { syncStatus: 'synced', skipReason: null, warnings: ['unknown_status'] },
    });
  });

  it('skips who has no member, or one that is over', () => {
    for (const member of [null, memberOf({ endedAt: day(9) }), memberOf({ deletedAt: day(9) }), memberOf({ window: days(1, 10) })]) {
      const made = planFor(unknown, { ...NOBODY, member });

      expect(made).to.deep.include({ changes: [], nextAt: null });
      expect(made.outcome).to.deep.equal({ syncStatus: 'none', skipReason: 'unknown_status', warnings: ['unknown_status'] });
    }
  });

  it('wakes when the window of the member ends, which changes how the User shows', () => {
    expect(planFor(unknown, { ...NOBODY, member: memberOf({ window: days(1, 12) }) }).nextAt).to.equal(day(12));
  });
});

describe('plan: nextAt', () => {
  const wanted = (boundaries: readonly string[]): Desired => ({ kind: 'none', skipReason: 'expired', warnings: [], boundaries });
  const nextAt = (boundaries: readonly string[]) => plan({ desired: wanted(boundaries), actual: NOBODY, owner: OWNER, now: NOW }).nextAt;

  it('is the first boundary after now, never now itself', () => {
    expect(nextAt([day(20), day(9), NOW, day(12)])).to.equal(day(12));
    expect(nextAt([NOW])).to.equal(null);
    expect(nextAt([])).to.equal(null);
  });
});
