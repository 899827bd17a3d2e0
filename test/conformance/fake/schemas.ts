import type { JsonObject } from '../../../conformance/json.js';
import { ENTERPRISE, GROUP, RESOURCE_TYPE, SCHEMA, SERVICE_PROVIDER_CONFIG, USER } from '../../../conformance/names.js';

export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex';
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default';
  readonly uniqueness: 'none' | 'server';
  readonly subAttributes?: readonly Attribute[];
  readonly referenceTypes?: readonly string[];
}

function attribute(name: string, more: Partial<Attribute> = {}): Attribute {
  const usual = {
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
  } as const;
  return { name, type: more.subAttributes === undefined ? 'string' : 'complex', ...usual, ...more };
}

const part = (...names: readonly string[]): readonly Attribute[] => names.map((name) => attribute(name));
const list = (name: string): Attribute =>
  attribute(name, { multiValued: true, subAttributes: [...part('value', 'display', 'type'), attribute('primary', { type: 'boolean' })] });

export const BASE = 'http://fake.example/scim/v2';

export type Kind = 'User' | 'Group';

/** What every resource has; not part of any schema document. */
export const SHARED: readonly Attribute[] = [
  attribute('schemas', { multiValued: true, returned: 'always', mutability: 'readOnly' }),
  attribute('id', { caseExact: true, returned: 'always', mutability: 'readOnly' }),
  attribute('externalId', { caseExact: true }),
  attribute('meta', {
    mutability: 'readOnly',
    subAttributes: [
      ...part('resourceType', 'location', 'version'),
      attribute('created', { type: 'dateTime' }),
      attribute('lastModified', { type: 'dateTime' }),
    ],
  }),
];

export const USER_ATTRIBUTES: readonly Attribute[] = [
  attribute('userName', { required: true, uniqueness: 'server' }),
  attribute('name', { subAttributes: part('formatted', 'familyName', 'givenName') }),
  ...part('displayName', 'nickName', 'title', 'userType'),
  attribute('profileUrl', { type: 'reference', referenceTypes: ['external'] }),
  attribute('active', { type: 'boolean' }),
  attribute('password', { mutability: 'writeOnly', returned: 'never' }),
  list('emails'),
  list('phoneNumbers'),
  attribute('groups', {
    multiValued: true,
    mutability: 'readOnly',
    subAttributes: [...part('value', 'display', 'type'), attribute('$ref', { type: 'reference', referenceTypes: ['User', 'Group'] })],
  }),
];

export const GROUP_ATTRIBUTES: readonly Attribute[] = [
  attribute('displayName', { required: true }),
  attribute('members', {
    multiValued: true,
    subAttributes: [
      attribute('value', { mutability: 'immutable', caseExact: true }),
      attribute('$ref', { type: 'reference', mutability: 'immutable', referenceTypes: ['User', 'Group'] }),
      attribute('type', { mutability: 'immutable' }),
    ],
  }),
];

export const ENTERPRISE_ATTRIBUTES: readonly Attribute[] = [
  ...part('employeeNumber', 'costCenter', 'department'),
  attribute('manager', {
    subAttributes: [
      attribute('value', { caseExact: true }),
      attribute('$ref', { type: 'reference', referenceTypes: ['User'] }),
      attribute('displayName', { mutability: 'readOnly' }),
    ],
  }),
];

export function attributesOf(kind: Kind): readonly Attribute[] {
  return [...SHARED, ...(kind === 'User' ? USER_ATTRIBUTES : GROUP_ATTRIBUTES)];
}

export const SCHEMAS: readonly JsonObject[] = (
  [
    [USER, 'User', USER_ATTRIBUTES],
    [GROUP, 'Group', GROUP_ATTRIBUTES],
    [ENTERPRISE, 'EnterpriseUser', ENTERPRISE_ATTRIBUTES],
  ] as const
).map(([id, name, attributes]) => ({
  schemas: [SCHEMA],
  id,
  name,
  attributes: JSON.parse(JSON.stringify(attributes)),
  meta: { resourceType: 'Schema', location: `${BASE}/Schemas/${id}` },
}));

export const RESOURCE_TYPES: readonly JsonObject[] = (['User', 'Group'] as const).map((id) => ({
  schemas: [RESOURCE_TYPE],
  id,
  name: id,
  endpoint: `/${id}s`,
  schema: id === 'User' ? USER : GROUP,
  ...(id === 'User' ? { schemaExtensions: [{ schema: ENTERPRISE, required: false }] } : {}),
  meta: { resourceType: 'ResourceType', location: `${BASE}/ResourceTypes/${id}` },
}));

export const MAX_RESULTS = 200;
export const MAX_OPERATIONS = 20;
export const MAX_PAYLOAD = 65_536;

export const CONFIG: JsonObject = {
  schemas: [SERVICE_PROVIDER_CONFIG],
  patch: { supported: true },
  bulk: { supported: true, maxOperations: MAX_OPERATIONS, maxPayloadSize: MAX_PAYLOAD },
  filter: { supported: true, maxResults: MAX_RESULTS },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  pagination: { cursor: true, index: true, defaultPaginationMethod: 'index', defaultPageSize: 100, maxPageSize: 150, cursorTimeout: 3600 },
  authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer', description: 'A bearer token.' }],
  meta: { resourceType: 'ServiceProviderConfig', location: `${BASE}/ServiceProviderConfig` },
};
