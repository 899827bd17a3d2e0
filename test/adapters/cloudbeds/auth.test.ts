import { expect } from 'chai';
import type { CloudbedsSandbox } from '../../../sandbox/cloudbeds/sandbox.js';
import { cloudbedsAdapter } from '../../../src/adapters/cloudbeds/adapter.js';
import { announcedBase, authorizeUrl, configuredBase, servicesBase, tokenUrl } from '../../../src/adapters/cloudbeds/endpoints.js';
import type { UpstreamRequest } from '../../../src/adapters/http.js';
import { Throttled } from '../../../src/adapters/upstream-errors.js';
import type { CloudbedsConfig } from '../../../src/domain/generated/adapters/cloudbeds/config.js';
import { MemoryVault } from '../../support/adapter-context.js';
import { contextOf, failureOf, startedSandbox } from './support.js';

const REDIRECT = 'https://latchkey.example.test/oauth/callback';
const { account, oauth } = cloudbedsAdapter;
if (oauth === undefined) throw new Error('the adapter has an OAuth flow');

describe('Cloudbeds: connecting', () => {
  let sandbox: CloudbedsSandbox;
  let vault: MemoryVault;
  beforeEach(async () => {
    sandbox = await startedSandbox();
    vault = new MemoryVault();
  });
  afterEach(() => sandbox.stop());

  const context = (config: Partial<CloudbedsConfig> = {}) =>
    contextOf(sandbox, {
      vault,
      config: { clientId: sandbox.grants.clientId, ...config },
      secrets: { clientSecret: sandbox.grants.clientSecret },
    });
  const exchange = (code = sandbox.grants.issueCode(REDIRECT), config: Partial<CloudbedsConfig> = {}) =>
    oauth.exchange(context(config), { code, redirectUri: REDIRECT, codeVerifier: 'unused' });
  const tokens = () => JSON.parse(vault.values.get('token') ?? 'null') as { accessToken: string; refreshToken: string } | null;
  const tokenCalls = () => sandbox.server.count('POST /api/v1.3/access_token');

  describe('with an API key', () => {
    it('C1 sends the key and the property with every call', async () => {
      const sent: Readonly<Record<string, string>>[] = [];
      const plain = contextOf(sandbox);
      const watched = (one: UpstreamRequest) => {
        sent.push(one.headers ?? {});
        return plain.http.request(one);
      };
      await account({ ...plain, http: { request: watched } });
      expect(sent.length).to.be.greaterThan(2);
      for (const headers of sent) expect(headers).to.deep.equal({ 'x-api-key': sandbox.grants.apiKey, 'x-property-id': '240117' });
    });

    it('C1 is refused, with one try, when nobody used the key for thirty days', async () => {
      await account(contextOf(sandbox));
      sandbox.server.clock.advance(31 * 24 * 60 * 60_000);
      const before = sandbox.server.seen.length;
      expect((await failureOf(account(contextOf(sandbox)))).name).to.equal('UpstreamRefused');
      expect(sandbox.server.seen.length - before).to.equal(1);
    });

    it('never repeats the key in what it says', async () => {
      const { apiKey } = sandbox.grants;
      sandbox.server.faults.add({
        kind: 'status',
        status: 401,
        body: JSON.stringify({ success: false, message: `The key ${apiKey} is wrong` }),
      });
      expect((await failureOf(account(contextOf(sandbox)))).message).to.equal(
        'Cloudbeds does not accept the connection: The key … is wrong',
      );
    });
  });

  describe('with OAuth', () => {
    it('sends the admin to the consent page with what is needed', () => {
      const url = new URL(oauth.authorizeUrl(context(), { state: 'a&b', redirectUri: REDIRECT, codeChallenge: 'x' }));
      expect(url.origin + url.pathname).to.equal(`${sandbox.apiBaseUrl}/oauth`);
      expect(Object.fromEntries(url.searchParams)).to.deep.include({
        client_id: 'sandbox-client',
        redirect_uri: REDIRECT,
        response_type: 'code',
        state: 'a&b',
      });
      expect(url.searchParams.get('scope')?.split(' ')).to.include.members(['read:reservation', 'write:doorLockKey']);
    });

    it('C1 trades the code of the consent page for tokens and reads with them', async () => {
      const url = oauth.authorizeUrl(context(), { state: 's', redirectUri: REDIRECT, codeChallenge: 'x' });
      const back = (await fetch(url, { redirect: 'manual' })).headers.get('location');
      await exchange(new URL(back ?? '').searchParams.get('code') ?? '');
      expect((await account(context())).name).to.equal('Hotel Vela');
    });

    it('says that nobody has connected yet, without asking Cloudbeds', async () => {
      expect((await failureOf(account(context()))).message).to.equal('Nobody has connected this integration with Cloudbeds yet.');
      expect(sandbox.server.seen).to.deep.equal([]);
    });

    it('C1 a code counts once and for ten minutes; nothing is stored otherwise', async () => {
      const code = sandbox.grants.issueCode(REDIRECT);
      await exchange(code);
      vault.values.clear();
      expect((await failureOf(exchange(code))).name).to.equal('UpstreamRefused');
      const late = sandbox.grants.issueCode(REDIRECT);
      sandbox.server.clock.advance(10 * 60_000);
      expect((await failureOf(exchange(late))).message).to.equal(
        'Cloudbeds gives no access: The authorization code is invalid or has expired.',
      );
      expect(tokens()).to.equal(null);
    });

    it('refuses a connection to another property and keeps what was there', async () => {
      const error = await failureOf(exchange(undefined, { propertyId: '5' }));
      expect(error.message).to.equal('This connection is for property 240117, not for 5.');
      expect(tokens()).to.equal(null);
    });

    it('C1 renews in time, keeps the new refresh token, and the old one is worth nothing', async () => {
      await exchange();
      const first = tokens();
      sandbox.server.clock.advance(59 * 60_000 + 1_000);
      await account(context());
      const second = tokens();
      expect(second?.refreshToken).not.to.equal(first?.refreshToken);
      expect(sandbox.grants.refresh(first?.refreshToken ?? '')).to.equal(null);
      sandbox.server.clock.advance(3_600_000);
      expect((await account(context())).id).to.equal('240117');
    });

    it('keeps the refresh token when the renewal brings none', async () => {
      await exchange();
      const before = tokens();
      sandbox.grants.expireAccess();
      sandbox.server.faults.add({
        kind: 'status',
        status: 200,
        body: '{"access_token":"x","expires_in":"60"}',
        on: '/access_token',
        times: 1,
      });
      await failureOf(account(context()));
      expect(tokens()).to.deep.include({ accessToken: 'x', refreshToken: before?.refreshToken });
    });

    for (const expiredAs of ['401', '403', 'success-false'] as const) {
      it(`C2 an access token that ended early (${expiredAs}) is renewed once, and the call tried once more`, async () => {
        await exchange();
        sandbox.switches.expiredAs = expiredAs;
        sandbox.grants.expireAccess();
        const before = tokenCalls();
        expect((await account(context())).id).to.equal('240117');
        expect(tokenCalls() - before).to.equal(1);
      });
    }

    it('C2 a door-lock service that says ACCESS_DENIED for an old token is asked again with a new one', async () => {
      sandbox.locks.setUp();
      await exchange();
      const id = sandbox.world.addReservation([
        { room: '501233-1', checkIn: sandbox.world.day(), checkOut: sandbox.world.day(1) },
      ]).reservationID;
      await account(context());
      sandbox.grants.expireAccess();
      sandbox.server.faults.add({
        kind: 'status',
        status: 403,
        body: '{"code":"ACCESS_DENIED","description":"Access denied"}',
        on: '/keys/',
        times: 1,
      });
      expect((await cloudbedsAdapter.one?.(context(), id))?.length).to.equal(1);
    });

    it('C2 gives up after one renewal that changed nothing', async () => {
      await exchange();
      const before = tokenCalls();
      sandbox.server.faults.add({
        kind: 'status',
        status: 403,
        body: '{"success":false,"message":"Insufficient scope"}',
        on: '/getHotels',
      });
      expect((await failureOf(account(context()))).message).to.equal('Cloudbeds does not accept the connection: Insufficient scope');
      expect([tokenCalls() - before, sandbox.server.count('/getHotels')]).to.deep.equal([1, 2]);
    });

    it('C2 a connection whose approver has left is refused for good, without a renewal', async () => {
      await exchange();
      const before = tokenCalls();
      sandbox.switches.approverGone = true;
      const error = await failureOf(account(context()));
      expect([error.name, error.message]).to.deep.equal([
        'UpstreamRefused',
        'Cloudbeds does not accept the connection: User who approved this connection is not active anymore',
      ]);
      expect(tokenCalls()).to.equal(before);
    });

    it('C2 a renewal that is refused says so, without the token', async () => {
      await exchange();
      const { refreshToken = '' } = tokens() ?? {};
      sandbox.grants.expireAccess();
      sandbox.server.faults.add({
        kind: 'status',
        status: 200,
        body: JSON.stringify({ success: false, message: `${refreshToken} is revoked` }),
        on: '/access_token',
      });
      const error = await failureOf(account(context()));
      expect([error.name, error.message]).to.deep.equal(['UpstreamRefused', 'Cloudbeds gives no access: … is revoked']);
    });

    it('C1 many calls at once renew once: two renewals would end each other', async () => {
      await exchange();
      sandbox.switches.reuseEndsGrant = true;
      sandbox.grants.expireAccess();
      const before = tokenCalls();
      const accounts = await Promise.all(Array.from({ length: 8 }, () => account(context())));
      expect(accounts.map(({ id }) => id)).to.deep.equal(Array.from({ length: 8 }, () => '240117'));
      expect(tokenCalls() - before).to.equal(1);
    });

    it('does not repeat a renewal by itself: the first try may have spent the token', async () => {
      await exchange();
      sandbox.grants.expireAccess();
      const before = tokenCalls();
      sandbox.server.faults.add({ kind: 'reset', on: '/access_token' });
      expect((await failureOf(account(context()))).name).to.equal('UpstreamUnavailable');
      expect(tokenCalls() - before).to.equal(1);
    });

    it('remembers how long the token endpoint wants to be left alone, over restarts', async () => {
      await exchange();
      sandbox.grants.expireAccess();
      sandbox.server.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '3600' }, on: '/access_token', times: 1 });
      expect(await failureOf(account(context()))).to.be.instanceOf(Throttled);
      const before = tokenCalls();
      const error = await failureOf(account(context()));
      expect(error).to.be.instanceOf(Throttled);
      expect((error as Throttled).retryAt).to.equal('2026-11-25T16:00:00.000Z');
      expect(tokenCalls()).to.equal(before);
      sandbox.server.clock.advance(3_600_000);
      expect((await account(context())).id).to.equal('240117');
      expect(vault.values.has('token_retry_at')).to.equal(false);
    });
  });

  describe('addresses', () => {
    const config = (given: Partial<CloudbedsConfig> = {}): CloudbedsConfig => ({ propertyId: '1', ...given });

    it('are those of Cloudbeds by themselves', () => {
      expect(configuredBase(config())).to.deep.equal({ url: 'https://api.cloudbeds.com/api/v1.3', chosen: false });
      expect(servicesBase(config())).to.equal('https://api.cloudbeds.com');
      expect(servicesBase(config({ apiBaseUrl: 'https://hotels.cloudbeds.com/api/v1.2' }))).to.equal('https://api.cloudbeds.com');
      expect(tokenUrl(config())).to.equal('https://api.cloudbeds.com/api/v1.3/access_token');
      expect(authorizeUrl(config())).to.equal('https://hotels.cloudbeds.com/api/v1.1/oauth');
    });

    it('follow another base, so that no secret goes to the real system by mistake, and can each be set alone', () => {
      const other = config({ apiBaseUrl: 'http://127.0.0.1:9/api/v1.3/' });
      expect([servicesBase(other), tokenUrl(other), authorizeUrl(other)]).to.deep.equal([
        'http://127.0.0.1:9',
        'http://127.0.0.1:9/api/v1.3/access_token',
        'http://127.0.0.1:9/api/v1.3/oauth',
      ]);
      expect(servicesBase(config({ apiBaseUrl: 'https://evil-cloudbeds.com/api' }))).to.equal('https://evil-cloudbeds.com');
      const alone = config({ servicesBaseUrl: 'https://s.test/', tokenUrl: 'https://t.test/x', authorizeUrl: 'https://a.test/y' });
      expect([servicesBase(alone), tokenUrl(alone), authorizeUrl(alone)]).to.deep.equal([
        'https://s.test',
        'https://t.test/x',
        'https://a.test/y',
      ]);
    });

    for (const [announced, base] of [
      ['https://api-eu.cloudbeds.com', 'https://api-eu.cloudbeds.com/api/v1.3'],
      ['https://api-eu.cloudbeds.com/', 'https://api-eu.cloudbeds.com/api/v1.3'],
      ['https://api-eu.cloudbeds.com/api/v1.2/', 'https://api-eu.cloudbeds.com/api/v1.2'],
    ] as const) {
      it(`C3 ${announced} means ${base}`, () => expect(announcedBase(announced)).to.equal(base));
    }

    for (const announced of [
      'http://api-eu.cloudbeds.com',
      'https://127.0.0.1',
      'https://10.0.0.1/api',
      'https://u:p@api.test',
      'ftp://x',
      'x',
    ]) {
      it(`C3 sends no credentials to ${announced}`, () => {
        expect(() => announcedBase(announced)).to.throw('Cloudbeds names an address for this property that cannot be used.');
      });
    }

    /** The real addresses, led to the simulated system. */
    const real = () => {
      const plain = contextOf(sandbox, { vault });
      const hosts = new Map([
        ['https://api.cloudbeds.com', sandbox.server.url],
        ['https://api-eu.cloudbeds.com', `${sandbox.server.url}/eu`],
      ]);
      const lead = (url: string) => (hosts.get(new URL(url).origin) ?? 'http://nowhere.invalid') + new URL(url).pathname;
      return {
        ...plain,
        config: { propertyId: '240117' },
        http: { request: (one: UpstreamRequest) => plain.http.request({ ...one, url: lead(one.url) }) },
      };
    };

    it('C3 follows the base that Cloudbeds announces for the property, asked once', async () => {
      sandbox.switches.announcedBase = 'https://api-eu.cloudbeds.com/api/v1.3';
      await account(real());
      expect(await cloudbedsAdapter.one?.(real(), '1')).to.deep.equal([]);
      expect(sandbox.server.seen.map(({ path }) => path.split('?')[0])).to.deep.equal([
        '/api/v1.3/oauth/metadata',
        '/eu/api/v1.3/getHotels',
        '/eu/api/v1.3/getHotelDetails',
        '/doorlock/v1/settings/240117',
        '/eu/api/v1.3/getReservation',
      ]);
    });

    it('C3 stays with the usual base when none is announced', async () => {
      sandbox.server.faults.add({ kind: 'status', status: 404, body: '{"success":false,"message":"Unknown endpoint"}', on: '/metadata' });
      expect((await account(real())).id).to.equal('240117');
    });

    it('C3 a configured base overrides it', async () => {
      sandbox.switches.announcedBase = 'https://api-eu.cloudbeds.com/api/v1.3';
      await account(contextOf(sandbox));
      expect(sandbox.server.count('metadata')).to.equal(0);
    });
  });
});
