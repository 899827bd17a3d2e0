import { expect } from 'chai';
import { nexudusAdapter } from '../../../src/adapters/nexudus/adapter.js';
import { Throttled, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import type { NexudusSandbox } from '../../../sandbox/nexudus/sandbox.js';
import { MemoryVault } from '../../support/adapter-context.js';
import { contextOf, errorOf, readOne, startNexudus } from './world.js';

const DAY_MS = 24 * 60 * 60_000;
const TOKEN = 'POST /api/token';

describe('nexudus: signing in', () => {
  let sandbox: NexudusSandbox;
  let vault: MemoryVault;
  let ada: number;
  beforeEach(async () => {
    sandbox = await startNexudus();
    // Each context paces by itself, and some of these tests have several.
    sandbox.throttle.limits = [];
    vault = new MemoryVault();
    ada = sandbox.space.addCoworker('Ada Park').Id;
  });
  afterEach(() => sandbox.stop());

  const read = async () => (await readOne(sandbox, ada, { vault }))?.externalId;

  it('asks for one token and keeps it (N1)', async () => {
    expect([await read(), await read()]).to.deep.equal([String(ada), String(ada)]);
    expect(sandbox.server.count(TOKEN)).to.equal(1);
  });

  it('asks once, however many begin at the same time', async () => {
    await Promise.all([read(), read(), read()]);
    expect(sandbox.server.count(TOKEN)).to.equal(1);
  });

  it('renews before the token ends, and so before its refresh token does (N1)', async () => {
    await read();
    sandbox.server.clock.advance(6.5 * DAY_MS);
    sandbox.space.tables.update('Coworker', ada, {});
    expect(await read()).to.equal(String(ada));
    expect(sandbox.server.seen.filter(({ status }) => status === 401)).to.have.length(0);
    expect(sandbox.server.count(TOKEN)).to.equal(2);
  });

  it('renews once when the token is refused, for all who were refused', async () => {
    await read();
    sandbox.signIn.expireAccessTokens();
    await Promise.all([read(), read()]);
    expect(sandbox.server.count(TOKEN)).to.equal(2);
  });

  it('falls back on the password when the refresh token is not good any more', async () => {
    await read();
    sandbox.signIn.expireAccessTokens();
    sandbox.signIn.expireRefreshTokens();
    expect(await read()).to.equal(String(ada));
    expect(sandbox.server.count(TOKEN)).to.equal(3);
  });

  it('gives each installation a client id of its own, so that they do not evict each other (N1)', async () => {
    const other = new MemoryVault();
    await readOne(sandbox, ada, { vault });
    await readOne(sandbox, ada, { vault: other });
    sandbox.signIn.expireAccessTokens();
    await readOne(sandbox, ada, { vault });
    await readOne(sandbox, ada, { vault: other });
    // Two sign-ins and two refreshes: none of them failed.
    expect(sandbox.server.seen.filter(({ path }) => path === '/api/token').map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
  });

  it('tests new secrets by themselves, not by the token of the old ones', async () => {
    await read();
    const context = contextOf(sandbox, { vault, secrets: { email: 'admin@example.test', password: 'changed' } });
    expect(await errorOf(nexudusAdapter.account(context))).to.be.instanceOf(UpstreamRefused);
  });

  it('says what Nexudus says of a wrong password, and not the password', async () => {
    const context = contextOf(sandbox, { secrets: { email: 'admin@example.test', password: 'hunter2-hunter2' } });
    const { message } = await errorOf(nexudusAdapter.account(context));
    expect(message).to.equal('Nexudus does not accept this e-mail and password: The user name or password is incorrect.');
  });

  it('a role that is missing is refused after one renewal, by the name of what is missing (N2)', async () => {
    sandbox.signIn.lackingRoles.add('Booking-List');
    const error = await errorOf(nexudusAdapter.account(contextOf(sandbox, { vault })));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.contain('bookings');
    expect(sandbox.server.count('GET /api/spaces/bookings')).to.equal(2);
  });

  it('signs in as an application by its key and the install token (N2)', async () => {
    const secrets = sandbox.signIn.application;
    expect((await readOne(sandbox, ada, { secrets }))?.externalId).to.equal(String(ada));
    expect(sandbox.server.count(TOKEN)).to.equal(0);
    const wrong = contextOf(sandbox, { secrets: { ...secrets, secretKey: 'other' } });
    expect(await errorOf(nexudusAdapter.account(wrong))).to.be.instanceOf(UpstreamRefused);
  });

  it('sends no token request before the time that it was told to wait for', async () => {
    sandbox.server.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '7200' }, on: TOKEN, times: 1 });
    const error = await errorOf(read());
    expect(error).to.be.instanceOf(Throttled);
    const { retryAt } = error as Throttled;

    expect(await errorOf(read())).to.be.instanceOf(Throttled);
    expect(sandbox.server.count(TOKEN)).to.equal(1);

    sandbox.server.clock.freeze(Date.parse(retryAt));
    expect(await read()).to.equal(String(ada));
  });

  it('an outage of the token service is an outage, not a refusal', async () => {
    sandbox.server.faults.add({ kind: 'status', on: TOKEN });
    expect(await errorOf(read())).to.be.instanceOf(UpstreamUnavailable);
  });
});
