import { expect } from 'chai';
import { ACCESS_URN } from '../../../src/domain/scim.js';
import type { Json } from '../../../src/domain/scim.js';
import { accessBody, expectRefused, part, patch, patchBody, patchedUser, user, userBody } from '../../support/scim-bodies.js';
import { ann, emails, HOME, WORK } from '../../support/ann.js';

describe('applyPatch: lists', () => {
  it('add appends, and leaves what is there already alone (D-P4)', () => {
    expect(emails({ op: 'add', path: 'emails', value: [{ value: 'n@x', type: 'other' }] })).to.deep.equal([
      WORK,
      HOME,
      { value: 'n@x', type: 'other' },
    ]);
    expect(emails({ op: 'add', path: 'emails', value: { value: 'n@x' } })).to.deep.equal([WORK, HOME, { value: 'n@x' }]);
    for (const value of [[WORK], WORK, [{ value: 'W@X' }], [{ value: 'w@x', type: 'WORK' }], [], null]) {
      expect(emails({ op: 'add', path: 'emails', value }), JSON.stringify(value)).to.deep.equal([WORK, HOME]);
    }
    expect(emails({ op: 'add', value: { emails: [HOME] } })).to.deep.equal([WORK, HOME]);
  });
  it('add tells one address in two roles apart, and completes one that is known', () => {
    expect(emails({ op: 'add', path: 'emails', value: [{ value: 'w@x', type: 'home' }] })).to.deep.equal([
      WORK,
      HOME,
      { value: 'w@x', type: 'home' },
    ]);
    expect(emails({ op: 'add', path: 'emails', value: [{ ...WORK, display: 'W' }] })).to.deep.equal([
      { value: 'w@x', display: 'W', type: 'work' },
      HOME,
    ]);
  });
  it('add compares addresses without a value, and periods, as a whole', () => {
    const home = { streetAddress: 'Calle 1', type: 'home' };
    expect(
      patch(userBody({ addresses: [home] }), { op: 'add', path: 'addresses', value: [home, { ...home, locality: 'Madrid' }] }).document[
        'addresses'
      ],
    ).to.have.length(2);

    const period = { value: 'g', validUntil: '2026-01-01T00:00:00Z' };
    const later = { value: 'g', validFrom: '2026-02-01T00:00:00Z' };
    const { document } = patch(accessBody({ accessPeriods: [period] }), {
      op: 'add',
      path: `${ACCESS_URN}:accessPeriods`,
      value: [{ value: 'g', validUntil: '2026-01-01T01:00:00+01:00' }, later],
    });
    expect(part(document, ACCESS_URN)['accessPeriods']).to.deep.equal([period, later]);
  });
  it('replace puts the new list in the place of the old', () => {
    expect(emails({ op: 'replace', path: 'emails', value: [{ value: 'n@x' }] })).to.deep.equal([{ value: 'n@x' }]);
    expect(emails({ op: 'replace', value: { emails: [HOME] } })).to.deep.equal([HOME]);
  });
  it('remove takes all, those that are named, or those that match', () => {
    expect(emails({ op: 'remove', path: 'emails' })).to.equal(undefined);
    expect(emails({ op: 'remove', path: 'emails', value: [{ value: 'W@x' }] })).to.deep.equal([HOME]);
    expect(emails({ op: 'remove', path: 'emails', value: [{ value: 'w@x', type: 'home' }] })).to.deep.equal([WORK, HOME]);
    expect(emails({ op: 'remove', path: 'emails', value: [] })).to.deep.equal([WORK, HOME]);
    expect(emails({ op: 'remove', path: 'emails[type eq "work"]' })).to.deep.equal([HOME]);
    expect(emails({ op: 'remove', path: 'emails[type eq "WORK" or type eq "home"]' })).to.equal(undefined);
    expect(emails({ op: 'remove', path: 'emails[type eq "other"]' })).to.deep.equal([WORK, HOME]);
    expect(emails({ op: 'remove', path: 'emails[type eq "work"].type' })).to.deep.equal([{ value: 'w@x' }, HOME]);
    expect(emails({ op: 'remove', path: 'emails.type' })).to.deep.equal([{ value: 'w@x' }, { value: 'h@x' }]);
  });
  it('a value path changes every value that it picks (C10)', () => {
    expect(emails({ op: 'replace', path: 'emails[value ew "@x"].display', value: 'D' })).to.deep.equal([
      { value: 'w@x', display: 'D', type: 'work' },
      { value: 'h@x', display: 'D', type: 'home' },
    ]);
    expect(emails({ op: 'replace', path: 'emails.display', value: 'D' })).to.have.deep.members([
      { ...WORK, display: 'D' },
      { ...HOME, display: 'D' },
    ]);
  });
  it('a value path with an object replaces the value, which keeps what picked it', () => {
    expect(
      patch(ann({ emails: [{ ...WORK, display: 'W' }, HOME] }), { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'n@x' } })
        .document['emails'],
    ).to.deep.equal([{ value: 'n@x', type: 'work' }, HOME]);
    expect(
      patch(ann({ emails: [{ ...WORK, display: 'W' }] }), { op: 'add', path: 'emails[type eq "work"]', value: { value: 'n@x' } }).document[
        'emails'
      ],
    ).to.deep.equal([{ value: 'n@x', display: 'W', type: 'work' }]);
    expect(emails({ op: 'replace', path: 'emails[type eq "work"]', value: null })).to.deep.equal([HOME]);
  });
  it('a list never grows beyond 1,000 values', () => {
    const full = userBody({ roles: Array.from({ length: 1000 }, (_, n) => ({ value: `r${n}` })) });

    expectRefused(() => patch(full, { op: 'add', path: 'roles', value: [{ value: 'one more' }] }), 'invalidValue');
    expectRefused(() => patch(full, { op: 'add', path: 'roles[type eq "x"].value', value: 'one more' }), 'invalidValue');
  });
});

