import type { Request, Response } from 'express';
import { GOOGLE_ERRORS, send } from './errors.js';
import type { AccessToken, Identity } from './identity.js';
import type { World } from './world.js';

const PREFIX = 'https://www.googleapis.com/auth/admin.directory.';

/** Scopes that each part of the API takes: any of them. */
export const SCOPES_FOR = {
  users: ['user.readonly', 'user'],
  groups: ['group.readonly', 'group'],
  members: ['group.member.readonly', 'group.member', 'group.readonly', 'group'],
  orgUnits: ['orgunit.readonly', 'orgunit'],
} as const;

/** Who asks and may. Everybody else is answered here. */
export function admitted(
  request: Request,
  response: Response,
  part: keyof typeof SCOPES_FOR,
  { identity, world }: { readonly identity: Identity; readonly world: World },
): AccessToken | null {
  const token = identity.token((request.headers.authorization ?? '').replace(/^Bearer /, ''));
  if (token === undefined) {
    send(response, GOOGLE_ERRORS.authError);
    return null;
  }
  if (!SCOPES_FOR[part].some((scope) => token.scopes.has(`${PREFIX}${scope}`))) {
    send(response, GOOGLE_ERRORS.insufficientPermissions);
    return null;
  }
  const user = world.findUser(token.subject);
  if (user === undefined || user.suspended || !(user.isAdmin || user.isDelegatedAdmin)) {
    send(response, GOOGLE_ERRORS.forbidden);
    return null;
  }
  return token;
}
