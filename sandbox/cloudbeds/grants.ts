import type { SandboxClock } from '../kernel/clock.js';
import type { Switches } from './switches.js';

export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly resources: readonly { readonly type: 'property'; readonly id: string }[];
}

const CODE_MS = 10 * 60_000;
const IDLE_MS = 30 * 24 * 60 * 60_000;

/** Who may come in: API keys that die when nobody uses them, and connections with rotating refresh tokens. */
export class Grants {
  readonly apiKey = 'cbat_sandbox-key';
  readonly clientId = 'sandbox-client';
  readonly clientSecret = 'sandbox-client-secret';
  tokenSeconds = 3_600;
  readonly #propertyId: string;
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  readonly #codes = new Map<string, { readonly redirectUri: string; readonly until: number }>();
  readonly #access = new Map<string, number>();
  readonly #spent = new Set<string>();
  #keyUsedAt: number | null = null;
  #refresh: string | null = null;
  #next = 1;

  constructor(propertyId: string, clock: SandboxClock, switches: Switches) {
    this.#propertyId = propertyId;
    this.#clock = clock;
    this.#switches = switches;
  }

  /** What the consent page sends back. */
  issueCode(redirectUri: string): string {
    const code = `cb-code-${this.#count()}`;
    this.#codes.set(code, { redirectUri, until: this.#clock.now() + CODE_MS });
    return code;
  }

  /** null: the code is unknown, used, too old, or for another address. */
  exchange(code: string, redirectUri: string): TokenAnswer | null {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    return found !== undefined && found.redirectUri === redirectUri && this.#clock.now() < found.until ? this.#tokens() : null;
  }

  refresh(token: string): TokenAnswer | null {
    if (token === this.#refresh) {
      this.#spent.add(token);
      // One access token at a time: a renewal ends the one before.
      this.#access.clear();
      return this.#tokens(this.#switches.keepRefreshToken ? token : null);
    }
    if (this.#spent.has(token) && this.#switches.reuseEndsGrant) this.revoke();
    return null;
  }

  /** Every token is worth nothing from now on. */
  revoke(): void {
    this.#access.clear();
    this.#refresh = null;
  }

  /** Access tokens alone: the next call is told so. */
  expireAccess(): void {
    this.#access.clear();
  }

  acceptsKey(key: string | undefined): boolean {
    if (key !== this.apiKey) return false;
    const now = this.#clock.now();
    if (this.#keyUsedAt !== null && now - this.#keyUsedAt > IDLE_MS) return false;
    this.#keyUsedAt = now;
    return true;
  }

  /** Clients send API keys as bearers, too. */
  acceptsBearer(token: string): boolean {
    const until = this.#access.get(token);
    return token.startsWith('cbat_') ? this.acceptsKey(token) : until !== undefined && this.#clock.now() < until;
  }

  #tokens(keep: string | null = null): TokenAnswer {
    const count = this.#count();
    const access = `cb-access-${count}`;
    this.#refresh = keep ?? `cb-refresh-${count}`;
    this.#access.set(access, this.#clock.now() + this.tokenSeconds * 1_000);
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: this.tokenSeconds,
      refresh_token: this.#refresh,
      resources: [{ type: 'property', id: this.#propertyId }],
    };
  }

  #count(): number {
    this.#next += 1;
    return this.#next;
  }
}