describe('applyPatch: a value path that picks nothing (D-P1)', () => {
  for (const op of ['add', 'replace']) {
    it(`${op} makes the value from eq, and from eq joined by and`, () => {
      expect(emails({ op, path: 'emails[type eq "other"].value', value: 'n@x' })).to.deep.equal([
        WORK,
        HOME,
        { value: 'n@x', type: 'other' },
      ]);
      expect(emails({ op, path: 'emails[type eq "Other"]', value: { value: 'n@x' } })).to.deep.equal([
        WORK,
        HOME,
        { value: 'n@x', type: 'Other' },
      ]);
      expect(emails({ op, path: 'emails[type eq "other" and display eq "N"].value', value: 'n@x' })).to.deep.equal([
        WORK,
        HOME,
        { value: 'n@x', display: 'N', type: 'other' },
      ]);
      expect(patch(userBody(), { op, path: 'emails.value', value: 'n@x' }).document['emails']).to.deep.equal([{ value: 'n@x' }]);
    });
    for (const filter of [
      'type ne "work" and type ne "home"',
      'type eq "a" or type eq "b"',
      'not (type pr)',
      'type sw "x"',
      'type eq "a" and type eq "b"',
      'type eq "a" and display pr',
    ]) {
      it(`${op} cannot make a value from ${filter}`, () =>
        expectRefused(() => emails({ op, path: `emails[${filter}].value`, value: 'n@x' }), 'noTarget'));
    }
    it(`${op} of nothing to nothing changes nothing`, () =>
      expect(emails({ op, path: 'emails[type eq "other"].value', value: null })).to.deep.equal([WORK, HOME]));
  }
  it('replace is refused where the connection is strict, add is not (C9)', () => {
    const { document } = user(ann());
    const operation = (op: string): object => patchBody({ op, path: 'emails[type eq "other"].value', value: 'n@x' });

    expectRefused(() => patchedUser(document, operation('replace'), { valuePath: 'strict' }), 'noTarget');
    expect(patchedUser(document, operation('add'), { valuePath: 'strict' }).document['emails']).to.have.length(3);
  });
  it('a value that is made is checked like any other', () => {
    expectRefused(() => emails({ op: 'add', path: 'emails[value eq "nobody"].type', value: 'work' }), 'invalidValue');
    expectRefused(
      () => patch(ann(), { op: 'add', path: `${ACCESS_URN}:accessPeriods.validUntil`, value: '2026-01-01T00:00:00Z' }),
      'invalidValue',
    );
  });
});

describe('applyPatch: primary (D-P5)', () => {
  const primary = { ...WORK, primary: true };
  const before = ann({ emails: [primary, HOME] });
  const patched = (operation: object): Json | undefined => patch(before, operation).document['emails'];
  const handedOver = [
    { ...WORK, primary: false },
    { ...HOME, primary: true },
  ];

  it('a new primary value takes the place of the old', () => {
    expect(patched({ op: 'replace', path: 'emails[type eq "home"].primary', value: 'True' })).to.deep.equal(handedOver);
    expect(patched({ op: 'add', path: 'emails', value: [{ ...HOME, primary: true }] })).to.deep.equal(handedOver);
    expect(patched({ op: 'add', path: 'emails', value: [WORK, { ...HOME, primary: true }] })).to.deep.equal(handedOver);
    expect(patched({ op: 'add', path: 'emails[type eq "other"]', value: { value: 'n@x', primary: true } })).to.deep.equal([
      { ...WORK, primary: false },
      HOME,
      { value: 'n@x', type: 'other', primary: true },
    ]);
  });
  it('a value that is not primary leaves it alone', () => {
    expect(patched({ op: 'add', path: 'emails', value: [{ value: 'n@x' }] })).to.deep.equal([primary, HOME, { value: 'n@x' }]);
    expect(patched({ op: 'replace', path: 'emails[value ew "x"].display', value: 'D' })).to.deep.include({ ...primary, display: 'D' });
  });
  it('two new primary values contradict each other', () => {
    expectRefused(() => patched({ op: 'replace', path: 'emails[value ew "x"].primary', value: true }), 'invalidValue');
  });
});
