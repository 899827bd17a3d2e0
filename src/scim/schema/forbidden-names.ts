import { InvalidValue } from '../errors.js';

/** How deep a body may nest; the deepest thing a schema knows is four levels down. */
export const BODY_DEPTH_MAX = 32;

const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A name that reaches into JavaScript's own machinery is never data, in whatever case it is written. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN.has(name.toLowerCase());
}

/**
 * Refuses a forbidden name at any depth of a value that is not going to be looked at otherwise.
 *
 * @throws InvalidValue
 */
export function refuseForbiddenNames(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > BODY_DEPTH_MAX) throw new InvalidValue(`The body is nested deeper than ${BODY_DEPTH_MAX} levels.`);
  if (Array.isArray(value)) {
    for (const element of value) refuseForbiddenNames(element, depth + 1);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    if (isForbiddenName(name)) throw new InvalidValue('An attribute has a forbidden name.');
    refuseForbiddenNames(inner, depth + 1);
  }
}
