import { expect } from 'chai';
import { DEFAULT_SCIM_SWITCHES } from '../../../src/domain/integration.js';
import { ACCESS_URN, ENTERPRISE_URN, USER_URN } from '../../../src/domain/scim.js';
import type { Json } from '../../../src/domain/scim.js';
import { applyPatch } from '../../../src/scim/patch/apply-patch.js';
import { parsePatch } from '../../../src/scim/patch/parse-patch.js';
import { USER_SCHEMA } from '../../../src/scim/schema/schemas.js';
import {
  accessBody,
  enterpriseBody,
  expectRefused,
  part,
  patch,
  patchBody,
  patchedGroup,
  patchedUser,
  groupBody,
  user,
  userBody,
} from '../../support/scim-bodies.js';

const WORK = { value: 'w@x', type: 'work' };
const HOME = { value: 'h@x', type: 'home' };
const ann = (more: object = {}): object =>
  userBody({ title: 'Chef', name: { givenName: 'Ann', familyName: 'Example' }, emails: [WORK, HOME], ...more });
const emails = (...operations: readonly unknown[]): Json | undefined => patch(ann(), ...operations).document['emails'];

describe('applyPatch: Entra ID', () => {
  it('E4 flag off: one capitalised operation per attribute', () => {
    const { document } = patch(
      ann(),
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'ann2@example.com' },
      { op: 'Replace', path: 'name.familyName', value: 'Newname' },
      { op: 'Replace', path: 'userName', value: 'ann2@example.com' },
      { op: 'Replace', path: 'externalId', value: 'e-2' },
      { op: 'Replace', path: `${ENTERPRISE_URN}:department`, value: 'Sales' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1 555 0100' },
    );

    expect(document).to.deep.equal({
      schemas: [USER_URN, ENTERPRISE_URN],
      externalId: 'e-2',
      userName: 'ann2@example.com',
      name: { familyName: 'Newname', givenName: 'Ann' },
      title: 'Chef',
      active: true,
      emails: [{ value: 'ann2@example.com', type: 'work' }, HOME],
      phoneNumbers: [{ value: '+1 555 0100', type: 'mobile' }],
      [ENTERPRISE_URN]: { department: 'Sales' },
    });
  });
  it('E4 flag off: disables and restores with a word (C19)', () => {
    const disabled = patch(ann(), { op: 'Replace', path: 'active', value: 'False' });

    expect(disabled).to.include({ active: false });
    expect(patchedUser(disabled.document, patchBody({ op: 'Replace', path: 'active', value: 'True' }))).to.include({ active: true });
  });
  it('E5 flag on: one replace with dotted keys, a value path and a URN key', () => {
    const { document } = patch(ann(), {
      op: 'replace',
      value: {
        displayName: 'Ann Newname',
        'name.familyName': 'Newname',
        'emails[type eq "work"].value': 'ann2@example.com',
        [`${ENTERPRISE_URN}:department`]: 'Sales',
      },
    });

    expect(document).to.include({ displayName: 'Ann Newname' });
    expect(document['name']).to.deep.equal({ givenName: 'Ann', familyName: 'Newname' });
    expect(document['emails']).to.deep.equal([{ value: 'ann2@example.com', type: 'work' }, HOME]);
    expect(document[ENTERPRISE_URN]).to.deep.equal({ department: 'Sales' });
  });
  it('E5 flag on: active as a boolean', () =>
    expect(patch(ann(), { op: 'replace', path: 'active', value: false })).to.include({ active: false }));

  for (const value of ['m2', ['m2'], [{ value: 'm2' }], { value: 'm2' }]) {
    it(`manager as ${JSON.stringify(value)} (D-L3)`, () => {
      for (const op of ['add', 'replace']) {
        expect(
          patch(enterpriseBody({ manager: 'm1' }), { op, path: `${ENTERPRISE_URN}:manager`, value }).document[ENTERPRISE_URN],
        ).to.deep.equal({ manager: { value: 'm2' } });
      }
    });
  }
  it('manager.value when there is no manager', () => {
    expect(patch(ann(), { op: 'add', path: `${ENTERPRISE_URN}:manager.value`, value: 'm1' }).document[ENTERPRISE_URN]).to.deep.equal({
      manager: { value: 'm1' },
    });
  });
  for (const operation of [
    { op: 'remove', path: `${ENTERPRISE_URN}:manager` },
    { op: 'remove', path: `${ENTERPRISE_URN}:manager.value` },
    { op: 'replace', path: `${ENTERPRISE_URN}:manager`, value: '' },
    { op: 'replace', path: `${ENTERPRISE_URN}:manager`, value: null },
  ]) {
    it(`takes the manager away with ${operation.op} ${JSON.stringify(Reflect.get(operation, 'value'))} ${operation.path}`, () => {
      expect(patch(enterpriseBody({ manager: 'm1' }), operation).document).not.to.have.property(ENTERPRISE_URN);
    });
  }
  it('roles[primary eq "True"].value makes a primary role', () => {
    const { document } = patch(ann(), { op: 'Replace', path: 'roles[primary eq "True"].value', value: 'admin' });

    expect(document['roles']).to.deep.equal([{ value: 'admin', primary: true }]);
  });
});

