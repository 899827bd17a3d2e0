import { expect } from 'chai';
import type { Desired, SkipReason, SourcePin, UserFacts, Warning } from '../../src/domain/access.js';
import { ALL_USERS, type CredentialSettings, DEFAULT_SETTINGS, type IntegrationSettings } from '../../src/domain/integration.js';
import { type Instant, OPEN_WINDOW, shift, type Window } from '../../src/domain/time.js';
import { desired } from '../../src/reconcile/desired.js';
import { day, days, factsOf, HOUR_MS } from '../support/access-facts.js';

const NOW = day(10);

function reasonOf(facts: UserFacts, now: Instant = NOW): SkipReason | 'deleted' | null {
  const wanted = desired(facts, now);
  return wanted.kind === 'member' ? null : wanted.skipReason;
}

function memberFor(facts: UserFacts, now: Instant = NOW): Extract<Desired, { kind: 'member' }> {
  const wanted = desired(facts, now);
  if (wanted.kind !== 'member') throw new Error(`no member: ${wanted.skipReason}`);
  return wanted;
}

function windowsFor(facts: UserFacts, memberGroupId = 'gate', now: Instant = NOW): Window[] {
  return memberFor(facts, now)
    .associations.filter((association) => association.memberGroupId === memberGroupId)
    .map(({ window }) => window);
}

function period(groupId: string, from: number | null, to: number | null) {
  return { groupId, window: days(from, to) };
}

const next = (count: number): Partial<IntegrationSettings> => ({ syncScope: { kind: 'upcoming', days: count } });

describe('desired: who has a member', () => {
  it('wants a member for an active User in a mapped Group', () => {
    expect(desired(factsOf(), NOW)).to.deep.equal({
      kind: 'member',
      name: 'Ana',
      emails: ['ana@example.com'],
      window: OPEN_WINDOW,
      associations: [{ memberGroupId: 'gate', window: OPEN_WINDOW }],
      pin: 'generate',
      magicLink: true,
      card: null,
      warnings: [],
      boundaries: [],
    });
  });

  it('wants nothing for a deleted User', () => {
    const deleted: UserFacts = { ...factsOf(), user: null };

    expect(desired(deleted, NOW)).to.deep.equal({ kind: 'none', skipReason: 'deleted', warnings: [], boundaries: [] });
  });

  for (const reason of [
    'canceled',
    'no_show',
    'not_confirmed',
    'tentative',
    'unassigned_room',
    'suspended',
    'archived',
    'expired',
  ] as const) {
    it(`skips as ${reason} when the source says so`, () => {
      expect(reasonOf(factsOf({ active: false, skipReason: reason }))).to.equal(reason);
    });
  }

  it('skips an inactive User without a better reason as inactive', () => {
    expect(reasonOf(factsOf({ active: false }))).to.equal('inactive');
  });

  it('keeps what is there while the status is unknown, even when nothing is mapped', () => {
    const unknown = factsOf({ active: false, skipReason: 'unknown_status' }, {}, { mappings: [] });

    expect(desired(unknown, NOW)).to.deep.equal({
      kind: 'keep',
      skipReason: 'unknown_status',
      warnings: ['unknown_status'],
      boundaries: [],
    });
  });

  it('gives no warnings with a skip: nobody is synced whom they could be about', () => {
    const skipped = desired(factsOf({ active: false, emails: [], pin: 'invalid' }), NOW);

    expect(skipped.warnings).to.deep.equal([]);
  });

  const ORDER: readonly [string, UserFacts, SkipReason | null][] = [
    ['the source before the mapping', factsOf({ active: false, window: days(5, 1) }, {}, { mappings: [] }), 'inactive'],
    ['a stated reason before inactive', factsOf({ active: false, skipReason: 'canceled' }), 'canceled'],
    ['a stated reason although active', factsOf({ active: true, skipReason: 'tentative' }), 'tentative'],
    ['the mapping before time', factsOf({ window: days(5, 1) }, {}, { mappings: [] }), 'no_mapped_resource'],
    ['invalid before expired', factsOf({ window: days(5, 1) }), 'invalid_window'],
    ['expired before scope', factsOf({ window: days(1, 9), periods: [period('room', 20, 21)] }, next(1)), 'expired'],
    ['scope last', factsOf({ window: days(20, 21) }, next(1)), 'outside_sync_scope'],
    ['nothing', factsOf({ window: days(9, 11) }, next(1)), null],
  ];
  for (const [what, facts, reason] of ORDER) {
    it(`puts ${what}`, () => {
      expect(reasonOf(facts)).to.equal(reason);
    });
  }
});

