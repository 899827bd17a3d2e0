import { expect } from 'chai';
import fc from 'fast-check';
import type { GoogleUser } from '../../../src/adapters/google-workspace/schema.js';
import { addressOf, domainOf, plainText } from '../../../src/adapters/google-workspace/text.js';
import { toGroup, toUser } from '../../../src/adapters/google-workspace/to-scim.js';
import { ENTERPRISE_URN } from '../../../src/domain/scim.js';
import { checkGroup } from '../../../src/scim/model/check-group.js';
import { checkUser } from '../../../src/scim/model/check-user.js';

const MARA: GoogleUser = {
  id: '100000000000000000017',
  primaryEmail: 'mara.voss@acme.test',
  customerId: 'C0acme01',
  suspended: false,
  archived: false,
  name: { givenName: 'Mara', familyName: 'Voss', fullName: 'Mara Voss', displayName: 'Mara V.' },
  emails: [{ address: 'mara.voss@acme.test' }, { address: 'mara@home.test', type: 'home' }],
  phones: [{ value: '+34600000017', type: 'mobile', primary: true }],
  externalIds: [{ value: 'E-17', type: 'organization' }],
  organizations: [{ department: 'Ops', title: 'Lead', primary: true }],
};
const BARE: GoogleUser = { id: '1', primaryEmail: 'a@acme.test', customerId: 'C1', suspended: false, archived: false };

const accepted = (user: GoogleUser) => {
  const { attributes, externalId } = toUser(user);
  return checkUser({ ...attributes, externalId }, { missingSchemas: 'derive', activeWhenAbsent: true });
};

