// Generated from schemas/config.json by `npm run generate`. Do not edit.

/**
 * The environment of the service.
 */
export interface Environment {
  /**
   * The port to listen on. 0 takes any free one.
   */
  PORT: number;
  /**
   * The address to listen on. 0.0.0.0 listens on every IPv4 address, which a container needs.
   */
  HOST: string;
  /**
   * The folder for the SQLite file and for generated keys. Back it up; it must be readable by this service alone.
   */
  LATCHKEY_DATA_DIR: string;
  /**
   * PostgreSQL as postgres:// or postgresql://, or the path of an SQLite file. Without it: latchkey.db in the data directory. Several replicas need PostgreSQL.
   */
  DATABASE_URL?: string;
  /**
   * The address under which people and identity providers reach this service: http or https, with a path if a proxy adds one. Every link and every SCIM location starts with it. Without it: http://HOST:PORT.
   */
  LATCHKEY_PUBLIC_URL?: string;
  /**
   * The keys that seal PINs, links and credentials of outside systems: keyid:base64 of 32 random bytes (openssl rand -base64 32), several separated by commas. The first seals, all open; put a new key in front to rotate. Without it: generated into the data directory at the first start.
   */
  LATCHKEY_SECRET_KEYS?: string;
  /**
   * How much is logged; each level includes those before it.
   */
  LATCHKEY_LOG_LEVEL: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /**
   * Allows base URLs and webhook targets in local and private networks, and chat webhooks on other hosts than their own. For the demo and for tests.
   */
  LATCHKEY_ALLOW_PRIVATE_URLS: boolean;
  /**
   * How long a stop waits for running requests and for a sync run to reach the end of its page.
   */
  LATCHKEY_SHUTDOWN_SECONDS: number;
  /**
   * How many days events, and alerts that have closed, are kept. 0 keeps them for ever.
   */
  LATCHKEY_EVENT_RETENTION_DAYS: number;
  /**
   * The OAuth client for signing in to the console with Google. Needs the client secret too.
   */
  LATCHKEY_GOOGLE_CLIENT_ID?: string;
  /**
   * The secret of the OAuth client for signing in with Google.
   */
  LATCHKEY_GOOGLE_CLIENT_SECRET?: string;
  /**
   * Who may sign in with Google: domains and addresses, separated by commas.
   */
  LATCHKEY_GOOGLE_ALLOWED?: string;
}
