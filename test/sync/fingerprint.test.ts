import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { SourceGroup, SourceUser } from '../../src/adapters/adapter.js';
import { fingerprintOfGroup, fingerprintOfUser } from '../../src/sync/fingerprint.js';

const WINDOW = { startsAt: '2026-12-01T15:00:00.000Z', endsAt: '2026-12-04T11:00:00.000Z' };

const USER: SourceUser = {
  resourceType: 'User',
  externalId: 'r-1',
  sourceKey: 'r',
  attributes: { userName: 'r-1', displayName: 'Ada', name: { givenName: 'Ada' } },
  skipReason: null,
  window: WINDOW,
  periods: [{ groupExternalId: 'room-1', window: WINDOW }],
  groups: ['room-1', 'room-2'],
  pin: '483920',
  card: 'c1',
};
const GROUP: SourceGroup = { resourceType: 'Group', externalId: '17', displayName: 'Room 17', kind: 'room', members: null };

describe('the fingerprint of a User', () => {
  const ids = new Map([
    ['room-1', 'grp_1'],
    ['room-2', 'grp_2'],
  ]);
  const of = (changes: Partial<SourceUser> = {}, groups: ReadonlyMap<string, string> = ids) =>
    fingerprintOfUser(
      { ...USER, ...changes },
      (pin) => `keyed hash of ${pin}`,
      (externalId) => groups.get(externalId),
    );

  it('is the same for the same', () => {
    expect(of()).to.equal(of(structuredClone(USER)));
  });

  const changes: readonly (readonly [string, Partial<SourceUser>])[] = [
    ['its id', { externalId: 'r-2' }],
    ['its key', { sourceKey: 'q' }],
    ['its name', { attributes: { ...USER.attributes, displayName: 'Eve' } }],
    ['a part of its name', { attributes: { ...USER.attributes, name: { givenName: 'Eve' } } }],
    ['an attribute that it did not have', { attributes: { ...USER.attributes, title: 'Dr' } }],
    ['its status', { skipReason: 'canceled' }],
    ['its start', { window: { ...WINDOW, startsAt: null } }],
    ['its end', { window: { ...WINDOW, endsAt: null } }],
    ['its start and end changed over', { window: { startsAt: WINDOW.endsAt, endsAt: WINDOW.startsAt } }],
    ['its Groups', { groups: ['room-1'] }],
    ['that it does not speak of Groups', { groups: null }],
    ['that it is in none', { groups: [] }],
    ['a period', { periods: [] }],
    ['the time of a period', { periods: [{ groupExternalId: 'room-1', window: { ...WINDOW, endsAt: null } }] }],
    ['the Group of a period', { periods: [{ groupExternalId: 'room-2', window: WINDOW }] }],
    ['its PIN', { pin: '483921' }],
    ['that it has no PIN', { pin: null }],
    ['its card', { card: 'c2' }],
    ['that it has no card', { card: null }],
  ];
  for (const [what, change] of changes) {
    it(`is another when ${what} changes`, () => {
      expect(of(change)).to.not.equal(of());
    });
  }

  it('differs between any two of these changes', () => {
    expect(new Set(changes.map(([, change]) => of(change))).size).to.equal(changes.length);
  });

  it('is another once a Group is there that was not before, and once it is another Group', () => {
    const without = new Map([['room-1', 'grp_1']]);
    expect(of({}, without)).to.not.equal(of());
    expect(of({}, new Map([...ids, ['room-2', 'grp_3']]))).to.not.equal(of());
    expect(of({ groups: ['room-1', 'not there'] }, without), 'what is not there has no name').to.equal(of({}, without));
  });

  it('cannot be searched for a PIN: only the keyed hash of it goes in', () => {
    const hashed = (pin: string) =>
      fingerprintOfUser(
        { ...USER, pin },
        () => 'the same',
        (externalId) => ids.get(externalId),
      );
    expect(hashed('483920')).to.equal(hashed('111111'));
  });

  it('is a short text of fixed length', () => {
    expect(of()).to.have.lengthOf(createHash('sha256').digest('base64url').length);
    expect(of({ attributes: { userName: 'x'.repeat(100_000) } })).to.have.lengthOf(43);
  });
});

describe('the fingerprint of a Group', () => {
  it('is that of its id, name and kind, without its members', () => {
    const of = (changes: Partial<SourceGroup> = {}) => fingerprintOfGroup({ ...GROUP, ...changes });
    expect(of({ members: ['r-1'] })).to.equal(of());
    const others = [of(), of({ externalId: '18' }), of({ displayName: 'Room 18' }), of({ kind: 'desk' })];
    expect(new Set(others).size).to.equal(4);
  });
});
