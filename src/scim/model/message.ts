import { InvalidSyntax, InvalidValue } from '../errors.js';
import { isForbiddenName, refuseForbiddenNames } from '../schema/forbidden-names.js';

/**
 * The fields of one of a protocol message's own objects by lower-case name (RFC 7643 section 2.1: names have no case).
 * What has a name that is not `known` is only looked through.
 *
 * @throws InvalidValue for a forbidden name, InvalidSyntax for one name in two spellings
 */
export function messageFields(object: { readonly [name: string]: unknown }, known: ReadonlySet<string>): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const name of Object.keys(object)) {
    const lower = name.toLowerCase();
    if (isForbiddenName(lower)) throw new InvalidValue('An attribute has a forbidden name.');
    if (fields.has(lower)) throw new InvalidSyntax('A name is given twice in different spellings.');
    if (!known.has(lower)) refuseForbiddenNames(object[name]);
    fields.set(lower, object[name]);
  }
  return fields;
}

/** @throws InvalidSyntax unless the message says that it is one of these. @see RFC 7644 section 3.1 */
export function requireSchema(schemas: unknown, urn: string): void {
  const named = Array.isArray(schemas) && schemas.some((one) => typeof one === 'string' && one.toLowerCase() === urn.toLowerCase());
  if (!named) throw new InvalidSyntax(`schemas must hold ${urn}.`);
}
