import { DEFAULT_SETTINGS, type IntegrationSettings, type SyncKind } from '../domain/integration.js';
import type { Json, JsonObject } from '../domain/scim.js';
import { InvalidInput } from '../errors.js';

/** Keys that would reach the prototype of a plain object. */
const REFUSED = new Set(['__proto__', 'constructor', 'prototype']);

/** What a kind starts with, where that differs from the common defaults. */
const DEFAULTS_OF_KIND: Partial<Record<SyncKind, JsonObject>> = {
  nexudus: { credentials: { pin: 'source' } },
};

/** As JSON, whose types know that a setting may be anything. */
const COMMON = JSON.parse(JSON.stringify(DEFAULT_SETTINGS)) as JsonObject;

/** The settings in force: the defaults of the kind, and over them what was said. Settings of the kind alone are kept beside them. */
export function settingsOf(kind: SyncKind, said: JsonObject): IntegrationSettings & JsonObject {
  return mergeSettings(mergeSettings(COMMON, DEFAULTS_OF_KIND[kind] ?? {}), said) as IntegrationSettings & JsonObject;
}

/**
 * `patch` over `base`, object by object; lists and objects that name their `kind` are replaced whole, and null takes a
 * setting back to its default. Values are for the caller to check. Errors: `InvalidInput` for a key that is no name.
 */
export function mergeSettings(base: JsonObject, patch: JsonObject, pointer = '/settings'): JsonObject {
  const merged = new Map<string, Json>(Object.entries(base));
  for (const [key, value] of Object.entries(patch)) {
    if (REFUSED.has(key)) throw new InvalidInput('This is not the name of a setting.', `${pointer}/${key}`);
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else merged.set(key, isBranch(value) ? mergeSettings(isBranch(before) ? before : {}, value, `${pointer}/${key}`) : value);
  }
  return Object.fromEntries(merged);
}

/** Before and after of every single setting that differs, by its dotted name. */
export function changedSettings(
  before: JsonObject,
  after: JsonObject,
  prefix = 'settings.',
): Record<string, { before: Json; after: Json }> {
  const changes = new Map<string, { before: Json; after: Json }>();
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, new_] = [before[key] ?? null, after[key] ?? null];
    if (isBranch(old) && isBranch(new_)) {
      for (const [name, change] of Object.entries(changedSettings(old, new_, `${prefix}${key}.`))) changes.set(name, change);
    } else if (JSON.stringify(old) !== JSON.stringify(new_)) {
      changes.set(`${prefix}${key}`, { before: old, after: new_ });
    }
  }
  return Object.fromEntries(changes);
}

function isBranch(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value);
}
