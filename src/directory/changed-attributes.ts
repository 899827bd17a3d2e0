import type { ResourceDocument } from '../domain/scim.js';

/** Names of the top-level attributes (extensions by their URN) in which two documents differ: what an event says of a change. */
export function changedAttributes(before: ResourceDocument, after: ResourceDocument): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => name !== 'schemas' && JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort();
}
