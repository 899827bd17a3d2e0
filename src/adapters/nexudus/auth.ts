import { createHash, randomBytes } from 'node:crypto';
import type { NexudusApplication, NexudusLogin } from '../../domain/generated/adapters/nexudus/secrets.js';
import type { NexudusToken } from '../../domain/generated/upstream/nexudus/token.js';
import type { Instant } from '../../domain/time.js';
import { shift } from '../../domain/time.js';
import { messageOf, type UpstreamResponse } from '../http.js';
import { Throttled, UpstreamContract, UpstreamRefused } from '../upstream-errors.js';
import { baseUrlOf, type NexudusContext } from './context.js';
import { checkToken } from './schema.js';

/** Value of the `Authorization` header, and a new one once the old one was refused; null: there is no other. */
export interface Authorization {
  header(): Promise<string>;
  renewed(refused: string): Promise<string | null>;
}

/** What the vault keeps under `token`. */
interface StoredToken {
  /** Fingerprint of the secrets it was made with: other secrets are tested by themselves, not by an old token. */
  readonly owner: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly renewAt: Instant;
}

const TOKEN = 'token';
const CLIENT_ID = 'clientId';
const NOT_BEFORE = 'tokenNotBefore';
/** Of an access token's life of seven days: so the refresh token, which lives for 15 days, is renewed every week. */
const USED_SHARE = 0.9;
const LIFE_MAX_S = 30 * 24 * 60 * 60;

export function authorizationOf(context: NexudusContext): Authorization {
  const { secrets } = context;
  return 'applicationKey' in secrets ? application(secrets) : new Login(context, secrets);
}

/** An installed application signs every request by itself. */
function application({ applicationKey, secretKey, installToken }: NexudusApplication): Authorization {
  const password = createHash('md5').update(`${installToken}${secretKey}`, 'utf8').digest('hex');
  const header = `Basic ${Buffer.from(`${applicationKey}:${password}`, 'utf8').toString('base64')}`;
  return { header: async () => header, renewed: async () => null };
}

/** Password grant, kept alive by its refresh token. */
class Login implements Authorization {
  readonly #context: NexudusContext;
  readonly #login: NexudusLogin;
  readonly #owner: string;

  constructor(context: NexudusContext, login: NexudusLogin) {
    this.#context = context;
    this.#login = login;
    this.#owner = createHash('sha256')
      .update(JSON.stringify([baseUrlOf(context.config), login.email, login.password]))
      .digest('hex');
  }

  async header(): Promise<string> {
    return bearer(this.#fresh(await this.#stored()) ?? (await this.#obtain(null)));
  }

  async renewed(refused: string): Promise<string> {
    return bearer(await this.#obtain(refused));
  }

  /** One at a time: a second refresh with the same refresh token fails, and so would everybody behind it. */
  #obtain(refused: string | null): Promise<StoredToken> {
    return this.#context.vault.exclusive(TOKEN, async () => {
      const stored = await this.#stored();
      const fresh = this.#fresh(stored);
      if (fresh !== null && bearer(fresh) !== refused) return fresh;
      const token = await this.#issued(stored?.refreshToken ?? null);
      const next: StoredToken = {
        owner: this.#owner,
        accessToken: token.access_token,
        refreshToken: token.refresh_token ?? null,
        renewAt: shift(this.#context.now(), Math.floor(Math.min(token.expires_in, LIFE_MAX_S) * 1_000 * USED_SHARE)),
      };
      await this.#context.vault.put(TOKEN, JSON.stringify(next));
      return next;
    });
  }

  async #issued(refreshToken: string | null): Promise<NexudusToken> {
    if (refreshToken !== null) {
      const answer = await this.#ask({ grant_type: 'refresh_token', refresh_token: refreshToken });
      if (answer.status < 400) return checkToken(answer.json());
      // Used up, 15 days old, or evicted by another installation: the password still works.
    }
    const { email, password } = this.#login;
    const answer = await this.#ask({ grant_type: 'password', username: email, password });
    if (answer.status < 400) return checkToken(answer.json());
    const said = messageOf(answer);
    if (answer.status === 404) throw new UpstreamContract('There is no Nexudus at this address: it has no token service.');
    throw new UpstreamRefused(`Nexudus does not accept this e-mail and password: ${said}`);
  }

  async #ask(form: Readonly<Record<string, string>>): Promise<UpstreamResponse> {
    const { http, vault, config } = this.#context;
    const notBefore = await vault.get(NOT_BEFORE);
    if (notBefore !== null && notBefore > this.#context.now()) throw new Throttled('Nexudus gives no token before then.', notBefore);
    try {
      // A refresh is not tried again by itself: its first try may have used the refresh token up.
      return await http.request({
        method: 'POST',
        url: `${baseUrlOf(config)}/token`,
        form: { ...form, client_id: await this.#clientId() },
        repeatable: form['grant_type'] === 'password',
      });
    } catch (error) {
      if (error instanceof Throttled) await vault.put(NOT_BEFORE, error.retryAt);
      throw error;
    }
  }

  /** A name of this integration's own. By default it is the e-mail, and two installations would evict each other's refresh token. */
  async #clientId(): Promise<string> {
    const { vault } = this.#context;
    const known = await vault.get(CLIENT_ID);
    if (known !== null) return known;
    const made = `latchkey-${randomBytes(12).toString('hex')}`;
    await vault.put(CLIENT_ID, made);
    return made;
  }

  async #stored(): Promise<StoredToken | null> {
    const text = await this.#context.vault.get(TOKEN);
    if (text === null) return null;
    const stored = JSON.parse(text) as StoredToken;
    return stored.owner === this.#owner ? stored : null;
  }

  #fresh(stored: StoredToken | null): StoredToken | null {
    return stored !== null && stored.renewAt > this.#context.now() ? stored : null;
  }
}

function bearer({ accessToken }: StoredToken): string {
  return `Bearer ${accessToken}`;
}