describe('desired: mapped resources', () => {
  it('skips a User whose Groups are not mapped, or whose mapping is for another Group', () => {
    expect(reasonOf(factsOf({}, {}, { groups: [] }))).to.equal('no_mapped_resource');
    expect(reasonOf(factsOf({}, {}, { mappings: [{ resourceId: 'spa', memberGroupId: 'gate' }] }))).to.equal('no_mapped_resource');
  });

  it('gives the union of the member groups of all mapped Groups, sorted', () => {
    const facts = factsOf(
      {},
      {},
      {
        groups: [
          { id: 'room', via: ['room'] },
          { id: 'spa', via: [] },
          { id: 'unmapped', via: [] },
        ],
        mappings: [
          { resourceId: 'spa', memberGroupId: 'pool' },
          { resourceId: 'room', memberGroupId: 'gate' },
          { resourceId: 'spa', memberGroupId: 'gate' },
        ],
      },
    );

    expect(memberFor(facts).associations).to.deep.equal([
      { memberGroupId: 'gate', window: OPEN_WINDOW },
      { memberGroupId: 'pool', window: OPEN_WINDOW },
    ]);
  });

  it('counts All users as a Group that the User is in', () => {
    const mappings = [{ resourceId: ALL_USERS, memberGroupId: 'gate' }];

    expect(windowsFor(factsOf({}, {}, { groups: [], mappings }))).to.deep.equal([OPEN_WINDOW]);
    expect(windowsFor(factsOf({ periods: [period(ALL_USERS, 9, 12)] }, {}, { groups: [], mappings }))).to.deep.equal([days(9, 12)]);
  });
});

describe('desired: windows', () => {
  it('gives a Group without periods the whole time, and one with periods only those', () => {
    expect(windowsFor(factsOf({ periods: [period('spa', 9, 12)] }))).to.deep.equal([OPEN_WINDOW]);
    expect(windowsFor(factsOf({ periods: [period('room', 9, 12)] }))).to.deep.equal([days(9, 12)]);
  });

  it('merges what overlaps or touches and keeps what does not as associations of its own', () => {
    const periods = [period('room', 20, 22), period('room', 9, 11), period('room', 11, 13), period('room', 12, 14)];

    expect(windowsFor(factsOf({ periods }))).to.deep.equal([days(9, 14), days(20, 22)]);
  });

  it('merges over all Groups that lead to the same member group', () => {
    const facts = factsOf(
      { periods: [period('room', 9, 12), period('spa', 12, 15)] },
      {},
      {
        groups: [
          { id: 'room', via: [] },
          { id: 'spa', via: [] },
        ],
        mappings: [
          { resourceId: 'room', memberGroupId: 'gate' },
          { resourceId: 'spa', memberGroupId: 'gate' },
        ],
      },
    );

    expect(windowsFor(facts)).to.deep.equal([days(9, 15)]);
  });

  describe('of a Group reached through nested Groups', () => {
    const nested = { groups: [{ id: 'house', via: ['room', 'spa'] }], mappings: [{ resourceId: 'house', memberGroupId: 'gate' }] };

    it('are the periods that name it', () => {
      const periods = [period('house', 9, 12), period('room', 1, 30)];

      expect(windowsFor(factsOf({ periods }, {}, nested))).to.deep.equal([days(9, 12)]);
    });

    it('are else the union over the Groups that lead there', () => {
      const periods = [period('room', 9, 12), period('spa', 11, 15)];

      expect(windowsFor(factsOf({ periods }, {}, nested))).to.deep.equal([days(9, 15)]);
    });

    it('are open when one of those is open', () => {
      expect(windowsFor(factsOf({ periods: [period('room', 9, 12)] }, {}, nested))).to.deep.equal([OPEN_WINDOW]);
    });

    it('are open when the User is in it directly as well', () => {
      const both = { ...nested, groups: [{ id: 'house', via: ['house', 'room'] }] };

      expect(windowsFor(factsOf({ periods: [period('room', 9, 12)] }, {}, both))).to.deep.equal([OPEN_WINDOW]);
    });
  });

  it('leaves the window of the User on the member and does not cut associations with it', () => {
    const facts = factsOf({ window: days(9, 12), periods: [period('room', 8, 30)] });

    expect(memberFor(facts).window).to.deep.equal(days(9, 12));
    expect(windowsFor(facts)).to.deep.equal([days(8, 30)]);
  });

  it('drops an association that never meets the window of the member', () => {
    const periods = [period('room', 20, 21), period('room', 10, 11)];

    expect(windowsFor(factsOf({ window: days(9, 12), periods }))).to.deep.equal([days(10, 11)]);
  });

  it('says invalid_window when no window admits anybody at any time', () => {
    expect(reasonOf(factsOf({ window: days(12, 12) }))).to.equal('invalid_window');
    expect(reasonOf(factsOf({ periods: [period('room', 15, 12)] }))).to.equal('invalid_window');
    expect(reasonOf(factsOf({ window: days(9, 12), periods: [period('room', 12, 15)] }))).to.equal('invalid_window');
  });

  it('does not open a Group whose only period is invalid, and does not mind one next to a valid one', () => {
    const periods = [period('room', 15, 12), period('room', 9, 11)];

    expect(windowsFor(factsOf({ periods }))).to.deep.equal([days(9, 11)]);
  });
});

