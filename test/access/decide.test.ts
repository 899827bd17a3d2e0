import { expect } from 'chai';
import { decide } from '../../src/access/decide.js';
import type { AccessFacts, PermissionFacts, WeeklyHours } from '../../src/domain/doors.js';
import { OPEN_WINDOW, shift, type Window } from '../../src/domain/time.js';

const DOOR = { id: 'door_1', name: 'Front door', siteId: 'site_1', siteName: 'Office', timeZone: 'Europe/Madrid' };
const ANN = { name: 'Ann Example', window: OPEN_WINDOW, endedAt: null, deletedAt: null };
const FRONT: PermissionFacts = { siteId: null, doorId: 'door_1', methods: null, schedule: null };
const OFFICE: PermissionFacts = { siteId: 'site_1', doorId: null, methods: null, schedule: null };
/** Monday 14:00 in Madrid. */
const MONDAY = '2026-05-04T12:00:00.000Z';

const inGroup = (permissions: readonly PermissionFacts[], window: Window = OPEN_WINDOW, name = 'Offices') => ({
  ...{ memberGroupId: `mg_${name}`, memberGroupName: name, window, permissions },
});
const facts = (more: Partial<AccessFacts> = {}): AccessFacts => ({ door: DOOR, member: ANN, associations: [inGroup([FRONT])], ...more });
const week = (weekday: number, from: string, to: string): WeeklyHours =>
  Array.from({ length: 7 }, (_, day) => (day === weekday ? [{ from, to }] : []));
const by = (days: WeeklyHours, more: Partial<PermissionFacts> = {}): PermissionFacts => ({
  ...FRONT,
  ...more,
  schedule: { name: 'Hours', days },
});

