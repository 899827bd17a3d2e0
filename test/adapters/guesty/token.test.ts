import { expect } from 'chai';
import { guestyAdapter } from '../../../src/adapters/guesty/adapter.js';
import { call } from '../../../src/adapters/guesty/client.js';
import { accountIdOf } from '../../../src/adapters/guesty/token.js';
import { Throttled, UpstreamContract, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import type { GuestySandbox } from '../../../sandbox/guesty/server.js';
import { ACCOUNT_ID } from '../../../sandbox/guesty/world.js';
import { MemoryVault } from '../../support/adapter-context.js';
import { contextFor, failureOf, NOW, startSandbox, type TestContext } from './fixture.js';

const HOUR_MS = 60 * 60_000;
const TOKENS = 'POST /oauth2/token';

describe('guesty: tokens', () => {
  let sandbox: GuestySandbox;
  let vault: MemoryVault;
  beforeEach(async () => {
    sandbox = await startSandbox();
    vault = new MemoryVault();
  });
  afterEach(() => sandbox.stop());

  const me = (context: TestContext = contextFor(sandbox, { vault })) => guestyAdapter.account(context);
  const webhooks = () => call(contextFor(sandbox, { vault }), { method: 'GET', path: '/webhooks' });

  it('tells the account by the claim of the token, and its name by /accounts/me', async () => {
    expect(await me()).to.deep.equal({
      id: ACCOUNT_ID,
      name: 'Harbour Stays',
      details: [{ label: 'E-mail', value: 'office@harbour.example.test' }],
    });
  });

  it('G2: asks for them at the root of the host, and for everything else under /v1', async () => {
    await me();
    expect(sandbox.server.seen.map(({ method, path }) => `${method} ${path}`)).to.deep.equal(['POST /oauth2/token', 'GET /v1/accounts/me']);
  });

  it('are used for a day, over restarts, and renewed half an hour before they end', async () => {
    await me();
    sandbox.server.clock.freeze(NOW + 23.4 * HOUR_MS);
    await me();
    expect(sandbox.server.count(TOKENS)).to.equal(1);
    sandbox.server.clock.freeze(NOW + 23.6 * HOUR_MS);
    await me();
    expect(sandbox.server.count(TOKENS)).to.equal(2);
  });

  it('are used to their end when no other can be had', async () => {
    await me();
    sandbox.server.clock.freeze(NOW + 23.6 * HOUR_MS);
    sandbox.server.faults.add({ kind: 'status', on: TOKENS });
    expect((await me()).id).to.equal(ACCOUNT_ID);
    sandbox.server.clock.freeze(NOW + 24 * HOUR_MS);
    expect(await failureOf(me())).to.be.instanceOf(UpstreamUnavailable);
  });

  it('G3: of 12 callers at once, in several processes, cost one', async () => {
    await Promise.all(Array.from({ length: 12 }, () => me()));
    expect(sandbox.server.count(TOKENS)).to.equal(1);
  });

  for (const [what, unauthorizedOn] of [
    ['403', []],
    ['401', ['/v1/']],
  ] as const) {
    it(`G3: that end too early and are answered ${what} are renewed once for 12 parallel failures`, async () => {
      await me();
      sandbox.switches.unauthorizedOn = [...unauthorizedOn];
      sandbox.tokens.expireAll();
      sandbox.server.clock.advance(1_000);
      const accounts = await Promise.all(Array.from({ length: 12 }, () => me()));
      expect(accounts.map(({ id }) => id)).to.deep.equal(Array.from({ length: 12 }, () => ACCOUNT_ID));
      expect(sandbox.server.count(TOKENS)).to.equal(2);
    });
  }

  it('are not used up by a right that is missing: one more for the first refusal, none for those that follow', async () => {
    await me();
    sandbox.switches.forbiddenOn = ['/v1/webhooks'];
    for (let times = 0; times < 10; times += 1) expect(await failureOf(webhooks())).to.be.instanceOf(UpstreamRefused);
    expect(sandbox.server.count(TOKENS)).to.equal(2);
    expect((await me()).id).to.equal(ACCOUNT_ID);
  });

  it('stay below five a day while a right is missing and somebody asks every hour', async () => {
    sandbox.switches.forbiddenOn = ['/v1/webhooks'];
    for (let minute = 0; minute < 3 * 24 * 60; minute += 60) {
      sandbox.server.clock.freeze(NOW + minute * 60_000);
      expect(await failureOf(webhooks())).to.be.instanceOf(UpstreamRefused);
    }
    expect(sandbox.server.seen.filter(({ path, status }) => path.startsWith('/oauth2') && status === 429)).to.deep.equal([]);
    expect(sandbox.server.count(TOKENS)).to.be.at.most(11);
  });

  for (const quotaBody of ['empty', 'text', 'json'] as const) {
    it(`G1: that are used up (answer: ${quotaBody}) are not asked for again before the time that Guesty named`, async () => {
      sandbox.switches.quotaBody = quotaBody;
      for (let times = 0; times < 5; times += 1) await me(contextFor(sandbox));
      const context = contextFor(sandbox, { vault });
      const error = await failureOf(me(context));
      expect(error).to.be.instanceOf(Throttled).and.to.have.property('retryAt', '2026-11-24T14:00:00.000Z');
      expect(context.slept).to.deep.equal([]);

      sandbox.server.clock.freeze(NOW + 23.9 * HOUR_MS);
      const again = await failureOf(me());
      expect(again).to.be.instanceOf(Throttled).and.to.have.property('retryAt', '2026-11-24T14:00:00.000Z');
      expect(sandbox.server.count(TOKENS)).to.equal(6);

      sandbox.server.clock.freeze(NOW + 24 * HOUR_MS);
      expect((await me()).id).to.equal(ACCOUNT_ID);
    });
  }

  it('of other secrets are never used: new secrets are really tested', async () => {
    await me();
    const wrong = contextFor(sandbox, { vault, clientSecret: 'wrong' });
    const error = await failureOf(me(wrong));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.not.contain('wrong');
    expect((await me()).id).to.equal(ACCOUNT_ID);
  });

  it('a deadline of other secrets holds nobody up', async () => {
    for (let times = 0; times < 5; times += 1) await me(contextFor(sandbox));
    await failureOf(me());
    sandbox.tokens.addClient('other', 'other-secret');
    expect((await me(contextFor(sandbox, { vault, clientId: 'other', clientSecret: 'other-secret' }))).id).to.equal(ACCOUNT_ID);
  });

  for (const [status, expected] of [
    [400, UpstreamRefused],
    [401, UpstreamRefused],
    [403, UpstreamRefused],
    [404, UpstreamContract],
    [503, UpstreamUnavailable],
  ] as const) {
    it(`an answer ${status} is ${expected.name}, and is not asked for twice`, async () => {
      sandbox.server.faults.add({ kind: 'status', status, on: TOKENS, body: '{"error":"x"}' });
      expect(await failureOf(me())).to.be.instanceOf(expected);
      expect(sandbox.server.count(TOKENS)).to.equal(1);
    });
  }

  for (const body of ['', '<html>', '{}', '{"access_token":"a","expires_in":"soon"}', '{"access_token":"a","expires_in":0}']) {
    it(`an answer 200 with ${body === '' ? 'nothing' : body} is not understood`, async () => {
      sandbox.server.faults.add({ kind: 'html', body, on: TOKENS });
      expect(await failureOf(me())).to.be.instanceOf(UpstreamContract);
    });
  }

  for (const token of [
    'opaque',
    'a.b.c',
    `a.${Buffer.from('{}').toString('base64url')}.c`,
    `a.${Buffer.from('[1').toString('base64url')}.c`,
  ]) {
    it(`of the form ${token} names no account, which is not understood`, () => {
      expect(() => accountIdOf(token)).to.throw(UpstreamContract);
    });
  }
});

describe('guesty: what Guesty says when it does not do something', () => {
  let sandbox: GuestySandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.stop());

  for (const [form, status, expected, said] of [
    ['code', 400, UpstreamContract, 'Guesty answered 400: Unauthorized'],
    ['validation', 400, UpstreamContract, 'Guesty answered 400: Something is wrong'],
    ['message', 422, UpstreamContract, 'Guesty answered 422: Something is wrong'],
    ['forbidden', 403, UpstreamRefused, 'Guesty answered 403: Forbidden'],
    ['notFound', 404, UpstreamContract, 'Guesty answered 404: Reservation not found'],
    ['internal', 500, UpstreamUnavailable, 'The other system answered 500: Internal Server Error'],
    ['text', 503, UpstreamUnavailable, 'The other system answered 503: upstream connect error'],
  ] as const) {
    it(`G5: the form “${form}” with ${status} is ${expected.name} with its words`, async () => {
      sandbox.fail(status, form, { on: '/v1/accounts' });
      const error = await failureOf(guestyAdapter.account(contextFor(sandbox)));
      expect(error).to.be.instanceOf(expected);
      expect(error.message).to.equal(said);
    });
  }

  it('G4: 15 a second are never passed, so that nothing is ever answered 429', async () => {
    const context = contextFor(sandbox);
    for (let times = 0; times < 151; times += 1) await guestyAdapter.account(context);
    expect(sandbox.server.seen.filter(({ status }) => status === 429)).to.deep.equal([]);
    expect(sandbox.server.count('GET /v1/accounts/me')).to.equal(151);
  });
});
