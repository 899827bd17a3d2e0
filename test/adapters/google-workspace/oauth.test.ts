import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { googleWorkspaceAdapter } from '../../../src/adapters/google-workspace/adapter.js';
import { SCOPES, VAULT } from '../../../src/adapters/google-workspace/context.js';
import type { GoogleContext } from '../../../src/adapters/google-workspace/context.js';
import { oauth } from '../../../src/adapters/google-workspace/oauth.js';
import { UpstreamRefused } from '../../../src/adapters/upstream-errors.js';
import type { GoogleWorkspaceSandbox } from '../../../sandbox/google-workspace/google-workspace-sandbox.js';
import { adapterContext, MemoryVault } from '../../support/adapter-context.js';
import { failureOf, read, startSandbox } from './fixture.js';

const REDIRECT = 'https://keys.example.org/oauth/callback';

describe('google workspace by OAuth', () => {
  let sandbox: GoogleWorkspaceSandbox;
  let vault: MemoryVault;
  beforeEach(async () => {
    sandbox = (await startSandbox()).sample();
    vault = new MemoryVault();
  });
  afterEach(() => sandbox.stop());

  const context = (config: GoogleContext['config'] = {}): GoogleContext => {
    const usual = sandbox.oauthConnection();
    return adapterContext(sandbox.server.clock, googleWorkspaceAdapter.limits, {
      config: { ...usual.config, ...config },
      secrets: usual.secrets,
      settings: {},
      vault,
    });
  };
  /** The admin consents. */
  const codeFor = async (url: string): Promise<URLSearchParams> => {
    const answer = await fetch(url, { redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? '').searchParams;
  };
  const connect = async (one: GoogleContext = context()): Promise<void> => {
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const answer = await codeFor(oauth.authorizeUrl(one, { state: 's-1', redirectUri: REDIRECT, codeChallenge }));
    await oauth.exchange(one, { code: answer.get('code') ?? '', redirectUri: REDIRECT, codeVerifier });
  };

  it('asks for lasting access with consent, state and a challenge, and for no more than it reads', () => {
    const url = new URL(
      oauth.authorizeUrl(context({ adminEmail: 'admin@acme.test' }), { state: 's 1', redirectUri: REDIRECT, codeChallenge: 'ch' }),
    );
    expect(`${url.origin}${url.pathname}`).to.equal(`${sandbox.url}/o/oauth2/v2/auth`);
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      response_type: 'code',
      client_id: 'cid.apps.googleusercontent.test',
      redirect_uri: REDIRECT,
      scope: SCOPES.consent.join(' '),
      access_type: 'offline',
      prompt: 'consent',
      state: 's 1',
      code_challenge: 'ch',
      code_challenge_method: 'S256',
      login_hint: 'admin@acme.test',
    });
  });

  it('goes to Google itself when no address is given', () => {
    const one = { ...context(), config: { clientId: 'cid' } };
    const url = oauth.authorizeUrl(one, { state: 's', redirectUri: REDIRECT, codeChallenge: 'ch' });
    expect(url).to.match(/^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/);
  });

  it('connects, shows who consented, and reads the directory', async () => {
    await connect();
    expect(await googleWorkspaceAdapter.account(context())).to.deep.equal({
      id: 'C0acme01',
      name: 'acme.test',
      details: [
        { label: 'Admin', value: 'admin@acme.test' },
        { label: 'Domain', value: 'acme.test' },
      ],
    });
    expect((await read(context())).users.size).to.equal(9);
  });

  it('who consented counts, not who was suggested', async () => {
    sandbox.world.createUser({ primaryEmail: 'second@acme.test', isAdmin: true });
    await connect(context({ adminEmail: 'second@acme.test' }));
    const { details } = await googleWorkspaceAdapter.account(context({ adminEmail: 'somebody@acme.test' }));
    expect(details[0]?.value).to.equal('second@acme.test');
  });

  it('refreshes by itself, and keeps the refresh token that it has', async () => {
    await connect();
    const before = vault.values.get(VAULT.refreshToken);
    sandbox.server.clock.advance(3_600_000);
    await googleWorkspaceAdapter.account(context());
    expect(sandbox.tokenRequests.map((form) => form.get('grant_type'))).to.deep.equal(['authorization_code', 'refresh_token']);
    expect(vault.values.get(VAULT.refreshToken)).to.equal(before);
  });

  it('4: a consent that was taken back asks for a new connection, and is not tried again', async () => {
    await connect();
    sandbox.identity.refreshTokens.clear();
    sandbox.identity.expireTokens();
    const error = await failureOf(read(context()));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('connect again');
    expect(sandbox.tokenRequests).to.have.length(2);
  });

  it('a consent screen in "Testing" ends the connection after a week', async () => {
    sandbox.switches.testingConsent = true;
    await connect();
    sandbox.server.clock.advance(7 * 24 * 3_600_000 + 1);
    expect(await failureOf(read(context()))).to.be.instanceOf(UpstreamRefused);
  });

  it('before anybody consented nothing is asked', async () => {
    const error = await failureOf(googleWorkspaceAdapter.account(context({ adminEmail: 'admin@acme.test' })));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('not been connected');
    expect(sandbox.server.seen).to.have.length(0);
  });

  it('a code with another verifier, another address of return, or used twice gives nothing', async () => {
    const flow = { state: 's', redirectUri: REDIRECT, codeChallenge: createHash('sha256').update('right').digest('base64url') };
    const code = async () => (await codeFor(oauth.authorizeUrl(context(), flow))).get('code') ?? '';
    const exchange = async (changes: Readonly<Record<string, string>>) =>
      oauth.exchange(context(), { code: await code(), redirectUri: REDIRECT, codeVerifier: 'right', ...changes });
    expect(await failureOf(exchange({ codeVerifier: 'wrong' }))).to.be.instanceOf(UpstreamRefused);
    expect(await failureOf(exchange({ redirectUri: 'https://evil.example.org/' }))).to.be.instanceOf(UpstreamRefused);
    const used = await code();
    await exchange({ code: used });
    expect(await failureOf(exchange({ code: used }))).to.be.instanceOf(UpstreamRefused);
  });

  it('an answer that was lost is not asked for again: a code is good once', async () => {
    const flow = { state: 's', redirectUri: REDIRECT, codeChallenge: 'x' };
    const code = (await codeFor(oauth.authorizeUrl(context(), flow))).get('code') ?? '';
    sandbox.server.faults.add({ kind: 'reset', on: 'POST /token' });
    await failureOf(oauth.exchange(context(), { code, redirectUri: REDIRECT, codeVerifier: 'x' }));
    expect(sandbox.server.count('POST /token')).to.equal(1);
  });

  it('a scope that was unticked is found at once', async () => {
    sandbox.switches.untickedScopes.add(SCOPES.directory[1]);
    const error = await failureOf(connect());
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('ticked');
    expect(vault.values.size).to.equal(0);
  });

  it('somebody who is no admin cannot connect a directory', async () => {
    await connect(context({ adminEmail: 'hugo.berg@acme.test' }));
    const error = await failureOf(googleWorkspaceAdapter.account(context()));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('may not read users and groups');
  });

  it('a wrong client secret is named', async () => {
    sandbox.identity.clients.set('cid.apps.googleusercontent.test', 'another');
    const one = { ...context(), secrets: { clientSecret: 'wrong' } };
    const error = await failureOf(connect(one));
    expect(error.message).to.include('its secret is wrong');
    expect(error.message).to.not.include('"wrong"');
  });

  it('without client id or secret there is nothing to connect with', async () => {
    const flow = { state: 's', redirectUri: REDIRECT, codeChallenge: 'x' };
    expect(() => oauth.authorizeUrl({ ...context(), config: {} }, flow)).to.throw(UpstreamRefused);
    const one = { ...context(), secrets: {} };
    expect(await failureOf(oauth.exchange(one, { code: 'c', redirectUri: REDIRECT, codeVerifier: 'v' }))).to.be.instanceOf(UpstreamRefused);
  });

  it('15: connecting to another account with the same integration is refused', async () => {
    await connect();
    await googleWorkspaceAdapter.account(context());
    sandbox.world.customerId = 'C0other1';
    sandbox.world.createUser({ primaryEmail: 'boss@acme.test', isAdmin: true });
    await connect(context({ adminEmail: 'boss@acme.test' }));
    expect(await failureOf(googleWorkspaceAdapter.account(context()))).to.be.instanceOf(UpstreamRefused);
  });
});
