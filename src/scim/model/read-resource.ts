import type { JsonObject, ResourceDocument } from '../../domain/scim.js';
import { InvalidSyntax, InvalidValue } from '../errors.js';
import type { ResourceSchema } from '../schema/attribute.js';
import { extensionAt } from '../schema/resolve.js';
import { GROUP_SCHEMA } from '../schema/schemas.js';
import { assemble, isObject, readNames } from './read-value.js';
import type { Found } from './read-value.js';

/** What a whole body says: core attributes, and those of each extension by its URN in canonical spelling. */
export interface FoundResource {
  readonly core: Found;
  readonly extensions: ReadonlyMap<string, Found>;
  /** A Group's members as they were sent: rows, not part of the document. `undefined`: not said. */
  readonly members: unknown;
}

/**
 * Reads the body of a POST or PUT, or what a PATCH has left.
 *
 * @throws InvalidSyntax when the body is no object or its `schemas` are wrong, InvalidValue for what is inside
 * @see RFC 7643 section 3, RFC 7644 section 3.3
 */
export function readResource(body: unknown, schema: ResourceSchema, missingSchemas: 'refuse' | 'derive'): FoundResource {
  if (!isObject(body)) throw new InvalidSyntax('The body must be a JSON object.');
  let schemas: unknown = null;
  let members: unknown;
  const extensions = new Map<string, Found>();
  const core = readNames(schema.attributes, body, '', (name, value) => {
    const extension = schema.extensions.get(name);
    if (extension !== undefined) extensions.set(extension.urn, readExtension(schema, extension.urn, value));
    else if (name === 'schemas') schemas = value;
    else if (schema === GROUP_SCHEMA && name === 'members') members = value;
    else return false;
    return true;
  });
  checkSchemas(schemas, schema, missingSchemas);
  return { core, extensions, members };
}

function readExtension(schema: ResourceSchema, urn: string, value: unknown): Found {
  if (value === null || (Array.isArray(value) && value.length === 0)) return new Map();
  if (!isObject(value)) throw new InvalidValue(`${urn} must be an object.`);
  return readNames(extensionAt(schema, urn), value, `${urn}:`);
}

/** Unknown URNs beside the right one are accepted: Entra sends one with every Group (D-L4). */
function checkSchemas(value: unknown, schema: ResourceSchema, missing: 'refuse' | 'derive'): void {
  if ((value === null || (Array.isArray(value) && value.length === 0)) && missing === 'derive') return;
  if (!Array.isArray(value) || value.length === 0) throw new InvalidSyntax(`schemas must be a list that holds ${schema.urn}.`);
  const urns = new Set<string>();
  for (const urn of value) {
    if (typeof urn !== 'string') throw new InvalidSyntax('schemas must be a list of texts.');
    urns.add(urn.toLowerCase());
  }
  if (urns.size < value.length) throw new InvalidSyntax('schemas must not name a schema twice.');
  if (!urns.has(schema.urn.toLowerCase())) throw new InvalidSyntax(`schemas must hold ${schema.urn}.`);
}

/** The document to keep: `schemas` names the core schema and each extension that has data (RFC 7643 section 3.3). */
export function documentOf({ core, extensions }: Pick<FoundResource, 'core' | 'extensions'>, schema: ResourceSchema): ResourceDocument {
  const schemas: string[] = [schema.urn];
  const parts: Record<string, JsonObject> = {};
  for (const { urn, attributes } of schema.extensions.values()) {
    const found = extensions.get(urn);
    const part = found === undefined ? {} : assemble(attributes, found, `${urn}:`);
    if (Object.keys(part).length === 0) continue;
    schemas.push(urn);
    parts[urn] = part;
  }
  return { schemas, ...assemble(schema.attributes, core), ...parts };
}
