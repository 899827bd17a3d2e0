import type { GoogleWorkspaceConfig } from '../../domain/generated/adapters/google_workspace/config.js';
import type { GoogleWorkspaceSecrets } from '../../domain/generated/adapters/google_workspace/secrets.js';
import type { GoogleWorkspaceSettings } from '../../domain/generated/adapters/google_workspace/settings.js';
import type { AdapterContext } from '../adapter.js';
import { UpstreamRefused } from '../upstream-errors.js';

export type { GoogleWorkspaceConfig, GoogleWorkspaceSecrets, GoogleWorkspaceSettings };
export type GoogleContext = AdapterContext<GoogleWorkspaceConfig, GoogleWorkspaceSecrets, GoogleWorkspaceSettings>;

/** What the vault holds. */
export const VAULT = {
  /** The access token with its end and whose it is. */
  token: 'token',
  /** No token may be asked for before this instant. */
  tokenRetryAt: 'token_retry_at',
  refreshToken: 'refresh_token',
  /** Who consented, by the OAuth flow. */
  adminEmail: 'admin_email',
  /** The Workspace account of the first connect. */
  customerId: 'customer_id',
  /** Push channels, from before they are asked for until they are stopped. */
  channels: 'channels',
} as const;

const DIRECTORY_SCOPES = [
  'https://www.googleapis.com/auth/admin.directory.user.readonly',
  // Reads the members of groups too.
  'https://www.googleapis.com/auth/admin.directory.group.readonly',
] as const;

export const SCOPES = {
  directory: DIRECTORY_SCOPES,
  /** The id token then says who consented. */
  consent: ['openid', 'email', ...DIRECTORY_SCOPES],
} as const;

export function directoryUrl({ config }: GoogleContext, path: string): string {
  const base = config.directoryBaseUrl ?? 'https://admin.googleapis.com';
  return `${base.endsWith('/') ? base.slice(0, -1) : base}${path}`;
}

export function tokenUrl({ config }: GoogleContext): string {
  return config.tokenUrl ?? 'https://oauth2.googleapis.com/token';
}

export function authorizeEndpoint({ config }: GoogleContext): string {
  return config.authorizeUrl ?? 'https://accounts.google.com/o/oauth2/v2/auth';
}

export function customerOf({ config }: GoogleContext): string {
  return config.customer ?? 'my_customer';
}

/**
 * The admin in whose name the directory is read. A service account acts for the one of the configuration; with OAuth it is
 * whoever consented.
 *
 * @throws UpstreamRefused when nobody is known
 */
export async function adminOf({ config, secrets, vault }: GoogleContext): Promise<string> {
  const consented = secrets.serviceAccountKey === undefined ? await vault.get(VAULT.adminEmail) : null;
  const admin = consented ?? config.adminEmail;
  if (admin === undefined) throw new UpstreamRefused('The address of a Google Workspace admin is missing: set “adminEmail”.');
  return admin;
}
