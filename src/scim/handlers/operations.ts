import type { ResourceType } from '../../domain/scim.js';
import type { Answer } from '../answer.js';
import type { ScimCall, ScimParts } from '../call.js';
import { createGroup, deleteGroup, getGroup, patchGroup, replaceGroup } from './groups.js';
import { createUser, deleteUser, getUser, patchUser, replaceUser } from './users.js';

/** What can be done to one resource of a type, whatever the request came in. */
export interface ResourceOperations {
  readonly get: (parts: ScimParts, call: ScimCall, id: string) => Promise<Answer>;
  readonly create: (parts: ScimParts, call: ScimCall) => Promise<Answer>;
  readonly replace: (parts: ScimParts, call: ScimCall, id: string) => Promise<Answer>;
  readonly patch: (parts: ScimParts, call: ScimCall, id: string) => Promise<Answer>;
  readonly remove: (parts: ScimParts, call: ScimCall, id: string) => Promise<Answer>;
}

export const OPERATIONS: Readonly<Record<ResourceType, ResourceOperations>> = {
  User: { get: getUser, create: createUser, replace: replaceUser, patch: patchUser, remove: deleteUser },
  Group: { get: getGroup, create: createGroup, replace: replaceGroup, patch: patchGroup, remove: deleteGroup },
};