describe('desired: at the very instant', () => {
  const stay = factsOf({ window: days(9, 12) });
  const lastMoment = shift(day(12), -1);

  it('ends the member at endsAt, not a millisecond before', () => {
    expect(reasonOf(stay, lastMoment)).to.equal(null);
    expect(reasonOf(stay, day(12))).to.equal('expired');
  });

  it('drops an association at its end', () => {
    const facts = factsOf({ periods: [period('room', 9, 12), period('room', 20, 21)] });

    expect(windowsFor(facts, 'gate', lastMoment)).to.deep.equal([days(9, 12), days(20, 21)]);
    expect(windowsFor(facts, 'gate', day(12))).to.deep.equal([days(20, 21)]);
  });

  it('says expired when the last association has ended', () => {
    const facts = factsOf({ periods: [period('room', 8, 9), period('room', 9, 12)] });

    expect(reasonOf(facts, lastMoment)).to.equal(null);
    expect(reasonOf(facts, day(12))).to.equal('expired');
  });

  it('comes into scope exactly N days before the start', () => {
    const facts = factsOf({ window: days(20, 22) }, next(7));

    expect(reasonOf(facts, shift(day(13), -1))).to.equal('outside_sync_scope');
    expect(reasonOf(facts, day(13))).to.equal(null);
  });

  it('keeps a merged window whole while its parts go by', () => {
    const facts = factsOf({ periods: [period('room', 8, 9), period('room', 9, 12)] });

    expect(windowsFor(facts, 'gate', day(11))).to.deep.equal([days(8, 12)]);
  });
});

describe('desired: sync scope', () => {
  it('leaves out single associations until their day, by the later of both starts', () => {
    const facts = factsOf({ window: days(15, 40), periods: [period('room', 1, 16), period('room', 20, 21)] }, next(5));

    expect(windowsFor(facts)).to.deep.equal([days(1, 16)]);
    expect(windowsFor(facts, 'gate', day(15))).to.deep.equal([days(1, 16), days(20, 21)]);
    expect(reasonOf(facts, shift(day(10), -1))).to.equal('outside_sync_scope');
  });

  it('never leaves out a window that is open at its start', () => {
    expect(reasonOf(factsOf({ window: days(null, 30) }, next(0)))).to.equal(null);
  });

  it('takes any number of days', () => {
    expect(reasonOf(factsOf({ window: days(20, 22) }, next(1e9)))).to.equal(null);
  });
});

describe('desired: buffers', () => {
  const hours = (arrival: number, departure: number) => ({ arrivalBufferMinutes: arrival * 60, departureBufferMinutes: departure * 60 });

  it('move starts earlier and ends later, of the member and of periods', () => {
    const facts = factsOf({ window: days(9, 12), periods: [period('room', 9, 11)] }, hours(12, 24));

    expect(memberFor(facts).window).to.deep.equal(days(8.5, 13));
    expect(windowsFor(facts)).to.deep.equal([days(8.5, 12)]);
  });

  it('count before anything is called ended or out of scope', () => {
    expect(reasonOf(factsOf({ window: days(8, 10) }, hours(0, 1)))).to.equal(null);
    expect(reasonOf(factsOf({ window: days(12, 13) }, { ...next(1), ...hours(24, 0) }))).to.equal(null);
  });

  it('join periods that touch because of them', () => {
    const periods = [period('room', 9, 11), period('room', 12, 13)];

    expect(windowsFor(factsOf({ periods }, hours(12, 12)))).to.deep.equal([days(8.5, 13.5)]);
  });

  it('do not make an invalid window valid', () => {
    expect(reasonOf(factsOf({ window: days(12, 11) }, hours(48, 48)))).to.equal('invalid_window');
  });

  it('do not fail at the end of the calendar', () => {
    const forEver = { startsAt: day(1), endsAt: '9999-12-31T23:59:59.000Z' };

    expect(memberFor(factsOf({ window: forEver }, hours(0, 1))).window.endsAt).to.equal('9999-12-31T23:59:59.999Z');
  });
});