describe('google workspace to-scim', () => {
  it('makes a User of a directory user, keyed by the immutable id', () => {
    expect(toUser(MARA)).to.deep.equal({
      resourceType: 'User',
      externalId: '100000000000000000017',
      sourceKey: '100000000000000000017',
      attributes: {
        userName: 'mara.voss@acme.test',
        active: true,
        displayName: 'Mara V.',
        name: { formatted: 'Mara Voss', givenName: 'Mara', familyName: 'Voss' },
        title: 'Lead',
        emails: [
          { value: 'mara.voss@acme.test', type: 'work', primary: true },
          { value: 'mara@home.test', type: 'home' },
        ],
        phoneNumbers: [{ value: '+34600000017', type: 'mobile', primary: true }],
        [ENTERPRISE_URN]: { department: 'Ops', employeeNumber: 'E-17' },
      },
      skipReason: null,
      window: { startsAt: null, endsAt: null },
      periods: [],
      groups: null,
      pin: null,
      card: null,
    });
  });

  it('makes do with the least that Google sends', () => {
    expect(toUser(BARE).attributes).to.deep.equal({
      userName: 'a@acme.test',
      active: true,
      displayName: 'a@acme.test',
      emails: [{ value: 'a@acme.test', type: 'work', primary: true }],
    });
  });

  for (const [suspended, archived, skipReason] of [
    [false, false, null],
    [true, false, 'suspended'],
    [false, true, 'archived'],
    [true, true, 'suspended'],
  ] as const) {
    it(`suspended ${suspended}, archived ${archived}: skip reason ${skipReason}`, () => {
      const user = toUser({ ...MARA, suspended, archived });
      expect(user.skipReason).to.equal(skipReason);
      expect(user.attributes['active']).to.equal(skipReason === null);
    });
  }

  it('keeps the id through a rename, so that nobody is taken for another', () => {
    const renamed = toUser({ ...MARA, primaryEmail: 'mara.berg@acme.test' });
    expect(renamed.externalId).to.equal(toUser(MARA).externalId);
    expect(renamed.attributes['userName']).to.equal('mara.berg@acme.test');
  });

  it('takes the full name where there is no display name', () => {
    expect(toUser({ ...MARA, name: { fullName: 'Mara Voss' } }).attributes['displayName']).to.equal('Mara Voss');
  });

  it('takes the first organization where none is the primary one', () => {
    const organizations = [{ title: 'Cook' }, { title: 'Driver' }];
    expect(toUser({ ...BARE, organizations }).attributes['title']).to.equal('Cook');
  });

  it('uses the words of a custom type, and leaves an empty type out', () => {
    const emails = [
      { address: 'x@acme.test', type: 'custom', customType: 'bike shed' },
      { address: 'y@acme.test', type: '' },
    ];
    expect(toUser({ ...BARE, emails }).attributes['emails']).to.deep.include.members([
      { value: 'x@acme.test', type: 'bike shed' },
      { value: 'y@acme.test' },
    ]);
  });

  it('gives each address once, whatever its case', () => {
    const emails = [{ address: 'A@ACME.test' }, { address: 'b@acme.test' }, { address: 'B@acme.test' }];
    expect(toUser({ ...BARE, emails }).attributes['emails']).to.deep.equal([
      { value: 'a@acme.test', type: 'work', primary: true },
      { value: 'b@acme.test' },
    ]);
  });

  it('leaves out what cannot be an address or a number, and keeps the person', () => {
    const emails = [{ address: 'no address' }, { address: null }, {}];
    const phones = [{ value: ' ' }, { value: '+1', primary: true }, { value: '+2', primary: true }, { value: '+1' }];
    const { attributes } = toUser({ ...BARE, emails, phones });
    expect(attributes['emails']).to.have.length(1);
    expect(attributes['phoneNumbers']).to.deep.equal([{ value: '+1', primary: true }, { value: '+2' }]);
  });

  it('makes a Group of kind google_group, named by its address when it has no name', () => {
    const group = { id: '01abcde', email: 'doors-hq@acme.test' };
    expect(toGroup({ ...group, name: 'Doors HQ' }, ['1'])).to.deep.equal({
      resourceType: 'Group',
      externalId: '01abcde',
      displayName: 'Doors HQ',
      kind: 'google_group',
      members: ['1'],
    });
    expect(toGroup({ ...group, name: '' }, []).displayName).to.equal('doors-hq@acme.test');
    expect(toGroup({ ...group, name: null }, []).displayName).to.equal('doors-hq@acme.test');
  });

  it('makes only what the directory takes, whatever names people give themselves', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('', ' ', '\u202e', '\0', 'a\nb', '\ud800', 'x'.repeat(300), null),
    );
    const users = fc.record({
      id: fc.stringMatching(/^[0-9]{1,21}$/),
      primaryEmail: fc.emailAddress({ size: 'small' }),
      customerId: fc.constant('C1'),
      suspended: fc.boolean(),
      archived: fc.boolean(),
      name: fc.record({ givenName: odd, familyName: odd, fullName: odd, displayName: odd }),
      emails: fc.array(fc.record({ address: odd, type: odd, customType: odd }), { maxLength: 3 }),
      phones: fc.array(fc.record({ value: odd, type: odd, primary: fc.boolean() }), { maxLength: 3 }),
      externalIds: fc.array(fc.record({ value: odd, type: fc.constant('organization') }), { maxLength: 2 }),
      organizations: fc.array(fc.record({ department: odd, title: odd, primary: fc.boolean() }), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(users, (user) => {
        const { externalId, active } = accepted(user);
        expect(externalId).to.equal(user.id);
        expect(active).to.equal(!user.suspended && !user.archived);
      }),
      { numRuns: 80 },
    );
    fc.assert(
      fc.property(odd, (name) => {
        const { displayName, externalId } = toGroup({ id: '01', email: 'g@acme.test', name }, []);
        expect(checkGroup({ displayName, externalId }, { missingSchemas: 'derive' }).displayName).to.equal(displayName);
      }),
    );
  });
});

describe('google workspace texts', () => {
  for (const [given, plain] of [
    ['Mara', 'Mara'],
    ['  Mara  ', 'Mara'],
    ['Ma\u0000ra', 'Mara'],
    ['Ma\u202era', 'Mara'],
    ['\n', null],
    ['', null],
    [null, null],
    [undefined, null],
    ['🦊'.repeat(300), '🦊'.repeat(255)],
  ] as const) {
    it(`${JSON.stringify(given)?.slice(0, 20)} is shown as ${JSON.stringify(plain)?.slice(0, 20)}`, () => {
      expect(plainText(given)).to.equal(plain);
    });
  }

  for (const [given, address] of [
    [' a@b.test ', 'a@b.test'],
    ['a@b@c.test', null],
    ['@b.test', null],
    ['a@', null],
    ['a b@c.test', null],
    [`${'a'.repeat(250)}@b.test`, null],
    [null, null],
  ] as const) {
    it(`${given?.slice(0, 20)} is ${address === null ? 'no address' : 'an address'}`, () => {
      expect(addressOf(given)).to.equal(address);
    });
  }

  it('knows the domain of an address whatever its case, and none of a text without @', () => {
    expect(domainOf('a@ACME.Test')).to.equal('acme.test');
    expect(domainOf('acme.test')).to.equal('');
  });
});
