import { createHmac } from 'node:crypto';
import type {
  Account,
  AdapterContext,
  Page,
  PullHint,
  SourceGroup,
  SourceResource,
  SourceUser,
  Verdict,
  WebhookRequest,
  WriteBack,
} from '../../src/adapters/adapter.js';
import { AdapterForm, type AdapterSchemas } from '../../src/adapters/schemas.js';
import { CursorExpired, UpstreamContract, UpstreamRefused } from '../../src/adapters/upstream-errors.js';
import type { JsonObject } from '../../src/domain/scim.js';
import type { Instant } from '../../src/domain/time.js';
import { Kinds } from '../../src/sync/kinds.js';
import type { AnyAdapter } from '../../src/sync/source.js';

type Context = AdapterContext<JsonObject, JsonObject, JsonObject>;

/** What the fake source can be made to fail at: the methods of an adapter, and giving tokens. */
export type FakeCall =
  | 'token'
  | 'account'
  | 'resources'
  | 'changes'
  | 'one'
  | 'subscribe'
  | 'unsubscribe'
  | 'writeBack'
  | 'exchange'
  | 'verify';

/** An outside system in memory. Every change counts its revision up, which is the cursor. */
export class FakeSource {
  account: Account = { id: 'acc_1', name: 'Sea View', details: [{ label: 'E-mail', value: 'owner@fake.example' }] };
  /** Resources on one page. */
  pageSize = 2;
  /** What this source takes as secrets. */
  clientSecret = 'right';
  /** Cursors below this one are refused. */
  oldestCursor = 0;
  /** Asked before each call, and before each page; an error is thrown. */
  fail: (call: FakeCall, page: number) => Error | null = () => null;
  /** Awaited before each page is given. */
  beforePage: (page: number) => Promise<void> = async () => undefined;
  renewAt: Instant | null = null;

  readonly calls: FakeCall[] = [];
  /** Tokens given, oldest first. */
  readonly tokens: string[] = [];
  readonly subscriptions = new Set<string>();
  readonly written: (WriteBack & { readonly idempotencyKey: string })[] = [];
  /** What each call was opened with, newest last. */
  readonly contexts: Context[] = [];
  readonly codes = new Map<string, { readonly redirectUri: string; readonly codeChallenge: string }>();

  readonly #users = new Map<string, { readonly user: SourceUser; readonly revision: number }>();
  readonly #groups = new Map<string, { readonly group: SourceGroup; readonly revision: number }>();
  #revision = 0;

  put(...resources: readonly SourceResource[]): void {
    for (const resource of resources) {
      this.#revision += 1;
      if (resource.resourceType === 'User') this.#users.set(resource.externalId, { user: resource, revision: this.#revision });
      else this.#groups.set(resource.externalId, { group: resource, revision: this.#revision });
    }
  }

