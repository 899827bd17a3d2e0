import { DEFAULT_SETTINGS, type IntegrationSettings, type SyncKind } from '../domain/integration.js';
import type { Json, JsonObject } from '../domain/scim.js';
import { InvalidInput } from '../errors.js';

/** Keys that would reach the prototype of a plain object. */
const REFUSED = new Set(['__proto__', 'constructor', 'prototype']);

/** A source says what is; two of its listings may well have one name, and a Group may name somebody who is out of scope. */
const PULLED: JsonObject = { duplicateGroupName: 'allow', unknownMember: 'skip' };

/** What a kind starts with, where that differs from the common defaults. */
const DEFAULTS_OF_KIND: Readonly<Record<SyncKind, JsonObject>> = {
  scim: {},
  guesty: { scim: PULLED },
  cloudbeds: { scim: PULLED },
  nexudus: { scim: PULLED, credentials: { pin: 'source' } },
  google_workspace: { scim: PULLED },
};

/** As JSON, whose types know that a setting may be anything. */
const COMMON = JSON.parse(JSON.stringify(DEFAULT_SETTINGS)) as JsonObject;

/** The settings in force: the defaults of the kind, and over them what was said. Settings of the kind alone are kept beside them. */
export function settingsOf(kind: SyncKind, said: JsonObject): IntegrationSettings & JsonObject {
  return mergeSettings(mergeSettings(COMMON, DEFAULTS_OF_KIND[kind]), said) as IntegrationSettings & JsonObject;
}

/** Why an integration with these settings cannot be enabled, in a sentence; null: it can. */
export function whyNotEnabled(kind: SyncKind, settings: IntegrationSettings & JsonObject): string | null {
  const { email, pin } = settings.credentials;
  // Without any of them a coworker would be imported with nothing to open a door with, and nobody would notice.
  if (kind !== 'nexudus' || email || pin !== 'none' || settings['syncCards'] === true) return null;
  return 'Turn on at least one of e-mail, PIN and cards before this integration is enabled.';
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
