// Generated from schemas/adapters/nexudus/secrets.json by `npm run generate`. Do not edit.

/**
 * How we sign in: as an administrator, or as an installed application.
 */
export type NexudusSecrets = NexudusLogin | NexudusApplication;

/**
 * An administrator of Nexudus, best one made for Latchkey alone.
 */
export interface NexudusLogin {
  /**
   * Sign-in e-mail of the administrator.
   */
  email: string;
  /**
   * Password of the administrator.
   */
  password: string;
  /**
   * Shared secret of the webhooks, where Nexudus signs them. Absent: that of the application is taken, and without one the secret address alone is trusted.
   */
  webhookSecret?: string;
}
/**
 * An application of the Nexudus marketplace, installed in the account.
 */
export interface NexudusApplication {
  /**
   * Key of the application.
   */
  applicationKey: string;
  /**
   * Secret key of the application.
   */
  secretKey: string;
  /**
   * The token `t` that Nexudus handed over when the application was installed.
   */
  installToken: string;
  /**
   * Shared secret of the webhooks, where Nexudus signs them. Absent: that of the application is taken, and without one the secret address alone is trusted.
   */
  webhookSecret?: string;
}
