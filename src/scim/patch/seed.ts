import type { JsonObject } from '../../domain/scim.js';
import type { ComparisonValue, ResolvedFilter } from '../filter/resolved.js';

/**
 * What a value must hold to match the filter, if the filter says it in so many words: `eq`, or several joined by `and`.
 * null for every other filter, and for one that contradicts itself.
 *
 * `type eq "work"` → `{type: "work"}`: Entra writes an address that is not there yet this way (D-P1).
 */
export function seedOf(filter: ResolvedFilter): JsonObject | null {
  const seed = new Map<string, ComparisonValue>();
  if (!collect(filter, seed)) return null;
  return Object.fromEntries(seed);
}

function collect(filter: ResolvedFilter, seed: Map<string, ComparisonValue>): boolean {
  if (filter.kind === 'and') return filter.filters.every((part) => collect(part, seed));
  if (filter.kind !== 'compare' || filter.operator !== 'eq') return false;
  const { name } = filter.on.sub ?? filter.on.attribute;
  const known = seed.get(name);
  seed.set(name, filter.literal);
  return known === undefined || known === filter.literal;
}
