import { fold } from '../../src/domain/fold.js';
import type { Json, JsonObject } from '../../src/domain/scim.js';
import { instant } from '../../src/domain/time.js';
import type { Attribute, ResourceSchema } from '../../src/scim/schema/attribute.js';

/** The comparison form of a resource in canonical spelling, as `CheckedUser.match` describes it. */
export function matchForm(resource: JsonObject, schema: ResourceSchema): JsonObject {
  const extensions = new Map([...schema.extensions.values()].map((one) => [one.urn, one.attributes]));
  const entries = Object.entries(resource).map(([key, value]) => {
    const attributes = extensions.get(key);
    return [key, attributes === undefined ? formOf(value, schema.attributes.get(key.toLowerCase())) : formOfObject(value, attributes)];
  });
  return Object.fromEntries(entries);
}

function formOf(value: Json, attribute: Attribute | undefined): Json {
  if (attribute === undefined) throw new Error('the sample resource has an attribute that its schema has not');
  if (Array.isArray(value)) return value.map((one) => formOf(one, attribute));
  if (attribute.type === 'complex') return formOfObject(value, attribute.subAttributes);
  if (typeof value !== 'string') return value;
  if (attribute.type === 'dateTime') return instant(Date.parse(value));
  return attribute.caseExact ? value : fold(value);
}

function formOfObject(value: Json, attributes: ReadonlyMap<string, Attribute>): Json {
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, formOf(one, attributes.get(key.toLowerCase()))]));
}
