import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
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
import type { AccessCheck } from '../../domain/generated/api/access-check.js';
import type { ControllerCreate } from '../../domain/generated/api/controller-create.js';
import type { ControllerPatch } from '../../domain/generated/api/controller-patch.js';
import type { DoorCreate } from '../../domain/generated/api/door-create.js';
import type { DoorPatch } from '../../domain/generated/api/door-patch.js';
import type { ScheduleCreate } from '../../domain/generated/api/schedule-create.js';
import type { SchedulePatch } from '../../domain/generated/api/schedule-patch.js';
import type { SiteCreate } from '../../domain/generated/api/site-create.js';
import type { SitePatch } from '../../domain/generated/api/site-patch.js';
import { InvalidPlaces } from '../../errors.js';
import { placesOf, pointerToken } from '../../transport/places.js';
import type { SyncStart } from '../../domain/generated/api/sync-start.js';
import { HttpRefusal } from '../problem.js';

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
  'access-check': AccessCheck;
  'controller-create': ControllerCreate;
  'controller-patch': ControllerPatch;
  'door-create': DoorCreate;
  'door-patch': DoorPatch;
  'schedule-create': ScheduleCreate;
  'schedule-patch': SchedulePatch;
  'site-create': SiteCreate;
  'site-patch': SitePatch;
  'sync-start': SyncStart;
}
export type BodyName = keyof Bodies;

/** These say all they have to say in their path: no body is the same as an empty one. */
const OPTIONAL: ReadonlySet<BodyName> = new Set(['empty', 'magic-link-create', 'pin-create', 'scim-token-create', 'sync-start']);

const DEPTH_MAX = 32;

const SCHEMAS = new URL('../../../schemas/', import.meta.url);

function readSchema(path: string): { readonly $id: string } {
  return JSON.parse(readFileSync(new URL(path, SCHEMAS), 'utf8')) as { readonly $id: string };
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);

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
  'access-check': compile('access-check'),
  'controller-create': compile('controller-create'),
  'controller-patch': compile('controller-patch'),
  'door-create': compile('door-create'),
  'door-patch': compile('door-patch'),
  'schedule-create': compile('schedule-create'),
  'schedule-patch': compile('schedule-patch'),
  'site-create': compile('site-create'),
  'site-patch': compile('site-patch'),
  'sync-start': compile('sync-start'),
};

/**
 * The body as its schema has it. `undefined` stands for a request without a body.
 *
 * @throws HttpRefusal 400 without a body, InvalidPlaces with every mistake at once
 */
export function checkBody<Name extends BodyName>(name: Name, body: unknown): Bodies[Name] {
  if (body === undefined && !OPTIONAL.has(name)) throw new HttpRefusal(400, 'The request needs a JSON body.');
  const value: unknown = body === undefined ? {} : body;
  const validate: ValidateFunction<Bodies[Name]> = VALIDATORS[name];
  if (!validate(value)) throw new InvalidPlaces(placesOf(validate.errors ?? []));
  const nul = placeOfNul(value, '');
  if (nul !== null) throw new InvalidPlaces([{ pointer: nul, detail: 'must not contain the character U+0000' }]);
  return value;
}

/**
 * PostgreSQL keeps no U+0000 in a text. What a kind of integration is configured with has not met its schema yet, so nothing
 * else bounds its depth.
 */
function placeOfNul(value: unknown, pointer: string, depth = 0): string | null {
  if (typeof value === 'string') return value.includes('\u0000') ? pointer : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= DEPTH_MAX) throw new InvalidPlaces([{ pointer, detail: 'is nested too deep' }]);
  for (const [name, inner] of Object.entries(value)) {
    const found = placeOfNul(inner, `${pointer}/${pointerToken(name)}`, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