describe('decide', () => {
  it('grants by a permission for the door, and by one for its site', () => {
    expect(decide(facts(), 'pin', MONDAY)).to.deep.equal({
      ...{ granted: true, reason: 'granted' },
      because: ['Ann Example is in Offices, which may open Front door by PIN at any time.'],
    });
    expect(decide(facts({ associations: [inGroup([OFFICE])] }), 'app', MONDAY).because).to.deep.equal([
      'Ann Example is in Offices, which may open all doors of Office by app at any time.',
    ]);
  });

  it('lets no permission for another door or site open this one', () => {
    const strangers = [
      { ...FRONT, doorId: 'door_2' },
      { ...OFFICE, siteId: 'site_2' },
    ];
    const { granted, reason, because } = decide(facts({ associations: [inGroup(strangers)] }), 'pin', MONDAY);
    expect({ granted, reason }).to.deep.equal({ granted: false, reason: 'no_permission' });
    expect(because).to.deep.equal(['Ann Example is in Offices, which may not open Front door, nor all doors of Office.']);
    expect(decide(facts({ associations: [] }), 'pin', MONDAY).because).to.deep.equal([
      'Ann Example is in no member group that may open Front door or any door of Office.',
    ]);
  });

  it('names every reason, the decisive one first', () => {
    const windows = { startsAt: shift(MONDAY, 1), endsAt: null };
    const member = { ...ANN, window: { startsAt: null, endsAt: MONDAY }, endedAt: MONDAY, deletedAt: shift(MONDAY, 3_600_000) };
    const associations = [inGroup([by(week(0, '08:00', '14:00'), { methods: ['card', 'app'] })], windows)];
    expect(decide(facts({ member, associations }), 'pin', MONDAY)).to.deep.equal({
      granted: false,
      reason: 'member_deleted',
      because: [
        'Ann Example was deleted on Monday 2026-05-04 15:00 (Europe/Madrid).',
        'The access of Ann Example ended on Monday 2026-05-04 14:00 (Europe/Madrid).',
        'The window of Ann Example ended on Monday 2026-05-04 14:00 (Europe/Madrid); the time asked for is Monday 2026-05-04 14:00 there.',
        'Ann Example is in Offices from Monday 2026-05-04 14:00 (Europe/Madrid); the time asked for is Monday 2026-05-04 14:00 there.',
        'Ann Example is in Offices, which may open Front door by card and by app, not by PIN.',
        'Ann Example is in Offices, which may open Front door by PIN on Monday 08:00–14:00 (Europe/Madrid, schedule Hours); it is Monday 2026-05-04 14:00 there.',
      ],
    });
  });

  describe('windows', () => {
    const reasonAt = (window: Window, at: string) => [
      decide(facts({ member: { ...ANN, window } }), 'pin', at).reason,
      decide(facts({ associations: [inGroup([FRONT], window)] }), 'pin', at).reason,
    ];

    it('are open at the very instant of their start and closed at that of their end', () => {
      const window = { startsAt: MONDAY, endsAt: shift(MONDAY, 1_000) };
      expect(reasonAt(window, shift(MONDAY, -1))).to.deep.equal(['before_window', 'before_window']);
      expect(reasonAt(window, MONDAY)).to.deep.equal(['granted', 'granted']);
      expect(reasonAt(window, shift(MONDAY, 999))).to.deep.equal(['granted', 'granted']);
      expect(reasonAt(window, shift(MONDAY, 1_000))).to.deep.equal(['after_window', 'after_window']);
    });

    it('of one association are no window of the other, and the one to come is named before the one that is over', () => {
      const past = inGroup([FRONT], { startsAt: null, endsAt: MONDAY }, 'May');
      const next = inGroup([FRONT], { startsAt: shift(MONDAY, 2_000), endsAt: null }, 'June');
      const { reason, because } = decide(facts({ associations: [past, next] }), 'pin', shift(MONDAY, 1_000));
      expect(reason).to.equal('before_window');
      expect(because.map((text) => text.split(' (')[0])).to.deep.equal([
        'Ann Example was in May until Monday 2026-05-04 14:00',
        'Ann Example is in June from Monday 2026-05-04 14:00',
      ]);
      const onlyPool = inGroup([], OPEN_WINDOW, 'Pool');
      expect(decide(facts({ associations: [past, onlyPool] }), 'pin', MONDAY).reason).to.equal('after_window');
    });
  });

  describe('restrictions of one permission belong together', () => {
    it('so that the method of one and the hours of another open nothing', () => {
      const card = { ...FRONT, methods: ['card'] as const };
      const pinOnTuesday = by(week(1, '00:00', '24:00'), { methods: ['pin'] });
      const decision = decide(facts({ associations: [inGroup([card, pinOnTuesday])] }), 'pin', MONDAY);
      expect(decision.reason).to.equal('outside_schedule');
      expect(decision.because).to.deep.equal([
        'Ann Example is in Offices, which may open Front door by PIN on Tuesday 00:00–24:00 (Europe/Madrid, schedule Hours); it is Monday 2026-05-04 14:00 there.',
      ]);
      expect(decide(facts({ associations: [inGroup([card, pinOnTuesday])] }), 'card', MONDAY).granted).to.equal(true);
      expect(decide(facts({ associations: [inGroup([card, pinOnTuesday])] }), 'app', MONDAY).reason).to.equal('method_not_allowed');
    });
  });

  describe('schedules', () => {
    const grantedBy = (days: WeeklyHours, at: string, timeZone = 'Europe/Madrid') =>
      decide(facts({ door: { ...DOOR, timeZone }, associations: [inGroup([by(days)])] }), 'pin', at).granted;

    it('are open at the very minute of their start and closed at that of their end', () => {
      const days = week(0, '14:00', '14:01');
      expect(grantedBy(days, shift(MONDAY, -1))).to.equal(false);
      expect(grantedBy(days, MONDAY)).to.equal(true);
      expect(grantedBy(days, shift(MONDAY, 59_999))).to.equal(true);
      expect(grantedBy(days, shift(MONDAY, 60_000))).to.equal(false);
    });

    it('reach midnight by 24:00, and not the day after', () => {
      const sunday = week(6, '22:00', '24:00');
      const midnight = '2026-05-10T22:00:00.000Z';
      expect(grantedBy(sunday, shift(midnight, -1))).to.equal(true);
      expect(grantedBy(sunday, midnight)).to.equal(false);
      expect(grantedBy(week(0, '00:00', '00:01'), midnight)).to.equal(true);
    });

    it('hold in both hours that an autumn night shows twice', () => {
      const sunday = week(6, '02:00', '03:00');
      for (const [at, granted] of [
        ['2026-10-24T23:59:59.999Z', false],
        ['2026-10-25T00:00:00.000Z', true],
        ['2026-10-25T01:00:00.000Z', true],
        ['2026-10-25T01:59:59.999Z', true],
        ['2026-10-25T02:00:00.000Z', false],
      ] as const)
        expect(grantedBy(sunday, at), at).to.equal(granted);
    });

    it('never hold in the hour that a spring night leaves out', () => {
      const sunday = week(6, '02:00', '03:00');
      for (let minute = -120; minute < 120; minute += 1)
        expect(grantedBy(sunday, shift('2026-03-29T01:00:00.000Z', minute * 60_000))).to.equal(false);
    });

    it('without hours open at no time', () => {
      const never: WeeklyHours = [[], [], [], [], [], [], []];
      const decision = decide(facts({ associations: [inGroup([by(never)])] }), 'pin', MONDAY);
      expect(decision.because).to.deep.equal([
        'Ann Example is in Offices, which may open Front door by PIN at no time (Europe/Madrid, schedule Hours); it is Monday 2026-05-04 14:00 there.',
      ]);
    });
  });

  it('says no more than a reader takes in', () => {
    const many = Array.from({ length: 40 }, (_, n) => inGroup([FRONT], OPEN_WINDOW, `Group ${n}`));
    const { because } = decide(facts({ associations: many }), 'pin', MONDAY);
    expect(because).to.have.length(11);
    expect(because.at(-1)).to.equal('30 more of the same kind.');
  });
});
