/** An attribute name taken apart, spelling as written. */
export interface NameParts {
  readonly urn: string | null;
  readonly attribute: string;
  readonly sub: string | null;
}

/** `$ref` is the one name outside the ABNF that the core schemas use. @see RFC 7643 sections 2.1 and 2.4 */
const ATTRIBUTE_NAME = /^[a-z$][a-z0-9_$-]*$/i;
const URN = /^urn:[a-z0-9:._-]+$/i;

/** Names that mean something to plain JavaScript objects: no schema has them, and nothing of ours may ever index by them. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype', 'tostring']);

/** Is this one name, without URN or sub-attribute, that an attribute may have? */
export function isAttributeName(text: string): boolean {
  return ATTRIBUTE_NAME.test(text) && !FORBIDDEN.has(text.toLowerCase());
}

/**
 * `urn:…:User:name.familyName` → URN, attribute, sub-attribute; null if it is no attribute path.
 * A URN may hold dots, an attribute no colon: what follows the last colon is the attribute.
 *
 * @see RFC 7644 sections 3.4.2.2 (ABNF of attrPath) and 3.10
 */
export function splitName(text: string): NameParts | null {
  const colon = text.lastIndexOf(':');
  const urn = colon < 0 ? null : text.slice(0, colon);
  if (urn !== null && !isUrn(urn)) return null;
  const name = text.slice(colon + 1);
  const dot = name.indexOf('.');
  const attribute = dot < 0 ? name : name.slice(0, dot);
  const sub = dot < 0 ? null : name.slice(dot + 1);
  if (!isAttributeName(attribute) || (sub !== null && !isAttributeName(sub))) return null;
  return { urn, attribute, sub };
}

function isUrn(text: string): boolean {
  return URN.test(text) && text.split(':').every((part) => !FORBIDDEN.has(part.toLowerCase()));
}
