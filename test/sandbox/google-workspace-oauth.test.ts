import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { GoogleWorkspaceSandbox } from '../../sandbox/google-workspace/google-workspace-sandbox.js';
import { keyPair, writeJws } from '../../sandbox/google-workspace/keys.js';

const NOW = Date.parse('2026-11-25T12:00:00Z') / 1_000;
const CLIENT = { client_id: 'cid.apps.googleusercontent.test', client_secret: 'GOCSPX-sandbox' };
const REDIRECT = 'https://keys.example.org/callback';
const USERS = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

type Body = Readonly<Record<string, unknown>>;

describe('sandbox: Google OAuth (section 10)', () => {
  let sandbox: GoogleWorkspaceSandbox;
  beforeEach(async () => {
    sandbox = new GoogleWorkspaceSandbox();
    sandbox.server.clock.freeze(NOW * 1_000);
    await sandbox.start();
  });
  afterEach(() => sandbox.stop());

  const post = async (path: string, form: Readonly<Record<string, string>>) => {
    const answer = await fetch(`${sandbox.url}${path}`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, body: (await answer.json()) as Body };
  };
  const authorize = async (changes: Readonly<Record<string, string>> = {}) => {
    const query = {
      client_id: CLIENT.client_id,
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid email',
      state: 's-1',
      ...changes,
    };
    const answer = await fetch(`${sandbox.url}/o/oauth2/v2/auth?${new URLSearchParams(query)}`, { redirect: 'manual' });
    const location = answer.headers.get('location');
    return { status: answer.status, query: location === null ? new URLSearchParams() : new URL(location).searchParams, location };
  };
  const tokenFor = async (code: string, changes: Readonly<Record<string, string>> = {}) =>
    post('/token', { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...CLIENT, ...changes });
  const offline = { access_type: 'offline', prompt: 'consent' };
  const connect = async (changes: Readonly<Record<string, string>> = offline) =>
    (await tokenFor((await authorize(changes)).query.get('code') ?? '')).body;

  describe('consent', () => {
    it('sends straight back with a code and the same state', async () => {
      const { status, query, location } = await authorize();
      expect(status).to.equal(302);
      expect(location).to.match(/^https:\/\/keys\.example\.org\/callback\?/);
      expect(query.get('state')).to.equal('s-1');
      expect(query.get('code')).to.match(/^4\//);
    });

    it('refuses an unknown client, another response type and an address that is none', async () => {
      for (const changes of [{ client_id: 'x' }, { response_type: 'token' }, { redirect_uri: 'x' }]) {
        expect((await authorize(changes as Record<string, string>)).status).to.equal(400);
      }
    });

    for (const error of ['access_denied', 'server_error'] as const) {
      it(`can end with ${error}`, async () => {
        sandbox.switches.consentError = error;
        const { query } = await authorize();
        expect([query.get('error'), query.get('code'), query.get('state')]).to.deep.equal([error, null, 's-1']);
      });
    }
  });

  describe('code', () => {
    it('gives a token, a refresh token only with offline consent, and an id token', async () => {
      const online = await connect({});
      expect(online).to.include({ expires_in: 3_599, token_type: 'Bearer', scope: 'openid email' }).and.not.have.property('refresh_token');
      const body = await connect();
      expect(body['refresh_token']).to.be.a('string');
      const claims = JSON.parse(Buffer.from(String(body['id_token']).split('.')[1] ?? '', 'base64url').toString()) as Body;
      expect(claims).to.include({ aud: CLIENT.client_id, iss: 'https://accounts.google.com', email: 'admin@acme.test', hd: 'acme.test' });
    });

    it('is good once, for ten minutes, for its client and its address', async () => {
      const code = async () => (await authorize()).query.get('code') ?? '';
      const used = await code();
      await tokenFor(used);
      expect((await tokenFor(used)).body['error']).to.equal('invalid_grant');
      expect((await tokenFor(await code(), { redirect_uri: 'https://evil.example.org/' })).status).to.equal(400);
      expect((await tokenFor(await code(), { client_secret: 'x' })).body).to.include({ error: 'invalid_client' });
      expect((await tokenFor(await code(), { client_id: 'x' })).status).to.equal(401);
      const old = await code();
      sandbox.server.clock.advance(600_000);
      expect((await tokenFor(old)).body['error']).to.equal('invalid_grant');
    });

    it('with a challenge needs its verifier (S256)', async () => {
      const challenge = createHash('sha256').update('verifier').digest('base64url');
      const code = async () => (await authorize({ code_challenge: challenge, code_challenge_method: 'S256' })).query.get('code') ?? '';
      expect((await tokenFor(await code())).status).to.equal(400);
      expect((await tokenFor(await code(), { code_verifier: 'other' })).status).to.equal(400);
      expect((await tokenFor(await code(), { code_verifier: 'verifier' })).status).to.equal(200);
    });
  });

  describe('refresh token', () => {
    const refresh = (token: unknown) => post('/token', { grant_type: 'refresh_token', refresh_token: String(token), ...CLIENT });

    it('gives access tokens again and again, and no new refresh token', async () => {
      const { refresh_token: token } = await connect();
      expect((await refresh(token)).body)
        .to.include({ expires_in: 3_599 })
        .and.not.have.property('refresh_token');
      expect((await refresh(token)).status).to.equal(200);
    });

    it('dies when it is revoked, or unknown, or half a year unused, or after a week of "Testing"', async () => {
      const { refresh_token: revoked } = await connect();
      await post('/revoke', { token: String(revoked) });
      expect((await refresh(revoked)).body).to.deep.equal({
        error: 'invalid_grant',
        error_description: 'Token has been expired or revoked.',
      });
      expect((await refresh('x')).status).to.equal(400);
      const { refresh_token: unused } = await connect();
      sandbox.server.clock.advance(183 * 86_400_000);
      expect((await refresh(unused)).status).to.equal(400);
      const { refresh_token: testing } = await connect();
      sandbox.switches.testingConsent = true;
      sandbox.server.clock.advance(8 * 86_400_000);
      expect((await refresh(testing)).status).to.equal(400);
    });

    it('of a hundred and one the oldest is dropped without a word', async () => {
      const { refresh_token: first } = await connect();
      const { refresh_token: second } = await connect();
      for (let index = 0; index < 99; index += 1) await connect();
      expect((await refresh(first)).status).to.equal(400);
      expect((await refresh(second)).status).to.equal(200);
    });
  });

  describe('service account', () => {
    const claims = {
      iss: 'sync@sandbox.iam.gserviceaccount.test',
      scope: USERS,
      aud: 'https://oauth2.googleapis.com/token',
      iat: NOW,
      exp: NOW + 3_600,
      sub: 'admin@acme.test',
    };
    const grant = (changes: object = {}, header: object = { alg: 'RS256' }, key = keyPair(0).privateKey) =>
      post('/token', { grant_type: JWT_BEARER, assertion: writeJws(header, { ...claims, ...changes }, key) });

    it('gets a token and nothing to refresh it', async () => {
      expect((await grant()).body)
        .to.include({ expires_in: 3_599, token_type: 'Bearer' })
        .and.not.have.any.keys('refresh_token', 'scope');
    });

    it('may name its key and type, and our own address as the audience', async () => {
      expect((await grant({}, { alg: 'RS256', typ: 'JWT', kid: 'k' })).status).to.equal(200);
      expect((await grant({ aud: `${sandbox.url}/token` })).status).to.equal(200);
    });

    for (const [what, changes, description] of [
      ['an unknown account', { iss: 'x' }, 'account not found'],
      ['another audience', { aud: 'https://evil.example.org' }, 'audience'],
      ['more than an hour', { exp: NOW + 3_601 }, 'short-lived'],
      ['a time to come', { iat: NOW + 400, exp: NOW + 500 }, 'short-lived'],
      ['a time gone by', { iat: NOW - 4_000, exp: NOW - 400 }, 'short-lived'],
      ['no times', { iat: undefined, exp: undefined }, 'short-lived'],
      ['somebody who is not there', { sub: 'x@acme.test' }, 'Invalid email or User ID'],
    ] as const) {
      it(`is refused for ${what}`, async () => {
        const { status, body } = await grant(changes);
        expect([status, body['error']]).to.deep.equal([400, 'invalid_grant']);
        expect(body['error_description']).to.include(description);
      });
    }

    it('is refused with another key, another algorithm, or what is no JWT', async () => {
      expect((await grant({}, { alg: 'RS256' }, keyPair(1).privateKey)).body['error_description']).to.equal('Invalid JWT Signature.');
      expect((await grant({}, { alg: 'none' })).status).to.equal(400);
      for (const assertion of ['', 'a.b', 'a.b.c', '..'])
        expect((await post('/token', { grant_type: JWT_BEARER, assertion })).status).to.equal(400);
    });

    it('is refused for scopes beyond what was allowed', async () => {
      const { status, body } = await grant({ scope: `${USERS} https://www.googleapis.com/auth/admin.directory.orgunit.readonly` });
      expect([status, body['error']]).to.deep.equal([401, 'unauthorized_client']);
      expect((await grant({ scope: '' })).status).to.equal(401);
    });
  });

  it('another grant is not supported', async () => {
    expect((await post('/token', { grant_type: 'password' })).body['error']).to.equal('unsupported_grant_type');
  });

  describe('userinfo', () => {
    const userinfo = async (token: string, query = '') => {
      const headers = query === '' ? { authorization: `Bearer ${token}` } : {};
      const answer = await fetch(`${sandbox.url}/v3/userinfo${query}`, { headers });
      return { status: answer.status, body: (await answer.json()) as Body };
    };

    it('takes the token in the header and in the query, and remembers which', async () => {
      const token = String((await connect())['access_token']);
      const { body } = await userinfo(token);
      expect(body).to.include({ email: 'admin@acme.test', email_verified: true, hd: 'acme.test', name: 'Ada Lind' });
      expect((await userinfo('', `?access_token=${token}`)).body).to.deep.equal(body);
      expect(sandbox.userinfoRequests).to.deep.equal(['header', 'query']);
    });

    it('refuses a token that is not known', async () => {
      expect((await userinfo('x')).status).to.equal(401);
    });

    it('says what a test wants it to say; somebody from elsewhere has no hosted domain', async () => {
      const stranger = String((await connect({ login_hint: 'me@mail.test' }))['access_token']);
      expect((await userinfo(stranger)).body)
        .to.include({ email: 'me@mail.test' })
        .and.not.have.property('hd');
      sandbox.profiles.set('me@mail.test', { sub: '1', email: 'me@mail.test', email_verified: false });
      expect((await userinfo(stranger)).body).to.deep.equal({ sub: '1', email: 'me@mail.test', email_verified: false });
    });
  });

  it('revoking ends a token and everything that hangs on it; an unknown one is an error', async () => {
    const { access_token: access, refresh_token: refresh } = await connect();
    expect((await post('/revoke', { token: String(access) })).status).to.equal(200);
    expect(sandbox.identity.token(String(access))).to.equal(undefined);
    expect((await post('/token', { grant_type: 'refresh_token', refresh_token: String(refresh), ...CLIENT })).status).to.equal(400);
    expect((await post('/revoke', { token: 'x' })).body['error']).to.equal('invalid_token');
  });
});
