import { expect } from 'chai';
import type { AccessFacts, AccessMethod, WeeklyHours } from '../../src/domain/doors.js';
import { OPEN_WINDOW, type Window } from '../../src/domain/time.js';
import { doorView } from '../../src/guest/door-views.js';
import { nextChange } from '../../src/guest/next-change.js';

const every = (...ranges: readonly (readonly [string, string])[]): WeeklyHours =>
  Array.from({ length: 7 }, () => ranges.map(([from, to]) => ({ from, to })));
const onlyOn = (weekday: number, from: string, to: string): WeeklyHours =>
  Array.from({ length: 7 }, (_, day) => (day === weekday ? [{ from, to }] : []));

function facts(days: WeeklyHours | null, window: Window = OPEN_WINDOW, timeZone = 'Europe/Madrid'): AccessFacts {
  const schedule = days === null ? null : { name: 'Hours', days };
  const permissions = [{ siteId: 'site_1', doorId: null, methods: null, schedule }];
  return {
    door: { id: 'door_1', name: 'Front door', siteId: 'site_1', siteName: 'Office', timeZone },
    member: { name: 'Ann', window: OPEN_WINDOW, endedAt: null, deletedAt: null },
    associations: [{ memberGroupId: 'mg_1', memberGroupName: 'Offices', window, permissions }],
  };
}

describe('the next change of a door', () => {
  const noon = '2026-05-01T12:00:00.000Z';

  const cases: readonly (readonly [string, AccessFacts, string, string | null])[] = [
    ['is never without end or hours', facts(null), noon, null],
    ['is the start', facts(null, { startsAt: '2026-05-03T10:00:00.000Z', endsAt: null }), noon, '2026-05-03T10:00:00.000Z'],
    ['is the end', facts(null, { startsAt: noon, endsAt: '2026-05-03T10:00:00.000Z' }), noon, '2026-05-03T10:00:00.000Z'],
    ['is nothing that is over', facts(null, { startsAt: null, endsAt: noon }), noon, null],
    ['is where the hours begin, in the zone of the door', facts(every(['20:00', '22:00'])), noon, '2026-05-01T18:00:00.000Z'],
    ['is where they end', facts(every(['08:00', '20:00'])), noon, '2026-05-01T18:00:00.000Z'],
    ['is not where one range follows the other', facts(every(['08:00', '20:00'], ['20:00', '23:00'])), noon, '2026-05-01T21:00:00.000Z'],
    ['passes over midnight where the day goes on', facts(every(['00:00', '24:00'])), noon, null],
    ['is a week away', facts(onlyOn(4, '09:00', '10:00')), noon, '2026-05-08T07:00:00.000Z'],
    [
      'is the first hour within a window that starts outside the hours, however far away',
      facts(every(['08:00', '20:00']), { startsAt: '2027-01-10T22:00:00.000Z', endsAt: null }),
      noon,
      '2027-01-11T07:00:00.000Z',
    ],
    [
      'is nothing when the window is over before the hours begin',
      facts(every(['08:00', '20:00']), { startsAt: '2027-01-10T22:00:00.000Z', endsAt: '2027-01-11T06:00:00.000Z' }),
      noon,
      null,
    ],
    // 2026-03-29 in Madrid: 02:00 to 03:00 does not exist; 2026-10-25: 02:00 to 03:00 is twice.
    [
      'is the change of the clocks, where it leaves the start out',
      facts(every(['02:30', '05:00'])),
      '2026-03-29T00:45:00.000Z',
      '2026-03-29T01:00:00.000Z',
    ],
    ['is the first of two', facts(every(['02:30', '02:45'])), '2026-10-25T00:10:00.000Z', '2026-10-25T00:30:00.000Z'],
    ['is the second of two', facts(every(['02:30', '02:45'])), '2026-10-25T00:50:00.000Z', '2026-10-25T01:30:00.000Z'],
    [
      'is right in a zone of three quarters',
      facts(every(['08:10', '20:00']), OPEN_WINDOW, 'Asia/Kathmandu'),
      '2026-05-01T00:00:00.000Z',
      '2026-05-01T02:25:00.000Z',
    ],
  ];
  for (const [title, one, at, expected] of cases) {
    it(title, () => {
      expect(nextChange(one, at)).to.equal(expected);
    });
  }
});

describe('the view of a door', () => {
  const at = '2026-05-01T12:00:00.000Z';

  it('joins windows and hours of all ways to it, and is around the clock as soon as one way is', () => {
    const [late, early] = [
      facts(every(['10:00', '20:00']), { startsAt: at, endsAt: '2026-05-03T00:00:00.000Z' }),
      facts(every(['08:00', '12:00']), { startsAt: '2026-05-03T00:00:00.000Z', endsAt: null }),
    ];
    const both = { ...late, associations: [...late.associations, ...early.associations] };
    expect(doorView(both, at)).to.deep.include({ windows: [{ startsAt: at, endsAt: null }], schedule: every(['08:00', '20:00']) });
    expect(doorView({ ...both, associations: [...both.associations, ...facts(null).associations] }, at)?.schedule).to.equal(null);
  });

  it('never reaches beyond the window of the member', () => {
    const window = { startsAt: at, endsAt: '2026-05-02T00:00:00.000Z' };
    const one = facts(null);
    expect(doorView({ ...one, member: { ...one.member, window } }, at)).to.deep.include({ windows: [window], nextChange: window.endsAt });
  });

  it('asks nothing of hours that cannot matter: of other methods, and beside a way around the clock', () => {
    const busy = every(['00:10', '03:00'], ['04:00', '07:00'], ['08:00', '11:00'], ['12:00', '15:00'], ['16:00', '19:00']);
    const way = (methods: AccessMethod[] | null, days: WeeklyHours | null) =>
      facts(days).associations.map((one) => ({
        ...one,
        permissions: one.permissions.map((permission) => ({ ...permission, methods })),
      }));
    const byCard = Array.from({ length: 20 }, () => way(['card'], busy)).flat();
    const byLink = Array.from({ length: 20 }, () => way(['magic_link'], busy)).flat();
    for (const associations of [
      [...way(null, every()), ...byCard],
      [...way(null, null), ...byLink],
    ]) {
      let asked = 0;
      const base = facts(null);
      const counting: AccessFacts = {
        ...base,
        associations,
        get member() {
          asked += 1;
          return base.member;
        },
      };
      expect(nextChange(counting, '2026-05-01T12:00:00.000Z')).to.equal(null);
      expect(asked).to.be.below(50);
    }
  });
});
