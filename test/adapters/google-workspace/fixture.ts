import type { GoogleContext, GoogleWorkspaceConfig, GoogleWorkspaceSecrets } from '../../../src/adapters/google-workspace/context.js';
import { googleWorkspaceAdapter } from '../../../src/adapters/google-workspace/adapter.js';
import { GoogleWorkspaceSandbox } from '../../../sandbox/google-workspace/google-workspace-sandbox.js';
import { adapterContext, MemoryVault, readAll } from '../../support/adapter-context.js';

export const NOON = Date.parse('2026-11-25T12:00:00Z');
export const LIST_USERS = 'GET /admin/directory/v1/users?';

/** A started sandbox whose clock stands still unless somebody waits. */
export async function startSandbox(): Promise<GoogleWorkspaceSandbox> {
  const sandbox = new GoogleWorkspaceSandbox();
  sandbox.server.clock.freeze(NOON);
  return sandbox.start();
}

/** A context with its vault, connected by service account unless told otherwise. */
export function connected(
  sandbox: GoogleWorkspaceSandbox,
  given: { readonly config?: GoogleWorkspaceConfig; readonly secrets?: GoogleWorkspaceSecrets; readonly vault?: MemoryVault } = {},
): GoogleContext & { readonly vault: MemoryVault } {
  const usual = sandbox.connection();
  const vault = given.vault ?? new MemoryVault();
  const config = { ...usual.config, ...given.config };
  const secrets = given.secrets ?? usual.secrets;
  return { ...adapterContext(sandbox.server.clock, googleWorkspaceAdapter.limits, { config, secrets, settings: {}, vault }), vault };
}

export const read = (context: GoogleContext) => readAll(googleWorkspaceAdapter.resources(context));

/** What a promise fails with. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
