import type { SandboxClock } from '../kernel/clock.js';
import { type KeyPair, keyPair } from './keys.js';
import type { GoogleSwitches } from './records.js';

/** A JSON key as Google lets one download it. */
export interface ServiceAccountFile {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly token_uri: string;
}

export interface ServiceAccount {
  readonly clientId: string;
  readonly keys: KeyPair;
  /** What domain-wide delegation allows. */
  readonly scopes: Set<string>;
}

export interface AccessToken {
  readonly text: string;
  readonly clientId: string;
  /** Whose rights it has. */
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  readonly expiresAt: number;
  readonly refreshToken: string | null;
}

export interface Consent {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly challenge: string | null;
  readonly offline: boolean;
  readonly expiresAt: number;
}

interface RefreshToken {
  readonly clientId: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  usedAt: number;
}

export const TOKEN_SECONDS = 3_599;
const CODE_LIFE_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const UNUSED_LIFE_MS = 182 * DAY_MS;
const TESTING_LIFE_MS = 7 * DAY_MS;
/** Of one account for one client; the oldest falls out without a word. */
const REFRESH_TOKENS_MAX = 100;

/** Clients, service accounts and everything that was given to them. Opaque texts are counted, so runs are alike. */
export class Identity {
  readonly clients = new Map<string, string>([['cid.apps.googleusercontent.test', 'GOCSPX-sandbox']]);
  readonly serviceAccounts = new Map<string, ServiceAccount>();
  readonly tokens = new Map<string, AccessToken>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly #codes = new Map<string, Consent>();
  readonly #clock: SandboxClock;
  readonly #switches: GoogleSwitches;
  #count = 0;

  constructor(clock: SandboxClock, switches: GoogleSwitches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  /** @param key another number is another key pair; the last one given to an account is the one that counts */
  addServiceAccount(name: string, scopes: readonly string[], key = 0): ServiceAccountFile {
    const email = `${name}@sandbox.iam.gserviceaccount.test`;
    const keys = keyPair(key);
    const clientId = `1000${name.length}`;
    this.serviceAccounts.set(email, { clientId, keys, scopes: new Set(scopes) });
    return {
      type: 'service_account',
      project_id: 'sandbox',
      private_key_id: `key-${key}`,
      private_key: keys.privateKey,
      client_email: email,
      client_id: clientId,
      token_uri: 'https://oauth2.googleapis.com/token',
    };
  }

  issue(given: Omit<AccessToken, 'text' | 'expiresAt'>): AccessToken {
    const token = { ...given, text: `ya29.a${this.#next()}`, expiresAt: this.#clock.now() + TOKEN_SECONDS * 1_000 };
    this.tokens.set(token.text, token);
    return token;
  }

  /** @returns undefined for one that is not known, has ended or was revoked */
  token(text: string): AccessToken | undefined {
    const token = this.tokens.get(text);
    return token !== undefined && token.expiresAt > this.#clock.now() ? token : undefined;
  }

  /** Ends all access tokens; refresh tokens stay good. */
  expireTokens(): void {
    this.tokens.clear();
  }

  remember(consent: Omit<Consent, 'expiresAt'>): string {
    const code = `4/0code${this.#next()}`;
    this.#codes.set(code, { ...consent, expiresAt: this.#clock.now() + CODE_LIFE_MS });
    return code;
  }

  /** Good once. */
  takeCode(code: string): Consent | undefined {
    const consent = this.#codes.get(code);
    this.#codes.delete(code);
    return consent !== undefined && consent.expiresAt > this.#clock.now() ? consent : undefined;
  }

  giveRefreshToken({ clientId, subject, scopes }: Consent): string {
    const text = `1//0refresh${this.#next()}`;
    const now = this.#clock.now();
    this.refreshTokens.set(text, { clientId, subject, scopes, createdAt: now, usedAt: now });
    const alike = [...this.refreshTokens].filter(([, one]) => one.clientId === clientId && one.subject === subject);
    for (const [oldest] of alike.slice(0, Math.max(0, alike.length - REFRESH_TOKENS_MAX))) this.refreshTokens.delete(oldest);
    return text;
  }

  useRefreshToken(text: string, clientId: string): RefreshToken | undefined {
    const token = this.refreshTokens.get(text);
    if (token === undefined || token.clientId !== clientId) return undefined;
    const now = this.#clock.now();
    const isOld = now - token.usedAt > UNUSED_LIFE_MS || (this.#switches.testingConsent && now - token.createdAt > TESTING_LIFE_MS);
    if (isOld) {
      this.refreshTokens.delete(text);
      return undefined;
    }
    token.usedAt = now;
    return token;
  }

  /** A refresh token takes its access tokens along. @returns was it known? @see RFC 7009 section 2.1 */
  revoke(text: string): boolean {
    const refreshToken = this.refreshTokens.has(text) ? text : (this.tokens.get(text)?.refreshToken ?? null);
    const known = this.tokens.delete(text) || refreshToken !== null;
    if (refreshToken === null) return known;
    this.refreshTokens.delete(refreshToken);
    for (const [other, token] of this.tokens) if (token.refreshToken === refreshToken) this.tokens.delete(other);
    return true;
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}
