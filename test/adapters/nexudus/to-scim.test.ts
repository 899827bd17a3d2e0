import { expect } from 'chai';
import type { Access } from '../../../src/adapters/nexudus/holdings.js';
import { businessesOf, toGroup, toUser, unlistedGroups } from '../../../src/adapters/nexudus/to-scim.js';
import { idOf, utc } from '../../../src/adapters/nexudus/values.js';
import { UpstreamContract } from '../../../src/adapters/upstream-errors.js';
import type { NexudusCoworker } from '../../../src/domain/generated/upstream/nexudus/coworker.js';

const OPEN: Access = { groups: ['tariff:5501'], periods: [], skipReason: null };
const NONE: Access = { groups: [], periods: [], skipReason: null };

const ada = (given: Partial<NexudusCoworker> = {}): NexudusCoworker => ({
  Id: 1500000101,
  FullName: 'Ada Park',
  Email: 'ada@example.test',
  Active: true,
  Archived: false,
  UpdatedOn: '2026-11-20T11:00:00.1234567Z',
  AccessPincode: '482913',
  AccessCardId: null,
  ...given,
});

describe('nexudus: a coworker as a User', () => {
  it('has the id of the coworker as its name and key, and its address only as an address', () => {
    expect(toUser(ada(), OPEN, {})).to.deep.equal({
      resourceType: 'User',
      externalId: '1500000101',
      sourceKey: '1500000101',
      attributes: {
        userName: 'nexudus:1500000101',
        displayName: 'Ada Park',
        active: true,
        emails: [{ value: 'ada@example.test', type: 'work', primary: true }],
      },
      skipReason: null,
      window: { startsAt: null, endsAt: null },
      periods: [],
      groups: ['tariff:5501'],
      pin: '482913',
      card: null,
    });
  });

  it('is unclear by its records only as long as it is not out itself', () => {
    const odd = { ...NONE, skipReason: 'invalid_window', unclear: 'odd' } as const;
    expect(toUser(ada(), odd, {})).to.include({ skipReason: 'invalid_window', unclear: 'odd' });
    expect(toUser(ada({ Active: false }), odd, {}))
      .to.include({ skipReason: 'inactive' })
      .and.not.have.property('unclear');
    expect(toUser(ada({ Archived: true }), odd, {}))
      .to.include({ skipReason: 'archived' })
      .and.not.have.property('unclear');
  });

  it('does without name and address', () => {
    const { attributes } = toUser(ada({ FullName: ' ', Email: null }), OPEN, {});
    expect(attributes).to.deep.equal({ userName: 'nexudus:1500000101', displayName: 'Coworker 1500000101', active: true });
  });

  for (const [given, expected] of [
    ['482913', '482913'],
    ['1234', '1234'],
    ['01234567890123456789', '01234567890123456789'],
    [' 482913 ', '482913'],
    [482913, '482913'],
    ['123', 'invalid'],
    ['012345678901234567890', 'invalid'],
    ['12a4', 'invalid'],
    ['١٢٣٤', 'invalid'],
    ['', null],
    [null, null],
  ] as const) {
    it(`takes the pincode ${JSON.stringify(given)} as ${expected}`, () => {
      expect(toUser(ada({ AccessPincode: given }), OPEN, {}).pin).to.equal(expected);
    });
  }

  it('brings the card only when it is asked for', () => {
    expect(toUser(ada({ AccessCardId: '04A1B2' }), OPEN, {}).card).to.equal(null);
    expect(toUser(ada({ AccessCardId: '04A1B2' }), OPEN, { syncCards: true }).card).to.equal('04A1B2');
    expect(toUser(ada({ AccessCardId: ' ' }), OPEN, { syncCards: true }).card).to.equal(null);
  });

  for (const [name, given, reason] of [
    ['inactive', { Active: false }, 'inactive'],
    ['archived', { Archived: true }, 'archived'],
    ['both', { Active: false, Archived: true }, 'archived'],
  ] as const) {
    it(`is skipped when ${name}, without PIN and card, whatever they have`, () => {
      const user = toUser(ada({ ...given, AccessCardId: '04A1B2' }), OPEN, { syncCards: true });
      expect([user.skipReason, user.pin, user.card, user.attributes['active']]).to.deep.equal([reason, null, null, false]);
      expect(user.groups).to.deep.equal(['tariff:5501']);
    });
  }

  it('has no PIN while nothing lets them in', () => {
    expect(toUser(ada(), NONE, {}).pin).to.equal(null);
    expect(toUser(ada(), { ...NONE, skipReason: 'tentative' }, {}).skipReason).to.equal('tentative');
  });
});

