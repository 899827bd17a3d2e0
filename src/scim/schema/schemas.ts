import type { ResourceType } from '../../domain/scim.js';
import type { Attribute, AttributeType, ResourceSchema, SchemaExtension } from './attribute.js';
import { ACCESS_DESCRIPTION, ENTERPRISE_DESCRIPTION, GROUP_DESCRIPTION, USER_DESCRIPTION } from './definitions.js';
import type { AttributeDescription, SchemaDescription } from './definitions.js';

const MUTABILITIES = ['readOnly', 'readWrite', 'immutable', 'writeOnly'] as const;
const RETURNED = ['always', 'never', 'default', 'request'] as const;
const UNIQUENESS = ['none', 'server', 'global'] as const;

function oneOf<Word extends string>(words: readonly Word[], word: string): Word {
  const found = words.find((candidate) => candidate === word);
  if (found === undefined) throw new TypeError(`unknown characteristic: ${word}`);
  return found;
}

function attributeOf(description: AttributeDescription): Attribute {
  const type: AttributeType = description.type;
  return {
    name: description.name,
    type,
    multiValued: description.multiValued,
    required: description.required,
    caseExact: description.caseExact ?? false,
    mutability: oneOf(MUTABILITIES, description.mutability),
    returned: oneOf(RETURNED, description.returned),
    uniqueness: oneOf(UNIQUENESS, description.uniqueness ?? 'none'),
    subAttributes: byName(description.subAttributes ?? []),
  };
}

function byName(descriptions: readonly AttributeDescription[]): ReadonlyMap<string, Attribute> {
  return new Map(descriptions.map((description) => [description.name.toLowerCase(), attributeOf(description)]));
}

function schemaOf(
  resourceType: ResourceType,
  endpoint: string,
  core: SchemaDescription,
  extensions: readonly SchemaDescription[],
): ResourceSchema {
  return {
    resourceType,
    endpoint,
    urn: core.urn,
    attributes: byName([...core.common, ...core.attributes]),
    extensions: new Map(
      extensions.map(({ urn, attributes }): [string, SchemaExtension] => [
        urn.toLowerCase(),
        { urn, required: false, attributes: byName(attributes) },
      ]),
    ),
  };
}

/** @see RFC 7643 sections 4.1 and 4.3 */
export const USER_SCHEMA = schemaOf('User', '/Users', USER_DESCRIPTION, [ENTERPRISE_DESCRIPTION, ACCESS_DESCRIPTION]);

/** @see RFC 7643 section 4.2 */
export const GROUP_SCHEMA = schemaOf('Group', '/Groups', GROUP_DESCRIPTION, []);

/**
 * Every name that Users or Groups have, for queries over both: what is not in here nobody has. The core schemas are told
 * apart by their URNs, as an extension is.
 */
export const ANY_SCHEMA: ResourceSchema = {
  ...USER_SCHEMA,
  attributes: new Map([...GROUP_SCHEMA.attributes, ...USER_SCHEMA.attributes]),
  extensions: new Map([
    ...USER_SCHEMA.extensions,
    [GROUP_SCHEMA.urn.toLowerCase(), { urn: GROUP_SCHEMA.urn, required: false, attributes: GROUP_SCHEMA.attributes }],
  ]),
};
