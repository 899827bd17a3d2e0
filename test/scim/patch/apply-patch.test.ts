import { expect } from 'chai';
import { DEFAULT_SCIM_SWITCHES } from '../../../src/domain/integration.js';
import { ACCESS_URN, ENTERPRISE_URN, USER_URN } from '../../../src/domain/scim.js';
import { applyPatch } from '../../../src/scim/patch/apply-patch.js';
import { parsePatch } from '../../../src/scim/patch/parse-patch.js';
import { USER_SCHEMA } from '../../../src/scim/schema/schemas.js';
import {
  accessBody,
  enterpriseBody,
  expectRefused,
  patch,
  patchBody,
  patchedGroup,
  patchedUser,
  groupBody,
  user,
  userBody,
} from '../../support/scim-bodies.js';
import { ann, emails, HOME, WORK } from '../../support/ann.js';

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