describe('desired: boundaries', () => {
  it('are the starts and ends to come and the days on which something comes into scope', () => {
    const facts = factsOf({ window: days(9, 30), periods: [period('room', 5, 12), period('room', 20, 40)] }, next(5));

    expect(desired(facts, NOW).boundaries).to.deep.equal([day(12), day(15), day(20), day(30)]);
  });

  it('stay with a User who is skipped for a reason of time', () => {
    const facts = factsOf({ window: days(20, 22) }, next(7));

    expect(desired(facts, NOW).boundaries).to.deep.equal([day(13), day(20), day(22)]);
    expect(desired(facts, day(22)).boundaries).to.deep.equal([]);
  });

  it('are none where time decides nothing', () => {
    expect(desired(factsOf({ active: false, window: days(20, 22) }), NOW).boundaries).to.deep.equal([]);
    expect(desired(factsOf({ window: days(22, 20) }), NOW).boundaries).to.deep.equal([]);
  });
});

describe('desired: credentials', () => {
  const sent = (fields: Partial<SourcePin> = {}): SourcePin => ({ hash: 'h', taken: false, weak: false, ...fields });
  const PINS: readonly [
    CredentialSettings['pin'],
    SourcePin | 'invalid' | null,
    'none' | 'generate' | { hash: string },
    readonly Warning[],
  ][] = [
    ['none', null, 'none', []],
    ['none', sent({ weak: true }), 'none', []],
    ['none', 'invalid', 'none', []],
    ['source', null, 'none', []],
    ['source', sent(), { hash: 'h' }, []],
    ['source', sent({ weak: true }), { hash: 'h' }, ['weak_source_pin']],
    ['source', sent({ taken: true }), 'none', ['pin_conflict']],
    ['source', 'invalid', 'none', ['invalid_source_pin']],
    ['generate', null, 'generate', []],
    ['generate', sent(), { hash: 'h' }, []],
    ['generate', sent({ weak: true }), { hash: 'h' }, ['weak_source_pin']],
    ['generate', sent({ taken: true, weak: true }), 'none', ['pin_conflict']],
    ['generate', 'invalid', 'generate', ['invalid_source_pin']],
  ];
  for (const [setting, pin, wanted, warnings] of PINS) {
    it(`with the setting ${setting} makes ${JSON.stringify(pin)} of the source into ${JSON.stringify(wanted)}`, () => {
      const facts = factsOf({ pin }, { credentials: { ...DEFAULT_SETTINGS.credentials, pin: setting } });

      expect(memberFor(facts)).to.deep.include({ pin: wanted, warnings });
    });
  }

  it('warns of a missing address only where addresses are wanted', () => {
    const off = { credentials: { ...DEFAULT_SETTINGS.credentials, email: false } };

    expect(memberFor(factsOf({ emails: [] }))).to.deep.include({ emails: [], warnings: ['no_email'] });
    expect(memberFor(factsOf({ emails: [] }, off)).warnings).to.deep.equal([]);
    expect(memberFor(factsOf({}, off)).emails).to.deep.equal([]);
  });

  it('sorts several warnings', () => {
    expect(memberFor(factsOf({ emails: [], pin: 'invalid' })).warnings).to.deep.equal(['invalid_source_pin', 'no_email']);
  });

  it('passes the card on, and the Magic Link as the integration has it', () => {
    const facts = factsOf({ card: '04AB' }, { credentials: { ...DEFAULT_SETTINGS.credentials, magicLink: false } });

    expect(memberFor(facts)).to.deep.include({ card: '04AB', magicLink: false });
  });

  it('reads no clock: an hour later the answer is the same unless a boundary lies between', () => {
    const facts = factsOf({ window: days(9, 12) });

    expect(desired(facts, shift(NOW, HOUR_MS))).to.deep.equal(desired(facts, NOW));
  });
});