describe('applyPatch: Okta', () => {
  for (const active of [false, true]) {
    it(`pathless active ${active}`, () =>
      expect(patch(ann({ active: !active }), { op: 'replace', value: { active } })).to.include({ active }));
  }
  it('a whole resource as a pathless value, with what the server owns', () => {
    const value = { ...ann({ title: 'Cook' }), id: 'x', meta: { resourceType: 'User', version: 'W/"3"' }, groups: [{ value: 'g' }] };

    expect(patch(ann(), { op: 'replace', value }).document).to.deep.equal(user(ann({ title: 'Cook' })).document);
  });
  it('a password', () => expect(patch(ann(), { op: 'replace', value: { password: 'x' } }).document).to.deep.equal(user(ann()).document));
});

describe('applyPatch: single values', () => {
  it('add and replace set, remove unsets', () => {
    expect(patch(ann(), { op: 'add', path: 'title', value: 'Cook' }).document['title']).to.equal('Cook');
    expect(patch(ann(), { op: 'replace', path: 'title', value: 'Cook' }).document['title']).to.equal('Cook');
    expect(patch(ann(), { op: 'replace', path: 'nickName', value: 'An' }).document['nickName']).to.equal('An');
    expect(patch(ann(), { op: 'remove', path: 'title' }).document).not.to.have.property('title');
    expect(patch(ann(), { op: 'remove', path: 'nickName' }).document).to.deep.equal(user(ann()).document);
  });
  it('null unsets (D-L8)', () => {
    expect(patch(ann(), { op: 'replace', path: 'title', value: null }).document).not.to.have.property('title');
    expect(patch(ann(), { op: 'replace', value: { title: null, emails: null, name: null } }).document).not.to.have.any.keys(
      'title',
      'emails',
      'name',
    );
    expect(patch(ann(), { op: 'replace', path: 'emails', value: [] }).document).not.to.have.property('emails');
  });
  it('null for a required attribute is refused', () => {
    for (const userName of [null, '', ' '])
      expectRefused(() => patch(ann(), { op: 'replace', path: 'userName', value: userName }), 'invalidValue');
  });
  it('a complex value changes the parts that it names', () => {
    for (const op of ['add', 'replace']) {
      expect(patch(ann(), { op, path: 'name', value: { givenName: 'Eva' } }).document['name']).to.deep.equal({
        givenName: 'Eva',
        familyName: 'Example',
      });
      expect(patch(ann(), { op, value: { name: { givenName: 'Eva', familyName: null } } }).document['name']).to.deep.equal({
        givenName: 'Eva',
      });
    }
  });
  it('the last part that goes takes the whole with it', () => {
    const operations = [
      { op: 'remove', path: 'name.givenName' },
      { op: 'remove', path: 'name.familyName' },
    ];

    expect(patch(ann(), ...operations).document).not.to.have.property('name');
  });
  it('the core URN as prefix and as path (L50)', () => {
    expect(patch(ann(), { op: 'replace', path: `${USER_URN}:displayName`, value: 'A' }).document['displayName']).to.equal('A');
    expect(patch(ann(), { op: 'replace', path: `${USER_URN}:name.givenName`, value: 'A' }).document['name']).to.deep.include({
      givenName: 'A',
    });
    expect(patch(ann(), { op: 'add', path: USER_URN, value: { displayName: 'A' } }).document['displayName']).to.equal('A');
    expect(patch(ann(), { op: 'replace', path: USER_URN.toUpperCase(), value: { DISPLAYNAME: 'A' } }).document['displayName']).to.equal(
      'A',
    );
  });
});

