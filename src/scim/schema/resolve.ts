import type { Attribute, ResolvedAttribute, ResourceSchema } from './attribute.js';

/** An attribute that the program itself counts on: its absence is a mistake of ours. */
export function attributeAt(attributes: ReadonlyMap<string, Attribute>, path: string): Attribute {
  const [head = '', ...rest] = path.toLowerCase().split('.');
  const attribute = attributes.get(head);
  if (attribute === undefined) throw new TypeError(`the schema has no attribute ${path}`);
  return rest.length === 0 ? attribute : attributeAt(attribute.subAttributes, rest.join('.'));
}

/** The attributes of an extension that the program itself counts on. */
export function extensionAt(schema: ResourceSchema, urn: string): ReadonlyMap<string, Attribute> {
  const extension = schema.extensions.get(urn.toLowerCase());
  if (extension === undefined) throw new TypeError(`the schema has no extension ${urn}`);
  return extension.attributes;
}

/** A name with the URN it starts with taken off: null for the core schema's own and for none. */
export interface QualifiedName {
  readonly urn: string | null;
  /** Empty when the name is the URN alone. */
  readonly rest: string;
}

/** `urn:…:User:name.givenName` → the extension's URN in canonical spelling, and `name.givenName`. @see RFC 7644 section 3.10 */
export function qualifiedName(name: string, schema: ResourceSchema): QualifiedName {
  const lower = name.toLowerCase();
  const after = (urn: string): string | null => {
    if (!lower.startsWith(urn)) return null;
    return lower.length === urn.length ? '' : lower.charAt(urn.length) === ':' ? name.slice(urn.length + 1) : null;
  };
  for (const [key, { urn }] of schema.extensions) {
    const rest = after(key);
    if (rest !== null) return { urn, rest };
  }
  return { urn: null, rest: after(schema.urn.toLowerCase()) ?? name };
}

/** `emails.value`, with or without a URN, in any case → what the schema knows under this name; null when it knows nothing. */
export function resolveName(name: string, schema: ResourceSchema): ResolvedAttribute | null {
  const { urn, rest } = qualifiedName(name, schema);
  const attributes = urn === null ? schema.attributes : extensionAt(schema, urn);
  const [head = '', subName, ...tooDeep] = rest.toLowerCase().split('.');
  const attribute = attributes.get(head);
  if (attribute === undefined || tooDeep.length > 0) return null;
  const sub = subName === undefined ? null : attribute.subAttributes.get(subName);
  return sub === undefined ? null : { urn, attribute, sub };
}
