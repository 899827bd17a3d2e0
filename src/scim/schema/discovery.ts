import type { JsonObject } from '../../domain/scim.js';
import { ACCESS_DESCRIPTION, ENTERPRISE_DESCRIPTION, GROUP_DESCRIPTION, USER_DESCRIPTION } from './definitions.js';
import type { AttributeDescription, SchemaDescription } from './definitions.js';
import { CURSOR_TIMEOUT_SECONDS, PAGE_DEFAULT, PAGE_MAX } from './limits.js';
import { GROUP_SCHEMA, USER_SCHEMA } from './schemas.js';
import type { ResourceSchema } from './attribute.js';

const SCHEMA_URN = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
const RESOURCE_TYPE_URN = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const SERVICE_PROVIDER_URN = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';

export interface DiscoveryOptions {
  /** Leave the write-only PIN out: a client that compares schemas with answers would call it missing (D-A9). */
  readonly hidePin: boolean;
}

/** What Bulk takes. */
export interface BulkLimits {
  readonly maxOperations: number;
  /** Bytes. */
  readonly maxPayloadSize: number;
}

/**
 * The documents of `/Schemas`. `baseUrl` is the configured public URL of the SCIM server, without a slash at its end.
 *
 * @see RFC 7643 section 7
 */
export function schemaDocuments(baseUrl: string, options: DiscoveryOptions): JsonObject[] {
  return [USER_DESCRIPTION, GROUP_DESCRIPTION, ENTERPRISE_DESCRIPTION, ACCESS_DESCRIPTION].map((schema) => ({
    schemas: [SCHEMA_URN],
    id: schema.urn,
    name: schema.name,
    description: schema.description,
    attributes: visible(schema, options).map(attributeDocument),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.urn}` },
  }));
}

function visible(schema: SchemaDescription, { hidePin }: DiscoveryOptions): readonly AttributeDescription[] {
  if (!hidePin || schema !== ACCESS_DESCRIPTION) return schema.attributes;
  return schema.attributes.filter((attribute) => attribute.name !== 'pin');
}

/** Only the characteristics that apply: a null would stop Entra's reading of the schema. */
function attributeDocument(attribute: AttributeDescription): JsonObject {
  const { subAttributes, referenceTypes, canonicalValues, caseExact, uniqueness, ...rest } = attribute;
  return {
    ...rest,
    ...(referenceTypes === undefined ? {} : { referenceTypes }),
    ...(canonicalValues === undefined ? {} : { canonicalValues }),
    ...(caseExact === undefined ? {} : { caseExact }),
    ...(uniqueness === undefined ? {} : { uniqueness }),
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(attributeDocument) }),
  };
}

/** The documents of `/ResourceTypes`. @see RFC 7643 section 6 */
export function resourceTypeDocuments(baseUrl: string): JsonObject[] {
  return [resourceTypeDocument(USER_SCHEMA, USER_DESCRIPTION, baseUrl), resourceTypeDocument(GROUP_SCHEMA, GROUP_DESCRIPTION, baseUrl)];
}

function resourceTypeDocument(schema: ResourceSchema, { description }: SchemaDescription, baseUrl: string): JsonObject {
  const extensions = [...schema.extensions.values()].map(({ urn, required }) => ({ schema: urn, required }));
  return {
    schemas: [RESOURCE_TYPE_URN],
    id: schema.resourceType,
    name: schema.resourceType,
    description,
    endpoint: schema.endpoint,
    schema: schema.urn,
    ...(extensions.length === 0 ? {} : { schemaExtensions: extensions }),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${schema.resourceType}` },
  };
}

/** The document of `/ServiceProviderConfig`: clients such as authentik obey it literally. @see RFC 7643 section 5 */
export function serviceProviderConfig(baseUrl: string, bulk: BulkLimits): JsonObject {
  return {
    schemas: [SERVICE_PROVIDER_URN],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: bulk.maxOperations, maxPayloadSize: bulk.maxPayloadSize },
    filter: { supported: true, maxResults: PAGE_MAX },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    // RFC 9865 section 4: clients that know nothing of cursors page by index.
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: PAGE_DEFAULT,
      maxPageSize: PAGE_MAX,
      cursorTimeout: CURSOR_TIMEOUT_SECONDS,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'A bearer token that belongs to one integration.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}
