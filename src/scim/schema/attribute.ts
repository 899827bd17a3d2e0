import type { ResourceType } from '../../domain/scim.js';

export type AttributeType = 'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'reference' | 'binary' | 'complex';

/** One attribute with its characteristics. @see RFC 7643 section 2.2 and 7 */
export interface Attribute {
  /** Canonical spelling. */
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  /** By lower-case name; empty unless complex. */
  readonly subAttributes: ReadonlyMap<string, Attribute>;
}

export interface SchemaExtension {
  readonly urn: string;
  readonly required: boolean;
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/**
 * All attributes of a resource type: the common ones (`id`, `externalId`, `meta`, `schemas`), the core ones,
 * and each extension by its URN in lower case. Attribute names are looked up in lower case.
 */
export interface ResourceSchema {
  readonly resourceType: ResourceType;
  /** `/Users` or `/Groups`. */
  readonly endpoint: string;
  readonly urn: string;
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly extensions: ReadonlyMap<string, SchemaExtension>;
}

/** Where a name leads: `urn` is set for an attribute of an extension, null for a core or common one. */
export interface ResolvedAttribute {
  readonly urn: string | null;
  readonly attribute: Attribute;
  readonly sub: Attribute | null;
}
