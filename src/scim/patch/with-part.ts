import type { Json, JsonObject } from '../../domain/scim.js';

/** A copy with one part set, or taken away by null; null when nothing is left. */
export function withPart(before: JsonObject, name: string, value: Json): JsonObject | null {
  const after: Record<string, Json> = { ...before };
  assign(after, name, value);
  return Object.keys(after).length === 0 ? null : after;
}

/** Sets a part of an object that is ours to change; null takes it away. */
export function assign(object: Record<string, Json>, name: string, value: Json): void {
  if (value === null) delete object[name];
  else object[name] = value;
}
