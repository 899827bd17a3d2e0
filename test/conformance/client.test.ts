import { expect } from 'chai';
import { Client, NoAnswer, retryAfterMs } from '../../conformance/client.js';
import { FAKE_BASE } from './fake/transport.js';

type Reply = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

function client(replies: Reply[], options: { readonly throttledMaxMs?: number } = {}): Client {
  const transport = async () => {
    const { status, headers = {}, body = '' } = replies.shift() ?? { status: 599 };
    return { status, headers: new Headers(headers), text: body };
  };
  return new Client({ base: FAKE_BASE, token: 't', transport, ...options });
}

describe('the client of the conformance checks', () => {
  it('sends again what was throttled', async () => {
    const sender = client([
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 200 },
    ]);

    expect((await sender.get('/Users')).status).to.equal(200);
    expect(sender.requests).to.equal(3);
  });

  it('shows a 429 that asks for more patience than there is', async () => {
    const sender = client([{ status: 429, headers: { 'retry-after': '2' } }], { throttledMaxMs: 1000 });

    expect((await sender.get('/Users')).status).to.equal(429);
  });

  it('reads Retry-After as seconds and as a date', () => {
    expect(retryAfterMs('3')).to.equal(3000);
    expect(retryAfterMs('0')).to.equal(0);
    expect(retryAfterMs(null)).to.equal(1000);
    expect(retryAfterMs('soon')).to.equal(1000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:00 GMT')).to.equal(0);
    expect(retryAfterMs('Fri, 01 Jan 2100 00:00:00 GMT')).to.be.greaterThan(1e9);
  });

  it('waits for no answer longer than it is told', async () => {
    const silent = new Client({
      base: FAKE_BASE,
      token: 't',
      requestTimeoutMs: 5,
      transport: (_url, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });

    const error = await silent.get('/Users').then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(NoAnswer);
    expect((error as NoAnswer).message).to.include('within 0.005 s');
  });

  it('keeps note of what it created until it is deleted', async () => {
    const sender = client([
      { status: 201, body: '{"id":"a b"}' },
      { status: 200, body: '{"id":"by mistake"}' },
      { status: 400, body: '{"id":"refused"}' },
      { status: 200, body: '{"id":"found"}' },
      { status: 204 },
    ]);
    await sender.post('/Users?attributes=id', {});
    await sender.post('/Groups', {});
    await sender.post('/Users', {});
    await sender.post('/Users/.search', {});
    await sender.delete('/Users/a%20b');

    expect([...sender.created]).to.deep.equal(['/Groups/by%20mistake']);
  });
});
