import type { Express } from 'express';
import { jsonOf, type SandboxServer } from '../kernel/server.js';
import { GOOGLE_ERRORS, type GoogleErrorName, googleFault } from './errors.js';
import type { Identity } from './identity.js';
import type { World } from './world.js';

/** What can be changed by hand. */
interface Controlled {
  readonly server: SandboxServer;
  readonly world: World;
  readonly identity: Identity;
}

type Body = Readonly<Record<string, string>>;

/** `POST /_control/<action>` with a JSON body of texts. People and groups are named by id or address. */
const ACTIONS: Readonly<Record<string, (sandbox: Controlled, body: Body) => unknown>> = {
  createUser: ({ world }, body) => world.createUser({ primaryEmail: body['primaryEmail'] ?? '', ...names(body) }),
  renameUser: ({ world }, { user = '', primaryEmail = '' }) => world.renameUser(user, primaryEmail),
  suspendUser: ({ world }, { user = '' }) => world.suspendUser(user),
  restoreUser: ({ world }, { user = '' }) => world.restoreUser(user),
  archiveUser: ({ world }, { user = '' }) => world.archiveUser(user),
  deleteUser: ({ world }, { user = '' }) => world.deleteUser(user),
  undeleteUser: ({ world }, { user = '' }) => world.undeleteUser(user),
  createGroup: ({ world }, { name = '', email = '' }) => world.createGroup({ name, email }),
  renameGroup: ({ world }, { group = '', name = '' }) => world.renameGroup(group, name),
  deleteGroup: ({ world }, { group = '' }) => world.deleteGroup(group),
  addMember: ({ world }, { group = '', member = '' }) => world.addMember(group, member),
  removeMember: ({ world }, { group = '', member = '' }) => world.removeMember(group, member),
  revokeConsent: ({ identity }) => identity.refreshTokens.clear(),
  expireTokens: ({ identity }) => identity.expireTokens(),
  outage: ({ server }) => server.faults.add({ kind: 'status', on: '/admin/directory', ...GOOGLE_ERRORS.backendError }),
  fail: ({ server }, { error = '', on = '/admin/directory', times = '1' }) => {
    if (!isErrorName(error)) throw new Error(`no such error: ${error}`);
    server.faults.add(googleFault(error, { on, times: Number(times) }));
  },
  recover: ({ server }) => server.faults.clear(),
};

export function mountControl(app: Express, sandbox: () => Controlled): void {
  app.post('/_control/:action', (request, response) => {
    const name = request.params.action;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) {
      response.status(404).json({ error: 'no such action', actions: Object.keys(ACTIONS) });
      return;
    }
    try {
      response.json(action(sandbox(), textsOf(jsonOf(request))) ?? {});
    } catch (error) {
      response.status(400).json({ error: error instanceof Error ? error.message : 'failed' });
    }
  });
}

function isErrorName(name: string): name is GoogleErrorName {
  return Object.hasOwn(GOOGLE_ERRORS, name);
}

function names({ givenName, familyName }: Body): { readonly givenName?: string; readonly familyName?: string } {
  return { ...(givenName === undefined ? {} : { givenName }), ...(familyName === undefined ? {} : { familyName }) };
}

function textsOf(value: unknown): Body {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}
