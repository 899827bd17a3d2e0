import type { Adapter, SourceUser } from '../adapter.js';
import { accountOf } from './account.js';
import { isThrottled } from './answers.js';
import { subscribe, unsubscribe } from './channels.js';
import { userByKey } from './client.js';
import type { GoogleContext, GoogleWorkspaceConfig, GoogleWorkspaceSecrets, GoogleWorkspaceSettings } from './context.js';
import { checkCustomer } from './customer.js';
import { oauth } from './oauth.js';
import { CONCURRENT, readDirectory } from './read.js';
import { toUser } from './to-scim.js';
import { hints, verify } from './webhook.js';

/**
 * The directory of a Google Workspace account: everybody in it, and its groups with nested groups expanded. The Directory
 * API has no list of changes, so every read is a full one; push messages say whom to look at sooner.
 */
export const googleWorkspaceAdapter: Adapter<GoogleWorkspaceConfig, GoogleWorkspaceSecrets, GoogleWorkspaceSettings> = {
  kind: 'google_workspace',
  limits: {
    windows: [
      { ms: 1_000, max: 22 },
      { ms: 60_000, max: 2_400 },
    ],
    concurrent: CONCURRENT,
    isThrottled,
  },
  account: accountOf,
  resources: readDirectory,
  one,
  webhook: { verify, hints, subscribe, unsubscribe },
  oauth,
};

/** An address would find somebody too, perhaps somebody else by now: only the id itself counts. */
async function one(context: GoogleContext, sourceKey: string): Promise<readonly SourceUser[]> {
  const user = await userByKey(context, sourceKey);
  if (user === null || user.id !== sourceKey) return [];
  await checkCustomer(context, [user]);
  return [toUser(user)];
}
