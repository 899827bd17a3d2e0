import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { checkedUrl } from '../adapters/http.js';
import type { SyncKind } from '../domain/integration.js';
import type { JsonObject } from '../domain/scim.js';
import { InvalidInput, InvalidPlaces, type PlaceError } from '../errors.js';
import type { Kinds } from '../sync/kinds.js';
import type { Given } from '../sync/sources.js';
import { placesOf, pointerToken } from '../transport/places.js';

const SETTINGS = new URL('../../schemas/settings/', import.meta.url);

function readSchema(name: string): object {
  return JSON.parse(readFileSync(new URL(name, SETTINGS), 'utf8')) as object;
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, schemas: [readSchema('scim-switches.json')] });
const validateCommon = ajv.compile<JsonObject>(readSchema('sync.json'));

/**
 * Checks what is given by what the kind asks for: of settings what is to change; configuration and secrets whole, or not at
 * all when they stay as they are. @throws InvalidPlaces with every mistake at once
 */
export function checkForm(
  kinds: Kinds,
  kind: SyncKind,
  { settings, reach }: { readonly settings: JsonObject; readonly reach: Omit<Given, 'settings'> | null },
  allowPrivateUrls: boolean,
): void {
  if (!kinds.has(kind)) throw new InvalidPlaces([{ pointer: '/kind', detail: 'is not available' }]);
  const form = kinds.form(kind);
  const own = Object.entries(settings).filter(([name]) => form.settingNames.has(name));
  const common = Object.entries(settings).filter(([name]) => !form.settingNames.has(name));
  const places = [
    ...(reach === null ? [] : reachPlaces(kinds, kind, reach, allowPrivateUrls)),
    ...placesOf(form.errors('settings', Object.fromEntries(own)), '/settings'),
    ...(validateCommon(Object.fromEntries(common)) ? [] : placesOf(validateCommon.errors ?? [], '/settings')),
  ];
  if (places.length > 0) throw new InvalidPlaces(places);
}

function reachPlaces(kinds: Kinds, kind: SyncKind, reach: Omit<Given, 'settings'>, allowPrivateUrls: boolean): PlaceError[] {
  const form = kinds.form(kind);
  const inConfig = placesOf(form.errors('config', reach.config), '/config');
  const places = [
    ...(inConfig.length === 0 ? urlPlaces(reach.config, allowPrivateUrls) : inConfig),
    ...placesOf(form.errors('secrets', reach.secrets), '/secrets'),
  ];
  return places.length > 0 || kind === 'scim' ? places : credentialPlaces(kinds, kind, reach);
}

/** `patch` over `base`, name by name; null takes a value away. */
export function merged(base: JsonObject, patch: JsonObject = {}): JsonObject {
  const values = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) values.delete(name);
    else values.set(name, value);
  }
  return Object.fromEntries(values);
}

/**
 * Another address is given the secrets only by who knows them: an operator, whom nobody shows them to, could have them sent
 * to a server of their own. `given`: what of `secrets` came along. @throws InvalidPlaces for each secret that did not
 */
export function checkNewAddresses(
  kinds: Kinds,
  kind: SyncKind,
  { before, after }: { readonly before: JsonObject; readonly after: JsonObject },
  { stored, given }: { readonly stored: JsonObject; readonly given: JsonObject },
): void {
  const form = kinds.form(kind);
  const [old, now] = [form.complete('config', before), form.complete('config', after)];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  const changed = [...names].filter((name) => name.endsWith('Url') && old[name] !== now[name]);
  if (changed.length === 0) return;
  const missing = Object.keys(stored).filter((name) => !Object.hasOwn(given, name));
  const detail = `has to be given again, because ${changed.join(' and ')} ${changed.length === 1 ? 'changes' : 'change'}`;
  if (missing.length > 0) throw new InvalidPlaces(missing.map((name) => ({ pointer: `/secrets/${pointerToken(name)}`, detail })));
}

/** Every address that we would send secrets to, or an admin's browser. */
function urlPlaces(config: JsonObject, allowPrivateUrls: boolean): PlaceError[] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (!name.endsWith('Url') || typeof value !== 'string') return [];
    try {
      checkedUrl(value, allowPrivateUrls);
      return [];
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return [{ pointer: `/config/${pointerToken(name)}`, detail: lowerFirst(error.publicMessage) }];
    }
  });
}

/** A source is not read without credentials, and nobody is asked for consent by a client without a name. */
function credentialPlaces(kinds: Kinds, kind: SyncKind, { config, secrets }: Omit<Given, 'settings'>): PlaceError[] {
  if (Object.keys(secrets).length === 0) return [{ pointer: '/secrets', detail: 'is required' }];
  const named = !kinds.needsConsent(kind, secrets) || config['clientId'] !== undefined;
  return named ? [] : [{ pointer: '/config/clientId', detail: 'is required' }];
}

/** The sentence of an address, behind the place that it is about. */
function lowerFirst(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/^this /, '').replace(/\.$/, '');
}
