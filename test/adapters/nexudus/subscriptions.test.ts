import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { expect } from 'chai';
import { nexudusAdapter } from '../../../src/adapters/nexudus/adapter.js';
import { ACTIONS } from '../../../src/adapters/nexudus/webhook.js';
import { UpstreamContract, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import type { PullHint } from '../../../src/adapters/adapter.js';
import type { NexudusSandbox } from '../../../sandbox/nexudus/sandbox.js';
import { contextOf, errorOf, startNexudus } from './world.js';

const URL_OF_OURS = 'https://gw.example.test/webhooks/int_1/secret';

describe('nexudus: webhooks', () => {
  let sandbox: NexudusSandbox;
  beforeEach(async () => {
    sandbox = await startNexudus();
    sandbox.space.addBusiness('Harbour Works');
  });
  afterEach(() => sandbox.stop());

  const subscribe = (url = URL_OF_OURS) => nexudusAdapter.webhook?.subscribe?.(contextOf(sandbox), { url });
  const webhooks = () => sandbox.tables.all('Webhook');

  it('are one per action and location, with the action in the address', async () => {
    sandbox.space.addBusiness('Mill House');
    expect(await subscribe()).to.deep.equal({ renewAt: null });
    expect(webhooks()).to.have.length(2 * ACTIONS.size);
    for (const { URL, Action, Active } of webhooks()) expect([URL, Active]).to.deep.equal([`${URL_OF_OURS}/${Action}`, true]);
    expect(new Set(webhooks().map(({ BusinessId, Action }) => `${BusinessId} ${Action}`)).size).to.equal(2 * ACTIONS.size);
  });

  it('are made once, however often it is asked', async () => {
    await subscribe();
    const before = JSON.stringify(webhooks());
    await subscribe();
    expect(JSON.stringify(webhooks())).to.equal(before);
  });

  it('are switched on again when Nexudus has switched them off, with nothing else lost (N6, N12)', async () => {
    await subscribe();
    const [first] = webhooks();
    sandbox.tables.update('Webhook', first?.Id ?? 0, { Active: false, ErrorCount: 5, Description: 'kept' });
    await subscribe();
    const again = sandbox.tables.get('Webhook', first?.Id ?? 0);
    expect([again.Active, again.Name, again.Description]).to.deep.equal([true, first?.Name, 'kept']);
    expect(webhooks()).to.have.length(ACTIONS.size);
  });

  it('are made again when somebody deleted one, and doubles go', async () => {
    await subscribe();
    const [first, second] = webhooks();
    sandbox.tables.remove('Webhook', first?.Id ?? 0);
    sandbox.tables.insert('Webhook', {
      BusinessId: second?.BusinessId ?? 0,
      Name: 'x',
      Action: second?.Action ?? 0,
      URL: second?.URL ?? '',
    });
    await subscribe();
    expect(
      webhooks()
        .map(({ Action }) => Action)
        .sort(),
    ).to.deep.equal([...ACTIONS.keys()].sort());
  });

  it('of others are left alone', async () => {
    const other = sandbox.tables.insert('Webhook', { BusinessId: 1, Name: 'theirs', Action: 6, URL: `${URL_OF_OURS}-2/6`, Active: false });
    await subscribe();
    await nexudusAdapter.webhook?.unsubscribe?.(contextOf(sandbox), { url: URL_OF_OURS });
    expect(webhooks()).to.deep.equal([other]);
  });

  it('that are refused or not kept are told of', async () => {
    const body = '{"WasSuccessful":false,"Message":"URL: is not reachable"}';
    sandbox.server.faults.add({ kind: 'status', status: 200, on: 'POST /api/sys/webhooks', body });
    const refused = await errorOf(subscribe() ?? Promise.resolve());
    expect(refused).to.be.instanceOf(UpstreamContract);
    expect(refused.message).to.equal('Nexudus does not take the webhook: URL: is not reachable');
    sandbox.server.faults.clear();
    sandbox.server.faults.add({ kind: 'status', status: 200, on: 'POST /api/sys/webhooks', body: '{"WasSuccessful":true}' });
    expect(await errorOf(subscribe() ?? Promise.resolve())).to.be.instanceOf(UpstreamUnavailable);
  });

  describe('as they arrive', () => {
    let receiver: Server;
    let hints: PullHint[];
    let verdicts: string[];
    beforeEach(async () => {
      [hints, verdicts] = [[], []];
      receiver = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        const message = { headers, path: (request.url ?? '').slice('/hooks/'.length), query: {}, body: Buffer.concat(chunks) };
        const context = contextOf(sandbox, { secrets: { ...sandbox.signIn.account, webhookSecret: 'shared' } });
        const verdict = await nexudusAdapter.webhook?.verify(message, context);
        verdicts.push(verdict?.kind ?? '');
        if (verdict?.kind === 'genuine') hints.push(...(nexudusAdapter.webhook?.hints(message) ?? []));
        response.writeHead(verdict?.kind === 'genuine' ? 204 : 401).end();
      });
      receiver.listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      const address = receiver.address();
      await subscribe(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hooks`);
    });
    afterEach(() => receiver.close());

    for (const hash of ['raw', 'ascii'] as const) {
      it(`a new coworker with a name beyond ASCII, hashed ${hash}, is a hint to that coworker (N11)`, async () => {
        Object.assign(sandbox.space.hooks.switches, { sharedSecret: 'shared', hash, letters: 'lower' });
        const jose = sandbox.space.addCoworker('José Peña 🚪');
        await sandbox.space.settled();
        expect(verdicts).to.deep.equal(['genuine', 'genuine']);
        expect(hints).to.deep.equal([
          { kind: 'entity', sourceKey: String(jose.Id) },
          { kind: 'entity', sourceKey: String(jose.Id) },
        ]);
      });
    }

    it('unsigned ones are refused where a secret is known', async () => {
      sandbox.space.addCoworker('Ada Park');
      await sandbox.space.settled();
      expect(verdicts).to.deep.equal(['refused', 'refused']);
    });
  });
});
