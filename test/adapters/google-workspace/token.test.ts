import { createVerify } from 'node:crypto';
import { expect } from 'chai';
import { googleWorkspaceAdapter } from '../../../src/adapters/google-workspace/adapter.js';
import { VAULT } from '../../../src/adapters/google-workspace/context.js';
import { assertion, readKey } from '../../../src/adapters/google-workspace/service-account.js';
import { Throttled, UpstreamContract, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import type { GoogleWorkspaceSandbox } from '../../../sandbox/google-workspace/google-workspace-sandbox.js';
import { googleFault } from '../../../sandbox/google-workspace/errors.js';
import { keyPair } from '../../../sandbox/google-workspace/keys.js';
import { connected, failureOf, NOON, startSandbox } from './fixture.js';

const { account } = googleWorkspaceAdapter;
const HOUR = 3_600_000;

describe('google workspace service account', () => {
  const { privateKey, publicKey } = keyPair(0);
  const key = { client_email: 'sync@proj.iam.gserviceaccount.com', private_key_id: 'k1', private_key: privateKey };

  it('19: states exactly what Google expects, signed with RS256', () => {
    const jws = assertion(readKey(key), 'admin@acme.test', ['s1', 's2'], '2026-11-25T12:00:00.789Z');
    const [header = '', claims = '', signature = ''] = jws.split('.');
    const part = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());
    const iat = NOON / 1_000;
    expect(part(header)).to.deep.equal({ alg: 'RS256' });
    expect(part(claims)).to.deep.equal({
      iss: 'sync@proj.iam.gserviceaccount.com',
      scope: 's1 s2',
      aud: 'https://oauth2.googleapis.com/token',
      exp: iat + 3_600,
      iat,
      sub: 'admin@acme.test',
    });
    expect(createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url')).to.equal(true);
  });

  it('reads the key as an object, as the text of its file, and with its line breaks spelt out', () => {
    const expected = { email: key.client_email, keyId: 'k1', privateKey };
    expect(readKey(key)).to.deep.equal(expected);
    expect(readKey(JSON.stringify(key))).to.deep.equal(expected);
    expect(readKey({ ...key, private_key: privateKey.replaceAll('\n', '\\n') })).to.deep.equal(expected);
  });

  for (const [what, given] of [
    ['a text that is no JSON', privateKey],
    ['JSON that is no object', '"x"'],
    ['nothing', 'null'],
    ['an OAuth client file', { web: { client_id: 'x' } }],
    ['a key without an address', { private_key: privateKey }],
    ['an address that is no text', { ...key, client_email: 1 }],
  ] as const) {
    it(`refuses ${what}, and does not repeat it`, () => {
      const error = (() => {
        try {
          return readKey(given);
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).to.be.instanceOf(UpstreamRefused);
      expect(String(error)).to.not.include('PRIVATE KEY');
    });
  }

  it('refuses a private key that is none', () => {
    expect(() => assertion({ email: 'a', keyId: '', privateKey: 'x' }, 'b', [], '2026-11-25T12:00:00.000Z')).to.throw(UpstreamRefused);
  });
});

describe('google workspace access token', () => {
  let sandbox: GoogleWorkspaceSandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.stop());
  const tokens = () => sandbox.server.count('POST /token');

  it('is kept in the vault and used until a minute before its end', async () => {
    const context = connected(sandbox);
    await account(context);
    sandbox.server.clock.advance(HOUR - 62_000);
    await account(connected(sandbox, { vault: context.vault }));
    expect(tokens()).to.equal(1);
    sandbox.server.clock.advance(2_000);
    await account(connected(sandbox, { vault: context.vault }));
    expect(tokens()).to.equal(2);
  });

  it('is asked for once, however many need it at the same time', async () => {
    const context = connected(sandbox);
    await Promise.all(Array.from({ length: 8 }, () => account(context)));
    expect(tokens()).to.equal(1);
  });

  it('is renewed once when Google does not take it any more', async () => {
    const context = connected(sandbox);
    await account(context);
    sandbox.identity.expireTokens();
    expect((await account(context)).id).to.equal('C0acme01');
    expect(tokens()).to.equal(2);
  });

  it('is renewed once for all who were refused together', async () => {
    const context = connected(sandbox);
    await account(context);
    sandbox.identity.expireTokens();
    await Promise.all(Array.from({ length: 6 }, () => googleWorkspaceAdapter.one?.(context, 'x')));
    expect(tokens()).to.equal(2);
  });

  it('that is refused again and again is a matter for a person, after one more try', async () => {
    sandbox.server.faults.add(googleFault('authError', { on: '/admin/directory' }));
    const error = await failureOf(account(connected(sandbox)));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(tokens()).to.equal(2);
    expect(sandbox.server.count('/admin/directory')).to.equal(2);
  });

  it('of another key or admin is not used', async () => {
    const context = connected(sandbox);
    await account(context);
    sandbox.world.createUser({ primaryEmail: 'second@acme.test', isAdmin: true });
    const second = await account(connected(sandbox, { vault: context.vault, config: { adminEmail: 'second@acme.test' } }));
    expect(second.details[0]).to.deep.equal({ label: 'Admin', value: 'second@acme.test' });
    const serviceAccountKey = sandbox.identity.addServiceAccount(
      'sync',
      [...(sandbox.identity.serviceAccounts.values().next().value?.scopes ?? [])],
      1,
    );
    await account(connected(sandbox, { vault: context.vault, secrets: { serviceAccountKey } }));
    expect(tokens()).to.equal(3);
  });

  it('works with the key as text', async () => {
    const secrets = { serviceAccountKey: JSON.stringify(sandbox.serviceAccountKey) };
    expect((await account(connected(sandbox, { secrets }))).name).to.equal('acme.test');
  });

  for (const [what, prepare, words] of [
    ['delegation was not granted', () => sandbox.identity.addServiceAccount('sync', []), 'domain-wide delegation'],
    [
      'the scopes differ',
      () => sandbox.identity.addServiceAccount('sync', ['https://www.googleapis.com/auth/admin.directory.user.readonly']),
      'exactly',
    ],
    ['the key was replaced', () => sandbox.identity.addServiceAccount('sync', ['x'], 1), 'Invalid JWT Signature'],
    ['the admin left', () => sandbox.world.deleteUser('admin@acme.test'), 'Invalid email or User ID'],
    ['the admin is suspended', () => sandbox.world.suspendUser('admin@acme.test'), 'Invalid email or User ID'],
  ] as const) {
    it(`${what}: refused with what to do, after one request`, async () => {
      prepare();
      const error = await failureOf(account(connected(sandbox)));
      expect(error).to.be.instanceOf(UpstreamRefused);
      expect(error.message).to.include(words);
      expect(sandbox.server.seen).to.have.length(1);
    });
  }

  it('a clock that is wrong is named as a possible reason', async () => {
    const context = { ...connected(sandbox), now: () => '2026-11-25T14:00:00.000Z' };
    const error = await failureOf(account(context));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('the time of this server');
  });

  it('without an admin to act for, or without any secret, nothing is asked', async () => {
    const { adminEmail: _, ...config } = sandbox.connection().config;
    const nobody = { ...connected(sandbox), config };
    expect(await failureOf(account(nobody))).to.be.instanceOf(UpstreamRefused);
    expect(await failureOf(account(connected(sandbox, { secrets: {} })))).to.be.instanceOf(UpstreamRefused);
    expect(sandbox.server.seen).to.have.length(0);
  });

  it('a long wait that the token endpoint wants is kept: nobody asks before it is over, also after a restart', async () => {
    sandbox.server.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '3600' }, on: 'POST /token', times: 1 });
    const context = connected(sandbox);
    const first = await failureOf(account(context));
    expect(first).to.be.instanceOf(Throttled);
    expect((first as Throttled).retryAt).to.equal('2026-11-25T13:00:00.000Z');
    sandbox.server.clock.advance(HOUR - 1);
    const second = await failureOf(account(connected(sandbox, { vault: context.vault })));
    expect((second as Throttled).retryAt).to.equal('2026-11-25T13:00:00.000Z');
    expect(tokens()).to.equal(1);
    sandbox.server.clock.advance(1);
    expect((await account(connected(sandbox, { vault: context.vault }))).id).to.equal('C0acme01');
  });

  it('an outage of the token endpoint is an outage, and a hiccup is got over', async () => {
    sandbox.server.faults.add(googleFault('badGateway', { on: 'POST /token', times: 1 }));
    expect((await account(connected(sandbox))).id).to.equal('C0acme01');
    sandbox.server.faults.add(googleFault('badGateway', { on: 'POST /token' }));
    expect(await failureOf(account(connected(sandbox)))).to.be.instanceOf(UpstreamUnavailable);
  });

  for (const [what, fault] of [
    ['HTML', { kind: 'html' }],
    ['a refusal that is no JSON', { kind: 'status', status: 403, body: 'no' }],
    ['a redirect', { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['an answer without a token', { kind: 'status', status: 200, body: '{}' }],
  ] as const) {
    it(`${what} from the token endpoint is not understood`, async () => {
      sandbox.server.faults.add({ ...fault, on: 'POST /token' });
      expect(await failureOf(account(connected(sandbox)))).to.be.instanceOf(UpstreamContract);
    });
  }

  it('no error says a secret', async () => {
    const context = connected(sandbox);
    await account(context);
    const token = JSON.parse(context.vault.values.get(VAULT.token) ?? '{}') as { readonly accessToken: string };
    expect(token.accessToken).to.match(/^ya29/);
    sandbox.server.faults.add(googleFault('authError', { on: '/admin/directory' }));
    const error = await failureOf(account(context));
    expect(`${error.message} ${String(error.stack)}`).to.not.include(token.accessToken);
  });
});