  /** It is gone, without a trace in `changes`. */
  remove(...externalIds: readonly string[]): void {
    for (const externalId of externalIds) if (!this.#users.delete(externalId)) this.#groups.delete(externalId);
  }

  note(call: FakeCall, context: Context | null, page = 0): void {
    if (page === 0) this.calls.push(call);
    if (context !== null && page === 0) this.contexts.push(context);
    const error = this.fail(call, page);
    if (error !== null) throw error;
  }

  count(call: FakeCall): number {
    return this.calls.filter((one) => one === call).length;
  }

  async *pages(call: 'resources' | 'changes', since: number): AsyncIterable<Page> {
    const found: SourceResource[] = [
      ...[...this.#groups.values()].filter(({ revision }) => revision > since).map(({ group }) => group),
      ...[...this.#users.values()].filter(({ revision }) => revision > since).map(({ user }) => user),
    ];
    const pages = Math.max(1, Math.ceil(found.length / this.pageSize));
    const cursor = String(this.#revision);
    for (let page = 1; page <= pages; page += 1) {
      await this.beforePage(page);
      this.note(call, null, page);
      const resources = found.slice((page - 1) * this.pageSize, page * this.pageSize);
      yield { resources, cursor: page === pages ? cursor : null, total: found.length };
    }
  }

  byKey(sourceKey: string): SourceUser[] {
    return [...this.#users.values()].filter(({ user }) => user.sourceKey === sourceKey).map(({ user }) => user);
  }
}

const LIMITS = { windows: [{ ms: 1_000, max: 1_000 }], concurrent: 10 };

/**
 * An adapter of the kind `guesty` for a source in memory. Secrets `{clientId, clientSecret}` are a direct credential,
 * `{clientSecret}` alone needs consent. Webhooks are signed with the client secret (`fakeWebhook`).
 */
export function fakeAdapter(source: FakeSource): AnyAdapter {
  return {
    kind: 'guesty',
    limits: LIMITS,
    async account(context) {
      source.note('account', context);
      await token(source, context);
      return source.account;
    },
    async *resources(context) {
      source.note('resources', context);
      await token(source, context);
      yield* source.pages('resources', 0);
    },
    async *changes(context, cursor) {
      source.note('changes', context);
      await token(source, context);
      if (Number(cursor) < source.oldestCursor) throw new CursorExpired('The cursor is too old.');
      yield* source.pages('changes', Number(cursor));
    },
    async one(context, sourceKey) {
      source.note('one', context);
      await token(source, context);
      return source.byKey(sourceKey);
    },
    webhook: {
      async verify(request, context) {
        source.note('verify', context);
        return verdict(request, String(context.secrets['clientSecret']));
      },
      hints,
      async subscribe(context, { url }) {
        source.note('subscribe', context);
        source.subscriptions.add(url);
        return { renewAt: source.renewAt };
      },
      async unsubscribe(context, { url }) {
        source.note('unsubscribe', context);
        source.subscriptions.delete(url);
      },
    },
    wantsWriteBack: (settings, { pin }) => settings['writeBackPin'] === true && pin !== null,
    async writeBack(context, message, idempotencyKey) {
      source.note('writeBack', context);
      source.written.push({ ...message, idempotencyKey });
    },
    oauth: {
      isFor: (secrets) => !('clientId' in secrets),
      authorizeUrl(context, { state, redirectUri, codeChallenge }) {
        const url = new URL(String(context.config['authorizeUrl']));
        for (const [name, value] of Object.entries({ state, redirect_uri: redirectUri, code_challenge: codeChallenge })) {
          url.searchParams.set(name, value);
        }
        return url.href;
      },
      async exchange(context, { code, redirectUri, codeVerifier }) {
        source.note('exchange', context);
        if (code !== 'good' || redirectUri === '' || codeVerifier === '') throw new UpstreamRefused('The code is not valid.');
        await context.vault.put('token', issue(source));
      },
    },
  };
}

/** The one token of an integration, asked for once and kept. */
async function token(source: FakeSource, { vault, secrets }: Context): Promise<string> {
  return vault.exclusive('token', async () => {
    const kept = await vault.get('token');
    if (kept !== null) return kept;
    source.note('token', null);
    if (secrets['clientId'] === undefined || secrets['clientSecret'] !== source.clientSecret) {
      throw new UpstreamRefused('The other system does not accept these credentials.');
    }
    const made = issue(source);
    await vault.put('token', made);
    return made;
  });
}

function issue(source: FakeSource): string {
  const made = `fake-token-${source.tokens.length + 1}`;
  source.tokens.push(made);
  return made;
}

/** Headers and body of a webhook about these keys, as the fake source would send it; `null`: about changes at large. */
export function fakeWebhook(
  keys: readonly string[] | null,
  { secret = 'right', messageId = null }: { readonly secret?: string; readonly messageId?: string | null } = {},
): { readonly body: string; readonly headers: Record<string, string> } {
  const body = JSON.stringify(keys === null ? {} : { keys });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const id = messageId === null ? {} : { 'x-fake-id': messageId };
  return { body, headers: { 'content-type': 'application/json', 'x-fake-signature': signature, ...id } };
}

function verdict({ headers, body }: WebhookRequest, secret: string): Verdict {
  const expected = createHmac('sha256', secret).update(body).digest('hex');
  if (headers['x-fake-signature'] !== expected) return { kind: 'refused', reason: 'the signature is another one' };
  return { kind: 'genuine', messageId: headers['x-fake-id'] ?? null };
}

function hints({ body }: WebhookRequest): readonly PullHint[] {
  let said: { readonly keys?: readonly string[]; readonly type?: string };
  try {
    said = JSON.parse(body.toString('utf8')) as typeof said;
  } catch (cause) {
    throw new UpstreamContract('The other system sent a webhook that is no JSON.', { cause });
  }
  if (said.type === 'unknown') return [];
  return said.keys === undefined ? [{ kind: 'changes' }] : said.keys.map((sourceKey) => ({ kind: 'entity', sourceKey }));
}

/** What an admin gives for the fake kind. */
export const FAKE_SCHEMAS: AdapterSchemas = {
  config: {
    type: 'object',
    additionalProperties: false,
    properties: {
      apiBaseUrl: { type: 'string', default: 'https://api.fake.example/v1' },
      tokenUrl: { type: 'string', default: 'https://api.fake.example/token' },
      clientId: { type: 'string', minLength: 1 },
      authorizeUrl: { type: 'string', default: 'https://fake.example/authorize' },
    },
  },
  secrets: {
    type: 'object',
    required: ['clientSecret'],
    additionalProperties: false,
    properties: { clientId: { type: 'string', minLength: 1 }, clientSecret: { type: 'string', minLength: 1 } },
  },
  settings: {
    type: 'object',
    additionalProperties: false,
    properties: { writeBackPin: { type: 'boolean', default: true }, syncCards: { type: 'boolean', default: false } },
  },
};

/** Compiled once for all tests. */
const FAKE_FORM = new AdapterForm(FAKE_SCHEMAS);

/** An installation that knows the fake kind, as `guesty` and, for its rule of enabling, as `nexudus`. */
export function fakeKinds(source: FakeSource): Kinds {
  const adapter = fakeAdapter(source);
  return new Kinds(
    new Map([
      ['guesty', adapter],
      ['nexudus', { ...adapter, kind: 'nexudus' }],
    ]),
    () => FAKE_FORM,
  );
}