describe('applyPatch: extensions', () => {
  const before = enterpriseBody({ department: 'Sales', division: 'North' });

  it('add and replace of the whole extension set what they name, also beside a schemas key (L51)', () => {
    for (const op of ['add', 'replace']) {
      const { document } = patch(before, { op, path: ENTERPRISE_URN, value: { schemas: [ENTERPRISE_URN], department: 'Ops' } });
      expect(document[ENTERPRISE_URN]).to.deep.equal({ division: 'North', department: 'Ops' });
    }
  });
  it('add of an extension that was not there names it in schemas', () => {
    const { document } = patch(userBody(), { op: 'add', value: { [ENTERPRISE_URN]: { costCenter: '7' } } });

    expect(document['schemas']).to.deep.equal([USER_URN, ENTERPRISE_URN]);
  });
  for (const operation of [
    { op: 'remove', path: ENTERPRISE_URN },
    { op: 'replace', path: ENTERPRISE_URN, value: null },
    { op: 'replace', value: { [ENTERPRISE_URN]: null } },
  ]) {
    it(`${JSON.stringify(operation)} takes the whole extension and its URN away`, () => {
      expect(patch(before, operation).document).to.deep.equal(user(userBody()).document);
    });
  }
  it('remove of its last attribute takes its URN out of schemas', () => {
    const { document } = patch(enterpriseBody({ department: 'Sales' }), { op: 'remove', path: `${ENTERPRISE_URN}:department` });

    expect(document).to.deep.equal(user(userBody()).document);
  });
  it('windows are checked as a whole, after all operations', () => {
    const stored = accessBody({ validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-02-01T00:00:00Z' });
    const moved = [
      { op: 'replace', path: `${ACCESS_URN}:validFrom`, value: '2026-03-01T00:00:00Z' },
      { op: 'replace', path: `${ACCESS_URN}:validUntil`, value: '2026-04-01T00:00:00Z' },
    ];

    expect(patch(stored, ...moved).document[ACCESS_URN]).to.deep.equal({
      validFrom: '2026-03-01T00:00:00Z',
      validUntil: '2026-04-01T00:00:00Z',
    });
    expectRefused(() => patch(stored, moved[0]), 'invalidValue');
  });
});

describe('applyPatch: the PIN', () => {
  const stored = accessBody({ card: 'c' });
  for (const operation of [
    { op: 'add', path: `${ACCESS_URN}:pin`, value: '4711' },
    { op: 'replace', value: { [`${ACCESS_URN}:pin`]: '4711' } },
    { op: 'replace', path: ACCESS_URN, value: { pin: '4711' } },
    { op: 'add', value: { [ACCESS_URN]: { PIN: '4711' } } },
  ]) {
    it(`reaches the check and never the document: ${JSON.stringify(operation)}`, () => {
      const checked = patch(stored, operation);

      expect(checked.pin).to.equal('4711');
      expect(checked.document).to.deep.equal(user(stored).document);
    });
  }
  for (const operation of [
    { op: 'remove', path: `${ACCESS_URN}:pin` },
    { op: 'replace', path: `${ACCESS_URN}:pin`, value: null },
    { op: 'replace', value: { [ACCESS_URN]: { pin: null } } },
    { op: 'remove', path: ACCESS_URN },
  ]) {
    it(`is taken away by ${JSON.stringify(operation)}`, () => expect(patch(stored, operation).pin).to.equal(null));
  }
  it('is kept by every other PATCH', () => {
    expect(patch(stored, { op: 'replace', path: `${ACCESS_URN}:card`, value: 'd' }).pin).to.equal(undefined);
    expect(patch(stored, { op: 'replace', path: 'active', value: false }).pin).to.equal(undefined);
  });
});

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

describe('applyPatch: as a whole', () => {
  it('operations build on each other, in order', () => {
    expect(
      emails(
        { op: 'remove', path: 'emails' },
        { op: 'add', path: 'emails', value: [HOME] },
        { op: 'replace', path: 'emails[type eq "home"].value', value: 'z@x' },
      ),
    ).to.deep.equal([{ ...HOME, value: 'z@x' }]);
  });
  describe('bounds the work on a list of 1,000 values', () => {
    const { document } = user(
      userBody({ emails: Array.from({ length: 1000 }, (_, n) => ({ value: `Ünïcode${n}@example.com`, type: `t${n}` })) }),
    );
    const filter = Array.from({ length: 60 }, (_, n) => `type eq "${n}"`).join(' or ');
    const absent = Array.from({ length: 20 }, (_, n) => ({ value: `q${n}@x` }));
    for (const [label, reached, operation] of [
      ['with a long filter', 4, { op: 'remove', path: `emails[${filter}]` }],
      ['with values to look for', 10, { op: 'remove', path: 'emails', value: absent }],
      ['of all its values', 201, { op: 'replace', path: 'emails.display', value: 'd' }],
    ] as const) {
      it(`of 1,000 operations ${label} ${reached} are looked at, then they are too many`, () => {
        const body = patchBody(...Array.from({ length: 1000 }, () => operation));
        let looks = 0;
        const operations = new Proxy(parsePatch(body, USER_SCHEMA, DEFAULT_SCIM_SWITCHES), {
          get: (list, name) => {
            if (/^\d+$/.test(String(name))) looks += 1;
            return Reflect.get(list, name);
          },
        });
        expectRefused(() => applyPatch(document, operations, DEFAULT_SCIM_SWITCHES), 'tooMany');
        expect(looks).to.equal(reached);
        expectRefused(() => patchedUser(document, body), 'tooMany');
      });
    }
  });
  it('lets a thousand operations on an ordinary list through', () => {
    const operations = Array.from({ length: 1000 }, (_, n) => ({
      op: 'replace',
      path: 'emails[type eq "work" and value ew "x"].display',
      value: `d${n}`,
    }));

    expect(emails(...operations)).to.deep.equal([{ ...WORK, display: 'd999' }, HOME]);
  });
  it('changes the attributes of a Group', () => {
    expect(patchedGroup(groupBody(), { op: 'Replace', path: 'displayName', value: 'Night cleaners' })).to.include({
      displayName: 'Night cleaners',
      displayNameKey: 'night cleaners',
    });
    expect(
      patchedGroup(groupBody({ externalId: 'e' }), { op: 'replace', value: { id: 'G-0001', displayName: 'Crew' } }).document,
    ).to.include({ displayName: 'Crew', externalId: 'e' });
    expectRefused(() => patchedGroup(groupBody(), { op: 'replace', path: 'displayName', value: '' }), 'invalidValue');
  });
});
