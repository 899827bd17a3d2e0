import { fold } from '../../domain/fold.js';
import type { Json, JsonObject, ResourceDocument } from '../../domain/scim.js';
import type { Attribute, ResourceSchema } from '../schema/attribute.js';
import { parseDateTime } from '../filter/date-time.js';

/**
 * The comparison form of a document: the same shape, texts that are not caseExact folded, dates as instants.
 *
 * @see RFC 7644 section 3.4.2.2
 */
export function matchForm(document: ResourceDocument, schema: ResourceSchema): JsonObject {
  const match = matchObject(schema.attributes, document);
  for (const { urn, attributes } of schema.extensions.values()) {
    const part = document[urn];
    if (isJsonObject(part)) match[urn] = matchObject(attributes, part);
  }
  return match;
}

/** The comparison form of one attribute's value. */
export function matchValue(attribute: Attribute, value: Json): Json {
  if (typeof value === 'string') {
    if (attribute.type === 'dateTime') return parseDateTime(value) ?? value;
    return attribute.caseExact ? value : fold(value);
  }
  if (Array.isArray(value)) return value.map((element: Json) => matchValue(attribute, element));
  return isJsonObject(value) ? matchObject(attribute.subAttributes, value) : value;
}

function matchObject(attributes: ReadonlyMap<string, Attribute>, object: JsonObject): Record<string, Json> {
  const match: Record<string, Json> = {};
  for (const attribute of attributes.values()) {
    const value = object[attribute.name];
    if (value !== undefined) match[attribute.name] = matchValue(attribute, value);
  }
  return match;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
