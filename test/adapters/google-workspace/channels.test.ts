import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { expect } from 'chai';
import type { PullHint, Verdict } from '../../../src/adapters/adapter.js';
import { googleWorkspaceAdapter } from '../../../src/adapters/google-workspace/adapter.js';
import { channelsOf, subscribe, unsubscribe } from '../../../src/adapters/google-workspace/channels.js';
import { UpstreamContract, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import { googleFault } from '../../../sandbox/google-workspace/errors.js';
import type { GoogleWorkspaceSandbox } from '../../../sandbox/google-workspace/google-workspace-sandbox.js';
import { connected, failureOf, startSandbox } from './fixture.js';

const HOUR = 3_600_000;
const WATCH = 'POST /admin/directory/v1/users/watch';
const STOP = 'POST /admin/directory_v1/channels/stop';

describe('google workspace push channels', () => {
  let sandbox: GoogleWorkspaceSandbox;
  let context: ReturnType<typeof connected>;
  let receiver: Server;
  let url: string;
  /** What our side made of each message. */
  let received: { readonly verdict: Verdict; readonly hints: readonly PullHint[] }[];

  beforeEach(async () => {
    sandbox = (await startSandbox()).sample();
    context = connected(sandbox);
    received = [];
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]));
        const message = { headers, path: '', query: {}, body: Buffer.concat(chunks) };
        const verdict = await googleWorkspaceAdapter.webhook?.verify(message, context);
        if (verdict !== undefined) received.push({ verdict, hints: googleWorkspaceAdapter.webhook?.hints(message) ?? [] });
        response.statusCode = verdict?.kind === 'genuine' ? 204 : 401;
        response.end();
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const address = receiver.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/webhooks/int_1/secret`;
  });
  afterEach(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await sandbox.stop();
  });

  const open = () => [...sandbox.push.channels.values()];
  const genuine = () => received.filter(({ verdict }) => verdict.kind === 'genuine');

  it('are opened for adding, deleting, undeleting and updating, each with a secret of its own', async () => {
    const { renewAt } = await subscribe(context, { url });
    expect(open().map(({ event }) => event)).to.deep.equal(['add', 'delete', 'undelete', 'update']);
    expect(open().every(({ address }) => address === url)).to.equal(true);
    expect(new Set(open().map(({ token }) => token)).size).to.equal(4);
    for (const { id, token } of open()) {
      expect(id.length).to.be.at.most(64);
      expect(token?.length).to.be.within(40, 256);
    }
    expect(renewAt).to.equal('2026-11-25T17:30:00.000Z');
  });

  it('bring a hint for whoever changes, over the wire', async () => {
    await subscribe(context, { url });
    const { id } = sandbox.world.suspendUser('mara.voss@acme.test');
    sandbox.world.deleteUser('nils.dahl@acme.test');
    await sandbox.push.flush();
    const keys = genuine().flatMap(({ hints }) => hints.map((hint) => (hint.kind === 'entity' ? hint.sourceKey : hint.kind)));
    expect(keys).to.have.length(2);
    expect(keys).to.include(id);
    expect(received.every(({ verdict }) => verdict.kind === 'genuine')).to.equal(true);
  });

  it('13: take the first message before the answer of users.watch', async () => {
    sandbox.switches.syncBeforeAnswer = true;
    await subscribe(context, { url });
    expect(genuine()).to.have.length(4);
    expect(sandbox.push.deliveries.every(({ status }) => status === 204)).to.equal(true);
  });

  it('that are alive are left as they are', async () => {
    await subscribe(context, { url });
    const before = open();
    sandbox.server.clock.advance(5 * HOUR);
    await subscribe(context, { url });
    expect(open()).to.deep.equal(before);
    expect(sandbox.server.count(WATCH)).to.equal(4);
  });

  it('14: are replaced before their end, the new one first, and the old one is stopped', async () => {
    const { renewAt } = await subscribe(context, { url });
    const old = new Set(open().map(({ id }) => id));
    sandbox.server.clock.freeze(Date.parse(renewAt ?? ''));
    const next = await subscribe(context, { url });
    expect(open()).to.have.length(4);
    expect(open().some(({ id }) => old.has(id))).to.equal(false);
    expect(next.renewAt).to.equal('2026-11-25T23:00:00.000Z');
    const order = sandbox.server.seen
      .map(({ path }) => path)
      .filter((path) => /watch|stop/.test(path))
      .slice(4);
    expect(order.findIndex((path) => path.includes('stop'))).to.equal(4);
    expect((await channelsOf(context)).length).to.equal(4);
  });

  it('tell the message number and channel of each change, so that an overlap counts once per channel', async () => {
    await subscribe(context, { url });
    sandbox.switches.duplicateMessages = true;
    sandbox.world.suspendUser('mara.voss@acme.test');
    await sandbox.push.flush();
    const ids = genuine().flatMap(({ verdict, hints }) => (verdict.kind === 'genuine' && hints.length > 0 ? [verdict.messageId] : []));
    expect(ids).to.have.length(2);
    expect(new Set(ids).size).to.equal(1);
  });

  it('renew early when Google grants a short life, whatever was asked for', async () => {
    sandbox.switches.ttlCapSeconds = 1_200;
    const { renewAt } = await subscribe(context, { url });
    expect(renewAt).to.equal('2026-11-25T12:15:00.000Z');
  });

  it('are opened anew after their end, when nobody called in time', async () => {
    await subscribe(context, { url });
    sandbox.server.clock.advance(7 * HOUR);
    await subscribe(context, { url });
    expect((await channelsOf(context)).every(({ opened }) => (opened?.expiresAt ?? '') > context.now())).to.equal(true);
    expect(sandbox.server.count(STOP)).to.equal(0);
  });

  it('follow when our address changes', async () => {
    await subscribe(context, { url });
    const moved = `${url}2`;
    await subscribe(context, { url: moved });
    expect(open().map(({ address }) => address)).to.deep.equal([moved, moved, moved, moved]);
  });

  it('are completed when one could not be opened', async () => {
    sandbox.server.faults.add(googleFault('backendError', { on: 'event=undelete', times: 1 }));
    expect(await failureOf(subscribe(context, { url }))).to.be.instanceOf(UpstreamUnavailable);
    expect((await channelsOf(context)).map(({ event }) => event)).to.deep.equal(['add', 'delete']);
    await subscribe(context, { url });
    expect(
      open()
        .map(({ event }) => event)
        .sort(),
    ).to.deep.equal(['add', 'delete', 'undelete', 'update']);
    expect(sandbox.server.count(WATCH)).to.equal(5);
  });

  it('are not asked for twice when the answer is lost: that would leave one that nobody can stop', async () => {
    sandbox.server.faults.add({ kind: 'reset', on: WATCH });
    expect(await failureOf(subscribe(context, { url }))).to.be.instanceOf(UpstreamUnavailable);
    expect(sandbox.server.count(WATCH)).to.equal(1);
    expect(await channelsOf(context)).to.deep.equal([]);
  });

  it('left over from a crash in the middle are forgotten', async () => {
    await context.vault.put('channels', JSON.stringify([{ id: 'x', event: 'add', url, token: 't', opened: null }]));
    await subscribe(context, { url });
    expect((await channelsOf(context)).some(({ id }) => id === 'x')).to.equal(false);
  });

  it('cannot lead to a plain http address outside of tests: said in words for an admin', async () => {
    sandbox.switches.httpsOnly = true;
    const error = await failureOf(subscribe(context, { url }));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('must be HTTPS');
  });

  it('refused with 401 for the address are not taken for a bad token', async () => {
    const body = JSON.stringify({
      error: { code: 401, message: 'Unauthorized WebHook callback channel', errors: [{ reason: 'push.webhookUrlUnauthorized' }] },
    });
    sandbox.server.faults.add({ kind: 'status', status: 401, body, on: WATCH });
    const error = await failureOf(subscribe(context, { url }));
    expect(error.message).to.include('Unauthorized WebHook');
    expect(sandbox.server.count('POST /token')).to.equal(1);
  });

  for (const [what, answer] of [
    ['an end in the past', { id: 'x', resourceId: 'r', expiration: '1' }],
    ['no end', { id: 'x', resourceId: 'r' }],
    ['an end that is no number', { id: 'x', resourceId: 'r', expiration: 'tomorrow' }],
    ['an end as a fraction', { id: 'x', resourceId: 'r', expiration: 1.5 }],
  ] as const) {
    it(`with ${what} are not understood`, async () => {
      sandbox.server.faults.add({ kind: 'status', status: 200, body: JSON.stringify(answer), on: WATCH });
      expect(await failureOf(subscribe(context, { url }))).to.be.instanceOf(UpstreamContract);
    });
  }

  it('say their end as text or as a number', async () => {
    const expiration = sandbox.server.clock.now() + HOUR;
    sandbox.server.faults.add({ kind: 'status', status: 200, body: JSON.stringify({ id: 'x', resourceId: 'r', expiration }), on: WATCH });
    expect((await subscribe(context, { url })).renewAt).to.equal('2026-11-25T12:45:00.000Z');
  });

  it('that cannot be stopped yet are stopped another time, and still count as ours', async () => {
    const { renewAt } = await subscribe(context, { url });
    sandbox.server.clock.freeze(Date.parse(renewAt ?? ''));
    sandbox.server.faults.add(googleFault('forbidden', { on: STOP, times: 1 }));
    await subscribe(context, { url });
    expect(open()).to.have.length(5);
    expect(await channelsOf(context)).to.have.length(5);
    await subscribe(context, { url });
    expect(open()).to.have.length(4);
    expect(await channelsOf(context)).to.have.length(4);
  });

  it('are all stopped when nothing is wanted any more, and then nothing is taken', async () => {
    await subscribe(context, { url });
    sandbox.switches.reverseMessages = true;
    sandbox.world.suspendUser('mara.voss@acme.test');
    await unsubscribe(context);
    expect(open()).to.deep.equal([]);
    expect(await channelsOf(context)).to.deep.equal([]);
    const before = genuine().length;
    await sandbox.push.flush();
    expect(genuine()).to.have.length(before);
    expect(received.at(-1)?.verdict.kind).to.equal('refused');
  });

  it('that Google has forgotten are stopped', async () => {
    await subscribe(context, { url });
    sandbox.push.channels.clear();
    await unsubscribe(context);
    expect(await channelsOf(context)).to.deep.equal([]);
  });

  it('that could not be stopped are kept, and it is said', async () => {
    await subscribe(context, { url });
    sandbox.server.faults.add(googleFault('backendError', { on: STOP }));
    expect(await failureOf(unsubscribe(context))).to.be.instanceOf(UpstreamUnavailable);
    expect(await channelsOf(context)).to.have.length(4);
    sandbox.server.faults.clear();
    await unsubscribe(context);
    expect(open()).to.deep.equal([]);
  });

  it('two at once open four, not eight', async () => {
    await Promise.all([subscribe(context, { url }), subscribe(context, { url })]);
    expect(open()).to.have.length(4);
  });
});
