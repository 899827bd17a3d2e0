import { expect } from 'chai';
import { ACCESS_URN, ENTERPRISE_URN, GROUP_URN, USER_URN } from '../../../src/domain/scim.js';
import type { Json, JsonObject } from '../../../src/domain/scim.js';
import type { Attribute } from '../../../src/scim/schema/attribute.js';
import { resourceTypeDocuments, schemaDocuments, serviceProviderConfig } from '../../../src/scim/schema/discovery.js';
import { GROUP_SCHEMA, USER_SCHEMA } from '../../../src/scim/schema/schemas.js';

const BULK = { maxOperations: 1000, maxPayloadSize: 1_048_576 };
const BASE = 'https://doors.example/scim/v2';
const COMMON = ['schemas', 'id', 'externalid', 'meta'];

function everyValue(value: Json, visit: (value: Json) => void): void {
  visit(value);
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) everyValue(inner, visit);
}

function attributesOf(document: JsonObject | undefined): JsonObject[] {
  return (document?.['attributes'] ?? []) as JsonObject[];
}

function byUrn(urn: string, hidePin = false): JsonObject | undefined {
  return schemaDocuments(BASE, { hidePin }).find(({ id }) => id === urn);
}

function expectTruth(documents: readonly JsonObject[], attributes: ReadonlyMap<string, Attribute>): void {
  const own = [...attributes].filter(([name]) => !COMMON.includes(name)).map(([, attribute]) => attribute);
  expect(documents.map(({ name }) => name)).to.deep.equal(own.map(({ name }) => name));
  own.forEach((attribute, index) => {
    const document = documents[index] ?? {};
    const { type, multiValued, required, mutability, returned, caseExact, uniqueness } = attribute;
    expect(document).to.include({ type, multiValued, required, mutability, returned });
    expect(document['caseExact'] ?? false).to.equal(caseExact);
    expect(document['uniqueness'] ?? 'none').to.equal(uniqueness);
    expectTruth((document['subAttributes'] ?? []) as JsonObject[], attribute.subAttributes);
  });
}

describe('/Schemas', () => {
  it('lists the schemas with absolute locations', () => {
    expect(schemaDocuments(BASE, { hidePin: false }).map(({ id, meta }) => [id, meta])).to.deep.equal(
      [USER_URN, GROUP_URN, ENTERPRISE_URN, ACCESS_URN].map((urn) => [urn, { resourceType: 'Schema', location: `${BASE}/Schemas/${urn}` }]),
    );
  });
  it('shows the same characteristics that the program works by (D3)', () => {
    expectTruth(attributesOf(byUrn(USER_URN)), USER_SCHEMA.attributes);
    expectTruth(attributesOf(byUrn(GROUP_URN)), GROUP_SCHEMA.attributes);
    for (const [urn, { attributes }] of USER_SCHEMA.extensions)
      expectTruth(attributesOf(schemaDocuments(BASE, { hidePin: false }).find(({ id }) => String(id).toLowerCase() === urn)), attributes);
  });
  it('is plain JSON without nulls, empty suggestions, or anything else that is lost on the wire', () => {
    const documents = schemaDocuments(BASE, { hidePin: false });

    expect(JSON.parse(JSON.stringify(documents))).to.deep.equal(documents);
    everyValue(documents, (value) => expect(value).not.to.equal(null));
    everyValue(documents, (value) => {
      if (typeof value === 'object' && value !== null && 'canonicalValues' in value) expect(value['canonicalValues']).not.to.deep.equal([]);
    });
  });
  it('keeps canonical values as suggestions', () => {
    const emails = attributesOf(byUrn(USER_URN)).find(({ name }) => name === 'emails');

    expect(((emails?.['subAttributes'] ?? []) as JsonObject[]).find(({ name }) => name === 'type')).to.deep.include({
      canonicalValues: ['work', 'home', 'other'],
    });
  });
  it('hides the PIN, and nothing else, in the profile for clients that compare (D-A9)', () => {
    const names = (hidePin: boolean): unknown[] => attributesOf(byUrn(ACCESS_URN, hidePin)).map(({ name }) => name);

    expect(names(false)).to.deep.equal(['validFrom', 'validUntil', 'accessPeriods', 'pin', 'card', 'syncStatus', 'skipReason']);
    expect(names(true)).to.deep.equal(['validFrom', 'validUntil', 'accessPeriods', 'card', 'syncStatus', 'skipReason']);
    expect(byUrn(USER_URN, true)).to.deep.equal(byUrn(USER_URN, false));
  });
});

describe('/ResourceTypes', () => {
  it('describes Users with their extensions, and Groups', () => {
    const [users, groups] = resourceTypeDocuments(BASE);

    expect(users).to.deep.include({
      id: 'User',
      endpoint: '/Users',
      schema: USER_URN,
      schemaExtensions: [
        { schema: ENTERPRISE_URN, required: false },
        { schema: ACCESS_URN, required: false },
      ],
      meta: { resourceType: 'ResourceType', location: `${BASE}/ResourceTypes/User` },
    });
    expect(groups).to.deep.include({ id: 'Group', endpoint: '/Groups', schema: GROUP_URN });
    expect(groups).not.to.have.property('schemaExtensions');
  });
});

describe('/ServiceProviderConfig', () => {
  it('tells what is there (D4)', () => {
    expect(serviceProviderConfig(BASE, BULK)).to.deep.include({
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
      filter: { supported: true, maxResults: 500 },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      meta: { resourceType: 'ServiceProviderConfig', location: `${BASE}/ServiceProviderConfig` },
    });
    expect(serviceProviderConfig(BASE, BULK)['authenticationSchemes'])
      .to.have.length(1)
      .and.to.have.nested.property('[0].type', 'oauthbearertoken');
  });
});
