import { GoogleWorkspaceSandbox } from '../../../sandbox/google-workspace/google-workspace-sandbox.js';
import type { SimulatedSource, TroubledSource } from '../simulated-source.js';

export interface GoogleSource extends SimulatedSource {
  readonly sandbox: GoogleWorkspaceSandbox;
}

/** A simulated Workspace account with nobody but its admin, connected by a service account. */
export async function googleSource(): Promise<GoogleSource> {
  const sandbox = await new GoogleWorkspaceSandbox().start();
  const { config, secrets } = sandbox.connection();
  return {
    ...{ kind: 'google_workspace', sandbox, server: sandbox.server, settings: {}, config },
    secrets: { serviceAccountKey: { ...secrets.serviceAccountKey } },
    deliver: () => sandbox.push.flush(),
    stop: () => sandbox.stop(),
  };
}

/** People of a company, ten on a page, the admin beside them. */
export async function troubledGoogle(): Promise<TroubledSource> {
  const source = await googleSource();
  const { world, switches, identity, push } = source.sandbox;
  const { serviceAccountKey } = source.sandbox;
  const account = identity.serviceAccounts.get(serviceAccountKey.client_email);
  if (account === undefined) throw new Error('no service account');
  let invited = 0;
  switches.pageSize = 10;
  return {
    ...source,
    resource: 'All users',
    others: 1,
    manyPages: 25,
    list: 'GET /admin/directory/v1/users?',
    // Tokens of pages look all alike: the fault is left to whatever follows a first page.
    thirdPage: 'pageToken=',
    invite: (count) =>
      Array.from({ length: count }, () => {
        invited += 1;
        return world.createUser({ primaryEmail: `person-${invited}@acme.test` }).id;
      }),
    revoke: (id) => void world.suspendUser(id),
    lose: (id) => void world.users.delete(id),
    conceal(id) {
      const concealed = world.user(id);
      world.users.delete(id);
      return () => void world.users.set(id, concealed);
    },
    touch: (id) => void world.updateUser(id, {}),
    async reorder(work) {
      switches.reverseMessages = true;
      work();
      await push.flush();
      switches.reverseMessages = false;
    },
    forge: (message) => ({ ...message, headers: { ...message.headers, 'x-goog-channel-token': 'a guess' } }),
    hide: (hidden) => void Object.assign(switches, { emptyUsers: hidden }),
    refuse(refused) {
      if (refused) identity.serviceAccounts.delete(serviceAccountKey.client_email);
      else identity.serviceAccounts.set(serviceAccountKey.client_email, account);
      identity.expireTokens();
    },
  };
}
