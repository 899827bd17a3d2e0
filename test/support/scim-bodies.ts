import { expect } from 'chai';
import { DEFAULT_SCIM_SWITCHES } from '../../src/domain/integration.js';
import { ACCESS_URN, ENTERPRISE_URN, GROUP_URN, PATCH_OP_URN, USER_URN } from '../../src/domain/scim.js';
import type { CheckedUser, JsonObject, ResourceDocument } from '../../src/domain/scim.js';
import { ScimError } from '../../src/scim/errors.js';
import type { ScimType } from '../../src/scim/errors.js';
import { checkGroup } from '../../src/scim/model/check-group.js';
import type { CheckedGroupBody } from '../../src/scim/model/check-group.js';
import { checkUser } from '../../src/scim/model/check-user.js';
import { applyPatch } from '../../src/scim/patch/apply-patch.js';
import { groupPatch } from '../../src/scim/patch/group-patch.js';
import type { GroupPatch } from '../../src/scim/patch/group-patch.js';
import { parsePatch } from '../../src/scim/patch/parse-patch.js';
import type { PatchSwitches } from '../../src/scim/patch/parse-patch.js';
import { GROUP_SCHEMA, USER_SCHEMA } from '../../src/scim/schema/schemas.js';

const STRICT = { missingSchemas: 'refuse', activeWhenAbsent: true } as const;
const AFTER_PATCH = { missingSchemas: 'derive', activeWhenAbsent: false } as const;

/** A body as it comes off the wire: `__proto__` is a name like any other in JSON. */
export function wire(text: string): unknown {
  return JSON.parse(text);
}

export const userBody = (more: object = {}): object => ({ schemas: [USER_URN], userName: 'ann@example.com', ...more });
export const groupBody = (more: object = {}): object => ({ schemas: [GROUP_URN], displayName: 'Cleaners', ...more });
export const accessBody = (access: object): object => userBody({ [ACCESS_URN]: access });
export const enterpriseBody = (enterprise: object): object => userBody({ [ENTERPRISE_URN]: enterprise });

export const user = (body: unknown): CheckedUser => checkUser(body, STRICT);
export const group = (body: unknown): CheckedGroupBody => checkGroup(body, STRICT);

export const patchBody = (...operations: readonly unknown[]): object => ({ schemas: [PATCH_OP_URN], Operations: operations });

/** What a PATCH makes of a stored User: parse, apply, check. */
export function patchedUser(stored: ResourceDocument, body: unknown, switches: Partial<PatchSwitches> = {}): CheckedUser {
  const all = { ...DEFAULT_SCIM_SWITCHES, ...switches };
  return checkUser(applyPatch(stored, parsePatch(body, USER_SCHEMA, all), all), AFTER_PATCH);
}

/** The same for a User that was posted just now. */
export function patch(before: object, ...operations: readonly unknown[]): CheckedUser {
  return patchedUser(user(before).document, patchBody(...operations));
}

export function patchGroup(...operations: readonly unknown[]): GroupPatch {
  return groupPatch(parsePatch(patchBody(...operations), GROUP_SCHEMA, DEFAULT_SCIM_SWITCHES));
}

export function patchedGroup(before: object, ...operations: readonly unknown[]): CheckedGroupBody {
  const { attributes } = patchGroup(...operations);
  return checkGroup(applyPatch(group(before).document, attributes, DEFAULT_SCIM_SWITCHES), AFTER_PATCH);
}

/** The extension's part of a document; empty when there is none. */
export function part(document: ResourceDocument, urn: string): JsonObject {
  return (document[urn] ?? {}) as JsonObject;
}

export function refusal(action: () => unknown): ScimError {
  try {
    action();
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

export function expectRefused(action: () => unknown, scimType: ScimType, status = 400): void {
  const error = refusal(action);
  expect([error.status, error.scimType]).to.deep.equal([status, scimType]);
  expect(error.publicMessage).to.be.a('string').that.is.not.empty;
}

/** Nobody has reached into the machinery of the process. */
export function expectCleanPrototype(): void {
  expect(Object.keys(Object.prototype)).to.deep.equal([]);
  expect(Reflect.get({}, 'polluted')).to.equal(undefined);
}
