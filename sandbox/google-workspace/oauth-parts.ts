import type { SandboxServer } from '../kernel/server.js';
import type { Identity } from './identity.js';
import type { GoogleSwitches } from './records.js';
import type { World } from './world.js';

/** What a request of the OAuth part needs to know. */
export interface OAuthParts {
  readonly server: SandboxServer;
  readonly identity: Identity;
  readonly world: World;
  readonly switches: GoogleSwitches;
  /** What the consent of an address says of its owner, in place of what the directory knows. */
  readonly profiles: Map<string, Readonly<Record<string, unknown>>>;
  /** How each userinfo request brought its token. */
  readonly userinfoRequests: ('header' | 'query')[];
  /** Forms that came to the token endpoint, for tests to look at. */
  readonly tokenRequests: ReadonlyMap<string, string>[];
}

/** An error of the token endpoint. @see RFC 6749 section 5.2 */
export class TokenFault extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.status = status;
    this.code = code;
  }
}
