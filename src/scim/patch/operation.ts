import type { Json } from '../../domain/scim.js';
import type { ResolvedFilter } from '../filter/resolved.js';
import type { Attribute } from '../schema/attribute.js';

/** Where an operation points: an attribute, one part of it, the values that a filter picks, or a part of those. */
export interface PatchTarget {
  /** Of the extension; null: a core attribute. */
  readonly urn: string | null;
  readonly attribute: Attribute;
  readonly sub: Attribute | null;
  readonly filter: ResolvedFilter | null;
}

/**
 * One step of a PATCH, checked as far as the schema goes. Objects (the pathless value, a whole extension, a complex
 * attribute) have been taken apart, so that every step sets, adds to, or takes away one thing.
 *
 * `value` is in canonical form: null says that there is none, as a `remove` without values, and `replace` with null
 * or `[]`. For a Group's `members` it is the list of their ids.
 *
 * @see RFC 7644 section 3.5.2
 */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly target: PatchTarget;
  readonly value: Json;
}
