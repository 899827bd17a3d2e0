import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiTokenCreate } from '../../domain/generated/api/api-token-create.js';
import type { AssociationCreate } from '../../domain/generated/api/association-create.js';
import type { CardCreate } from '../../domain/generated/api/card-create.js';
import type { EmptyBody } from '../../domain/generated/api/empty.js';
import type { IntegrationCreate } from '../../domain/generated/api/integration-create.js';
import type { IntegrationPatch } from '../../domain/generated/api/integration-patch.js';
import type { MagicLinkCreate } from '../../domain/generated/api/magic-link-create.js';
import type { MappingBody } from '../../domain/generated/api/mapping.js';
import type { MemberCreate } from '../../domain/generated/api/member-create.js';
import type { MemberGroupCreate } from '../../domain/generated/api/member-group-create.js';
import type { MemberGroupPatch } from '../../domain/generated/api/member-group-patch.js';
import type { MemberPatch } from '../../domain/generated/api/member-patch.js';
import type { PinCreate } from '../../domain/generated/api/pin-create.js';
import type { ScimTokenCreate } from '../../domain/generated/api/scim-token-create.js';
import { HttpRefusal, type PlaceError } from '../problem.js';

/** The bodies that the API takes, each by the name of its schema in `schemas/api`. */
export interface Bodies {
  'api-token-create': ApiTokenCreate;
  'association-create': AssociationCreate;
  'card-create': CardCreate;
  empty: EmptyBody;
  'integration-create': IntegrationCreate;
  'integration-patch': IntegrationPatch;
  'magic-link-create': MagicLinkCreate;
  mapping: MappingBody;
  'member-create': MemberCreate;
  'member-group-create': MemberGroupCreate;
  'member-group-patch': MemberGroupPatch;
  'member-patch': MemberPatch;
  'pin-create': PinCreate;
  'scim-token-create': ScimTokenCreate;
}
export type BodyName = keyof Bodies;

/** These say all they have to say in their path: no body is the same as an empty one. */
const OPTIONAL: ReadonlySet<BodyName> = new Set(['empty', 'magic-link-create', 'pin-create', 'scim-token-create']);

/** What the formats of the schemas mean to somebody who does not know their names. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['date-time', 'must be a date and time with its offset from UTC, such as 2026-03-01T15:00:00Z'],
  ['email', 'must be an e-mail address'],
]);

/** Nobody reads more mistakes than this in one go. */
const ERRORS_MAX = 50;

const SCHEMAS = new URL('../../../schemas/', import.meta.url);

function readSchema(path: string): { readonly $id: string } {
  return JSON.parse(readFileSync(new URL(path, SCHEMAS), 'utf8')) as { readonly $id: string };
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
for (const path of ['settings/scim-switches.json', 'settings/sync.json']) ajv.addSchema(readSchema(path));

function compile<Body>(name: BodyName): ValidateFunction<Body> {
  return ajv.compile<Body>(readSchema(`api/${name}.json`));
}

const VALIDATORS: { readonly [Name in BodyName]: ValidateFunction<Bodies[Name]> } = {
  'api-token-create': compile('api-token-create'),
  'association-create': compile('association-create'),
  'card-create': compile('card-create'),
  empty: compile('empty'),
  'integration-create': compile('integration-create'),
  'integration-patch': compile('integration-patch'),
  'magic-link-create': compile('magic-link-create'),
  mapping: compile('mapping'),
  'member-create': compile('member-create'),
  'member-group-create': compile('member-group-create'),
  'member-group-patch': compile('member-group-patch'),
  'member-patch': compile('member-patch'),
  'pin-create': compile('pin-create'),
  'scim-token-create': compile('scim-token-create'),
};

/**
 * The body as its schema has it. `undefined` stands for a request without a body.
 *
 * @throws HttpRefusal 400 with every mistake at once, by JSON Pointer; no value is repeated
 */
export function checkBody<Name extends BodyName>(name: Name, body: unknown): Bodies[Name] {
  if (body === undefined && !OPTIONAL.has(name)) throw new HttpRefusal(400, 'The request needs a JSON body.');
  const value: unknown = body === undefined ? {} : body;
  const validate: ValidateFunction<Bodies[Name]> = VALIDATORS[name];
  if (!validate(value)) throw invalid(unique((validate.errors ?? []).filter(isPlain).map(placeOf)));
  const nul = placeOfNul(value, '');
  if (nul !== null) throw invalid([{ pointer: nul, detail: 'must not contain the character U+0000' }]);
  return value;
}

/** A branch of `oneOf` that failed as well says nothing of its own. */
function isPlain(error: ErrorObject): boolean {
  return error.keyword !== 'oneOf' && error.keyword !== 'if';
}

function invalid(errors: readonly PlaceError[]): HttpRefusal {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const where = first === undefined || first.pointer === '' ? 'The body' : first.pointer;
  return new HttpRefusal(400, first === undefined ? 'The body is not valid.' : `${where} ${first.detail}${more}.`, {
    errors: errors.slice(0, ERRORS_MAX),
  });
}

function placeOf({ instancePath, keyword, params, message }: ErrorObject): PlaceError {
  if (keyword === 'additionalProperties')
    return { pointer: `${instancePath}/${pointerToken(String(params['additionalProperty']))}`, detail: 'is not known' };
  if (keyword === 'required')
    return { pointer: `${instancePath}/${pointerToken(String(params['missingProperty']))}`, detail: 'is required' };
  if (keyword === 'enum')
    return { pointer: instancePath, detail: `must be one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}` };
  if (keyword === 'const')
    return { pointer: instancePath, detail: `must be ${String(params['allowedValue'])}: anything else is not available` };
  if (keyword === 'format')
    return { pointer: instancePath, detail: FORMATS.get(String(params['format'])) ?? 'does not have the right form' };
  if (keyword === 'minimum' || keyword === 'maximum')
    return { pointer: instancePath, detail: `must be at ${keyword === 'minimum' ? 'least' : 'most'} ${String(params['limit'])}` };
  if (keyword === 'pattern') return { pointer: instancePath, detail: 'does not have the right form' };
  return { pointer: instancePath, detail: message ?? 'is not valid' };
}

function unique(errors: readonly PlaceError[]): PlaceError[] {
  return [...new Map(errors.map((error) => [`${error.pointer} ${error.detail}`, error])).values()];
}

/** PostgreSQL keeps no U+0000 in a text. The value has passed its schema, so its depth has a bound. */
function placeOfNul(value: unknown, pointer: string): string | null {
  if (typeof value === 'string') return value.includes('\u0000') ? pointer : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = placeOfNul(inner, `${pointer}/${pointerToken(name)}`);
    if (found !== null) return found;
  }
  return null;
}

/** @see RFC 6901 section 3 */
function pointerToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
