import { ACCESS_URN, ENTERPRISE_URN, USER_URN } from '../../src/domain/scim.js';
import type { Attribute, AttributeType, ResourceSchema } from '../../src/scim/schema/attribute.js';

type Traits = Partial<Omit<Attribute, 'name' | 'type' | 'subAttributes'>>;

export function attribute(name: string, type: AttributeType, traits: Traits = {}, subAttributes: readonly Attribute[] = []): Attribute {
  return {
    name,
    type,
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...traits,
    subAttributes: byName(subAttributes),
  };
}

export function byName(attributes: readonly Attribute[]): ReadonlyMap<string, Attribute> {
  return new Map(attributes.map((one) => [one.name.toLowerCase(), one]));
}

function values(name: string, ...more: Attribute[]): Attribute {
  return attribute(name, 'complex', { multiValued: true }, [
    attribute('value', 'string'),
    attribute('type', 'string'),
    attribute('primary', 'boolean'),
    ...more,
  ]);
}

const exact: Traits = { caseExact: true };
const readOnly: Traits = { mutability: 'readOnly' };
const secret: Traits = { caseExact: true, mutability: 'writeOnly', returned: 'never' };

/** A User with one attribute of every kind that a filter can meet. */
export const SAMPLE_SCHEMA: ResourceSchema = {
  resourceType: 'User',
  endpoint: '/Users',
  urn: USER_URN,
  attributes: byName([
    attribute('schemas', 'reference', { ...exact, multiValued: true }),
    attribute('id', 'string', { ...exact, ...readOnly, returned: 'always' }),
    attribute('externalId', 'string', exact),
    attribute('meta', 'complex', readOnly, [
      attribute('resourceType', 'string', { ...exact, ...readOnly }),
      attribute('created', 'dateTime', readOnly),
    ]),
    attribute('userName', 'string', { required: true }),
    attribute('displayName', 'string'),
    attribute('active', 'boolean'),
    attribute('password', 'string', secret),
    attribute('name', 'complex', {}, [attribute('familyName', 'string'), attribute('givenName', 'string')]),
    values('emails', attribute('display', 'string')),
    values('phoneNumbers'),
    values('roles'),
    attribute('addresses', 'complex', { multiValued: true }, [
      attribute('country', 'string'),
      attribute('lines', 'string', { multiValued: true }),
    ]),
    attribute('x509Certificates', 'complex', { multiValued: true }, [attribute('value', 'binary', exact)]),
    attribute('groups', 'complex', { ...readOnly, multiValued: true }, [
      attribute('value', 'string', exact),
      attribute('$ref', 'reference', exact),
      attribute('display', 'string'),
    ]),
  ]),
  extensions: new Map([
    [
      ENTERPRISE_URN.toLowerCase(),
      {
        urn: ENTERPRISE_URN,
        required: false,
        attributes: byName([
          attribute('department', 'string'),
          attribute('manager', 'complex', {}, [attribute('value', 'string', exact), attribute('displayName', 'string', readOnly)]),
        ]),
      },
    ],
    [
      ACCESS_URN.toLowerCase(),
      {
        urn: ACCESS_URN,
        required: false,
        attributes: byName([
          attribute('pin', 'string', secret),
          attribute('validFrom', 'dateTime'),
          attribute('guests', 'integer'),
          attribute('rating', 'decimal'),
          attribute('tags', 'string', { multiValued: true }),
          attribute('accessPeriods', 'complex', { multiValued: true }, [
            attribute('group', 'string', exact),
            attribute('startsAt', 'dateTime'),
            attribute('code', 'string', secret),
          ]),
        ]),
      },
    ],
  ]),
};