describe('nexudus: Groups', () => {
  const one = businessesOf([{ Id: 1, Name: 'Harbour Works' }]);
  const two = businessesOf([
    { Id: 1, Name: 'Harbour Works' },
    { Id: 2, Name: 'Mill House' },
  ]);
  const record = { Id: 5501, Name: 'Hot desk', UpdatedOn: '2026-11-20T11:00:00Z', BusinessId: 2 };

  it('are called by their name alone where there is one location', () => {
    expect(toGroup('tariff', record, one)).to.deep.equal({
      resourceType: 'Group',
      externalId: 'tariff:5501',
      displayName: 'Hot desk',
      kind: 'tariff',
      members: null,
    });
  });

  for (const [kind, expected] of [
    ['tariff', 'Mill House / Tariff / Hot desk'],
    ['time_pass', 'Mill House / Time pass / Hot desk'],
    ['desk', 'Mill House / Desk / Hot desk'],
    ['resource', 'Mill House / Resource / Hot desk'],
  ] as const) {
    it(`are called “Business / Type / Name” where there are several: ${kind}`, () => {
      expect(toGroup(kind, record, two).displayName).to.equal(expected);
    });
  }

  it('know the location of a desk by its floor plan', () => {
    const desk = { Id: 3301, Name: 'Desk 12', UpdatedOn: record.UpdatedOn, FloorPlanBusinessId: 1 };
    expect(toGroup('desk', desk, two).displayName).to.equal('Harbour Works / Desk / Desk 12');
  });

  it('are there too for what somebody holds and no list has', () => {
    const bookings = [
      {
        Id: 1,
        CoworkerId: 3,
        ResourceId: 301,
        ResourceName: 'Old room',
        FloorPlanDeskId: null,
        FromTime: '2026-11-24T09:00:00Z',
        ToTime: '2026-11-24T10:00:00Z',
        Tentative: false,
        UpdatedOn: record.UpdatedOn,
      },
    ];
    const holdings = [{ contracts: [], passes: [], bookings }];
    expect(unlistedGroups(holdings, new Set(), one).map(({ externalId, displayName }) => [externalId, displayName])).to.deep.equal([
      ['resource:301', 'Old room'],
    ]);
    expect(unlistedGroups(holdings, new Set(['resource:301']), one)).to.deep.equal([]);
  });
});

describe('nexudus: values', () => {
  for (const [text, expected] of [
    ['2026-11-23T08:00:00.5405881Z', '2026-11-23T08:00:00.540Z'],
    ['2026-11-23T08:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T08:00:00', '2026-11-23T08:00:00.000Z'],
    ['9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ]) {
    it(`reads ${text} as UTC, to the millisecond (N14)`, () => expect(utc(text ?? '')).to.equal(expected));
  }

  it('refuses a time that is none', () => {
    for (const text of ['2026-13-01T00:00:00Z', 'yesterday', '', '0000-01-01T00:00:00Z'])
      expect(() => utc(text)).to.throw(UpstreamContract);
  });

  it('takes ids as numbers and as texts, and nothing else', () => {
    expect([1500000101, '1500000101', 0, '', null, undefined, -1, 1.5, 'x', '../1'].map(idOf)).to.deep.equal([
      '1500000101',
      '1500000101',
      ...Array.from({ length: 8 }, () => null),
    ]);
  });
});
