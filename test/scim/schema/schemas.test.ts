import { expect } from 'chai';
import SCIMMY from 'scimmy';
import { ACCESS_URN, ENTERPRISE_URN } from '../../../src/domain/scim.js';
import type { Attribute, ResourceSchema } from '../../../src/scim/schema/attribute.js';
import { attributeAt, extensionAt, qualifiedName, resolveName } from '../../../src/scim/schema/resolve.js';
import { GROUP_SCHEMA, USER_SCHEMA } from '../../../src/scim/schema/schemas.js';

const at = (schema: ResourceSchema, path: string): Attribute => attributeAt(schema.attributes, path);
const inExtension = (urn: string, path: string): Attribute => attributeAt(extensionAt(USER_SCHEMA, urn), path);

describe('the schemas', () => {
  it('hold the attributes of RFC 7643 section 4.1', () => {
    expect([...USER_SCHEMA.attributes.values()].map(({ name }) => name)).to.deep.equal([
      'schemas',
      'id',
      'externalId',
      'meta',
      'userName',
      'name',
      'displayName',
      'nickName',
      'profileUrl',
      'title',
      'userType',
      'preferredLanguage',
      'locale',
      'timezone',
      'active',
      'password',
      'emails',
      'phoneNumbers',
      'ims',
      'photos',
      'addresses',
      'groups',
      'entitlements',
      'roles',
      'x509Certificates',
    ]);
  });
  it('hold the two extensions of a User, none of a Group', () => {
    expect([...USER_SCHEMA.extensions.keys()]).to.deep.equal([ENTERPRISE_URN.toLowerCase(), ACCESS_URN.toLowerCase()]);
    expect(GROUP_SCHEMA.extensions.size).to.equal(0);
  });

  const characteristics: ReadonlyArray<readonly [label: string, attribute: Attribute, expected: Partial<Attribute>]> = [
    ['id', at(USER_SCHEMA, 'id'), { caseExact: true, mutability: 'readOnly', returned: 'always', uniqueness: 'global' }],
    ['schemas', at(USER_SCHEMA, 'schemas'), { multiValued: true, returned: 'always' }],
    ['externalId', at(USER_SCHEMA, 'externalId'), { caseExact: true, mutability: 'readWrite', uniqueness: 'server' }],
    ['meta.version', at(USER_SCHEMA, 'meta.version'), { caseExact: true, mutability: 'readOnly' }],
    ['userName', at(USER_SCHEMA, 'userName'), { caseExact: false, required: true, uniqueness: 'server' }],
    ['password', at(USER_SCHEMA, 'password'), { mutability: 'writeOnly', returned: 'never' }],
    ['groups', at(USER_SCHEMA, 'groups'), { mutability: 'readOnly', multiValued: true }],
    ['groups.value', at(USER_SCHEMA, 'groups.value'), { mutability: 'readOnly', caseExact: true }],
    ['active', at(USER_SCHEMA, 'active'), { type: 'boolean', required: false }],
    ['emails.value', at(USER_SCHEMA, 'emails.value'), { caseExact: false, type: 'string' }],
    ['x509Certificates.value', at(USER_SCHEMA, 'x509Certificates.value'), { caseExact: true, type: 'binary' }],
    ['Group displayName', at(GROUP_SCHEMA, 'displayName'), { required: true, caseExact: false, uniqueness: 'server' }],
    ['members', at(GROUP_SCHEMA, 'members'), { mutability: 'readWrite', multiValued: true, type: 'complex' }],
    ['members.value', at(GROUP_SCHEMA, 'members.value'), { mutability: 'immutable', caseExact: true }],
    ['members.$ref', at(GROUP_SCHEMA, 'members.$ref'), { mutability: 'readOnly', type: 'reference' }],
    ['manager.value', inExtension(ENTERPRISE_URN, 'manager.value'), { mutability: 'readWrite', caseExact: true }],
    ['manager.displayName', inExtension(ENTERPRISE_URN, 'manager.displayName'), { mutability: 'readOnly' }],
    ['validFrom', inExtension(ACCESS_URN, 'validFrom'), { type: 'dateTime' }],
    ['accessPeriods.value', inExtension(ACCESS_URN, 'accessPeriods.value'), { caseExact: true, required: true }],
    ['pin', inExtension(ACCESS_URN, 'pin'), { mutability: 'writeOnly', returned: 'never' }],
    ['card', inExtension(ACCESS_URN, 'card'), { type: 'string', mutability: 'readWrite' }],
    ['syncStatus', inExtension(ACCESS_URN, 'syncStatus'), { mutability: 'readOnly' }],
    ['skipReason', inExtension(ACCESS_URN, 'skipReason'), { mutability: 'readOnly' }],
  ];
  for (const [label, attribute, expected] of characteristics)
    it(`tell the truth about ${label}`, () => expect(attribute).to.include(expected));

  it('leave scimmy able to take any type, and our extension (L39)', () => {
    const { definition } = SCIMMY.Schemas.User;

    for (const path of [
      'roles.type',
      'x509Certificates.type',
      'emails.type',
      'phoneNumbers.type',
      'ims.type',
      'photos.type',
      'addresses.type',
      'entitlements.type',
    ]) {
      expect(definition.attribute(path).config.canonicalValues, path).to.equal(false);
    }
    expect(definition.attribute(`${ACCESS_URN}:pin`).name).to.equal('pin');
  });
});

describe('names', () => {
  it('lead to attributes with and without URN, in any case', () => {
    for (const name of [
      'emails.value',
      'EMAILS.VALUE',
      `${USER_SCHEMA.urn}:emails.value`,
      `${USER_SCHEMA.urn.toUpperCase()}:Emails.Value`,
    ]) {
      expect(resolveName(name, USER_SCHEMA), name).to.include({ urn: null, sub: at(USER_SCHEMA, 'emails.value') });
    }
    expect(resolveName(`${ENTERPRISE_URN}:manager`, USER_SCHEMA)).to.deep.equal({
      urn: ENTERPRISE_URN,
      attribute: inExtension(ENTERPRISE_URN, 'manager'),
      sub: null,
    });
  });
  it('that nobody knows lead nowhere', () => {
    for (const name of [
      '',
      '.',
      'nope',
      'name.nope',
      'name.givenName.x',
      'department',
      `${ENTERPRISE_URN}:userName`,
      `${ENTERPRISE_URN}x:department`,
      'urn:x:userName',
      '__proto__',
      'constructor',
      'toString',
    ]) {
      expect(resolveName(name, USER_SCHEMA), name).to.equal(null);
    }
  });
  it('may be a URN alone', () => {
    expect(qualifiedName(ENTERPRISE_URN.toUpperCase(), USER_SCHEMA)).to.deep.equal({ urn: ENTERPRISE_URN, rest: '' });
    expect(qualifiedName(USER_SCHEMA.urn, USER_SCHEMA)).to.deep.equal({ urn: null, rest: '' });
  });
  it('that the program counts on are an error of ours when they are missing', () => {
    expect(() => at(USER_SCHEMA, 'nope')).to.throw(TypeError, 'nope');
    expect(() => extensionAt(GROUP_SCHEMA, ENTERPRISE_URN)).to.throw(TypeError, ENTERPRISE_URN);
  });
});
