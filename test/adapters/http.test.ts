import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { createUpstreamHttp, type HttpOptions, type Lookup, messageOf, type UpstreamRequest } from '../../src/adapters/http.js';
import { Throttled, UpstreamContract, UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import { InvalidInput } from '../../src/errors.js';
import { SandboxServer } from '../../sandbox/kernel/server.js';
import { failure } from '../support/fresh-database.js';

const NOW = Date.parse('2026-11-23T14:00:00.000Z');
const MIB = 1024 * 1024;

/** Time that passes only by waiting. */
class TestTimer {
  at = NOW;
  readonly slept: number[] = [];

  now(): number {
    return this.at;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.at += ms;
  }
}

describe('http to an outside system', () => {
  let sandbox: SandboxServer;
  let timer: TestTimer;
  before(async () => {
    sandbox = await new SandboxServer((app) => {
      app.get('/good', (_, response) => response.json({ good: true }));
      app.get('/away', (_, response) => response.redirect(302, '/good'));
      app.get('/endless', (_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(MIB, 'x')));
        };
        response.on('drain', more);
        more();
      });
      app.get('/large', (_, response) => response.json('x'.repeat(9 * MIB)));
      app.all('/echo', (request, response) =>
        response.json({ method: request.method, headers: request.headers, query: request.query, body: String(request.body) }),
      );
    }).start();
  });
  after(() => sandbox.stop());
  beforeEach(() => {
    timer = new TestTimer();
    sandbox.faults.clear();
    sandbox.seen.length = 0;
  });

  const http = (options: Partial<HttpOptions> = {}) =>
    createUpstreamHttp({ limits: { windows: [], concurrent: 4 }, allowPrivateUrls: true, timer, random: () => 0.5, ...options });
  const ask = (path: string, request: Partial<UpstreamRequest> = {}, options: Partial<HttpOptions> = {}) =>
    http(options).request({ method: 'GET', url: `${sandbox.url}${path}`, ...request });
  const publicMessage = (error: unknown) => (error as UpstreamUnavailable).publicMessage;

  describe('sends', () => {
    it('a query with lists, without what is undefined; nothing of it can leave its place', async () => {
      const query = { a: 'x&b=y', list: ['1', '2'], none: undefined, n: 3 };
      expect((await ask('/echo?kept=1', { query })).json()).to.deep.include({ query: { kept: '1', a: 'x&b=y', list: ['1', '2'], n: '3' } });
    });

    it('JSON and forms with their types, and no type without a body', async () => {
      const sent = async (request: Partial<UpstreamRequest>) => {
        const { headers, body } = (await ask('/echo', { method: 'POST', ...request })).json() as {
          headers: Record<string, string>;
          body: string;
        };
        return [headers['content-type'], body];
      };
      expect(await sent({ json: { a: [1, null] } })).to.deep.equal(['application/json', '{"a":[1,null]}']);
      expect(await sent({ form: { a: 'x y', b: 'ü&' } })).to.deep.equal(['application/x-www-form-urlencoded', 'a=x+y&b=%C3%BC%26']);
      expect((await sent({}))[0]).to.equal(undefined);
    });
  });

  describe('tries again', () => {
    for (const kind of ['status', 'reset', 'silence'] as const) {
      it(`a GET after ${kind === 'status' ? 'a 503' : `a ${kind}`}, with growing waits, and gives up after four`, async () => {
        sandbox.faults.add({ kind, times: 2 });
        expect((await ask('/good', {}, { timeoutMs: kind === 'silence' ? 60 : 5_000 })).json()).to.deep.equal({ good: true });
        expect(timer.slept).to.deep.equal([1_000, 2_000]);

        sandbox.faults.add({ kind });
        const error = await failure(ask('/good', {}, { timeoutMs: kind === 'silence' ? 60 : 5_000 }));
        expect(error).to.be.instanceOf(UpstreamUnavailable);
        expect(sandbox.count('GET /good')).to.equal(3 + 4);
        expect(timer.slept.slice(2)).to.deep.equal([1_000, 2_000, 4_000]);
      });
    }

    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      it(`never a ${method}, which may have been done, unless it is said to be repeatable`, async () => {
        for (const kind of ['status', 'reset'] as const) {
          sandbox.faults.clear();
          sandbox.faults.add({ kind, times: 1 });
          expect(await failure(ask('/echo', { method }))).to.be.instanceOf(UpstreamUnavailable);
          sandbox.faults.add({ kind, times: 1 });
          expect((await ask('/echo', { method, repeatable: true })).status).to.equal(200);
        }
        expect(sandbox.count(`${method} /echo`)).to.equal(2 * 3);
      });

      it(`a ${method} after a 429, which was not done`, async () => {
        sandbox.faults.add({ kind: 'status', status: 429, times: 1 });
        expect((await ask('/echo', { method })).status).to.equal(200);
      });
    }

    it('no GET that is said not to be repeatable', async () => {
      sandbox.faults.add({ kind: 'status', status: 502, body: '{"message":"bad gateway"}', times: 1 });
      const error = await failure(ask('/good', { repeatable: false }));
      expect(publicMessage(error)).to.equal('The other system answered 502: bad gateway');
    });

    for (const status of [400, 401, 403, 404, 408, 409, 410, 425]) {
      it(`nothing after a ${status}: what it means only the adapter knows`, async () => {
        sandbox.faults.add({ kind: 'status', status, body: 'no' });
        const answer = await ask('/good');
        expect([answer.status, answer.text, sandbox.count('/good')]).to.deep.equal([status, 'no', 1]);
      });
    }

    it('what its adapter calls "not yet", and hands it over as it is in the end', async () => {
      sandbox.faults.add({ kind: 'status', status: 404, times: 2 });
      const notYet = ({ status }: { status: number }) => status === 404;
      expect((await ask('/good', { notYet })).status).to.equal(200);
      sandbox.faults.add({ kind: 'status', status: 404 });
      expect((await ask('/good', { notYet })).status).to.equal(404);
      expect(sandbox.count('/good')).to.equal(3 + 4);
    });
  });

  describe('is told to wait', () => {
    const throttled = (retryAfter: string | null, times = 1, status = 429) =>
      sandbox.faults.add({ kind: 'status', status, times, ...(retryAfter === null ? {} : { headers: { 'Retry-After': retryAfter } }) });

    for (const [what, retryAfter, waits] of [
      ['in seconds', '7', 7_000],
      ['until a date', 'Mon, 23 Nov 2026 14:00:09 GMT', 9_000],
      ['until a date in the form of RFC 850', 'Monday, 23-Nov-26 14:00:09 GMT', 9_000],
      ['until a date that is over', 'Mon, 23 Nov 2026 13:00:00 GMT', 0],
      ['not at all', '0', 0],
      ['without saying how long', null, 1_000],
      // `Date.parse` makes dates of these.
      ['in a form that is none', '1.5', 1_000],
      ['for less than nothing', '-1', 1_000],
      ['in words', 'soon', 1_000],
    ] as const) {
      it(`${what}: it does`, async () => {
        throttled(retryAfter);
        expect((await ask('/good')).status).to.equal(200);
        expect(timer.at - NOW).to.equal(waits);
      });
    }

    for (const retryAfter of ['61', '1000000000', '999999999999', 'Tue, 24 Nov 2026 23:00:00 GMT']) {
      it(`for ${retryAfter}: that is for the scheduler, and never longer than a day`, async () => {
        throttled(retryAfter);
        const error = await failure(ask('/good'));
        expect(error).to.be.instanceOf(Throttled);
        const day = 24 * 3_600_000;
        const wait = retryAfter === '61' ? 61_000 : day;
        expect(Date.parse((error as Throttled).retryAt) - NOW).to.equal(wait);
        expect([timer.slept, sandbox.count('/good')]).to.deep.equal([[], 1]);
      });
    }

    it('for an absurd time by a 503: it is not available', async () => {
      throttled('1000000000', 1, 503);
      expect(await failure(ask('/good'))).to.be.instanceOf(UpstreamUnavailable);
      expect(timer.slept).to.deep.equal([]);
    });

    it('again and again: it says so after four tries', async () => {
      throttled('2', 10);
      const error = await failure(ask('/good'));
      expect(error).to.be.instanceOf(Throttled);
      expect([timer.slept, sandbox.count('/good')]).to.deep.equal([[2_000, 2_000, 2_000], 4]);
      expect(Date.parse((error as Throttled).retryAt)).to.equal(timer.at + 2_000);
    });

    it('by an answer that only its adapter knows for one', async () => {
      throttled('3', 1, 409);
      const limits = { windows: [], concurrent: 1, isThrottled: ({ status }: { status: number }) => status === 409 };
      expect((await ask('/good', { method: 'GET' }, { limits })).status).to.equal(200);
      expect(timer.slept).to.deep.equal([3_000]);
    });

    it('by one answer: nothing else goes there in the meantime', async () => {
      throttled('5');
      const line = http({ limits: { windows: [], concurrent: 1 } });
      const at: number[] = [];
      const request = async () => {
        await line.request({ method: 'GET', url: `${sandbox.url}/good` });
        at.push(timer.at - NOW);
      };
      await Promise.all([request(), request()]);
      expect(at.every((one) => one >= 5_000)).to.equal(true);
    });
  });

  describe('takes of an answer', () => {
    it('no more than 10 MiB, however much there is', async () => {
      const error = await failure(ask('/endless'));
      expect(error).to.be.instanceOf(UpstreamContract);
      expect(publicMessage(error)).to.equal('The other system sent more than 10 MiB in one answer.');
      expect(sandbox.count('/endless'), 'asked once').to.equal(1);
      expect((await ask('/large')).text.length).to.equal(9 * MIB + 2);
    });

    it('all of one that drips, byte by byte, within the time', async () => {
      sandbox.faults.add({ kind: 'drip', times: 1 });
      expect((await ask('/good')).json()).to.deep.equal({ good: true });
    });

    it('nothing of one that drips for longer than the time', async () => {
      sandbox.faults.add({ kind: 'drip' });
      expect(await failure(ask('/good', { repeatable: false }, { timeoutMs: 100 }))).to.be.instanceOf(UpstreamUnavailable);
    });

    for (const [what, kind] of [
      ['HTML with status 200', 'html'],
      ['half of some JSON', 'truncate'],
    ] as const) {
      it(`no JSON out of ${what}`, async () => {
        sandbox.faults.add({ kind });
        const answer = await ask('/good');
        expect(answer.status).to.equal(200);
        expect(() => answer.json()).to.throw(UpstreamContract, 'answered 200 with something that is no JSON');
      });
    }

    it('a redirect as it is, and follows none', async () => {
      const answer = await ask('/away');
      expect([answer.status, answer.headers['location'], sandbox.count('/good')]).to.deep.equal([302, '/good', 0]);
    });

    it('nothing more once the caller has stopped', async () => {
      const stop = new AbortController();
      sandbox.faults.add({ kind: 'silence' });
      const asked = failure(ask('/good', {}, { signal: stop.signal }));
      stop.abort(new Error('stopped'));
      expect((await asked) as Error).to.have.property('message', 'stopped');
      expect(timer.slept).to.deep.equal([]);
    });
  });

  describe('reads of an error', () => {
    for (const [body, message] of [
      // Those of the Guesty contract.
      ['{"error":{"code":"UNAUTHORIZED","message":"Unauthorized"}}', 'Unauthorized'],
      ['{"error":{"message":"Not valid","code":"VALIDATION_FAILED","status":400,"data":["x"]}}', 'Not valid'],
      ['{"message":"Bad things"}', 'Bad things'],
      ['"Forbidden"', 'Forbidden'],
      ['"Reservation not found"', 'Reservation not found'],
      ['"Internal Server Error"', 'Internal Server Error'],
      // Other forms.
      ['{"error":"invalid_grant","error_description":"Token has been revoked."}', 'Token has been revoked.'],
      ['{"error":"invalid_client"}', 'invalid_client'],
      ['{"error":{"code":7},"message":"Beside it"}', 'Beside it'],
      ['{"error":null,"message":"Beside it"}', 'Beside it'],
      ['{"Message":"No user.","WasSuccessful":false}', 'No user.'],
      ['{"title":"Conflict","status":409}', 'Conflict'],
      ['{"code":17}', '{"code":17}'],
      ['[]', '[]'],
      ['null', 'null'],
      ['', 'no reason given'],
      ['  \n ', 'no reason given'],
      ['""', 'no reason given'],
      ['<html>\n<h1>Bad   gateway</h1></html>', '<html> <h1>Bad gateway</h1></html>'],
      ['{"error":', '{"error":'],
      ['{"message":"a\\u0000b\\u001b[31mc\\ud800d"}', 'a b [31mc d'],
      [`"${'x'.repeat(5 * MIB)}"`, 'x'.repeat(200)],
      [`"${'😀'.repeat(300)}"`, '😀'.repeat(200)],
      [`${'{"error":'.repeat(20_000)}1${'}'.repeat(20_000)}`, '{"error":'.repeat(23).slice(0, 200)],
      ['{"__proto__":{"message":"polluted"}}', '{"__proto__":{"message":"polluted"}}'],
    ] as const) {
      it(`${JSON.stringify(body.slice(0, 60))}: ${JSON.stringify(message.slice(0, 30))}`, () => {
        expect(messageOf({ text: body })).to.equal(message);
      });
    }
  });

  describe('without leave for private addresses', () => {
    let canary: Server;
    let port: number;
    let connections = 0;
    before(async () => {
      canary = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      // The only port that is asked without leave; else any, for the addresses that name one.
      for (const wanted of [443, 0]) {
        canary.listen(wanted, '::');
        const [event] = await Promise.race([once(canary, 'listening').then(() => ['listening']), once(canary, 'error')]);
        if (event === 'listening') break;
      }
      const address = canary.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
    });
    after(async () => {
      canary.close();
      await once(canary, 'close');
    });
    beforeEach(() => {
      connections = 0;
    });
    afterEach(() => expect(connections, 'connections to the canary').to.equal(0));

    const refused = (url: string) => failure(http({ allowPrivateUrls: false, timeoutMs: 2_000 }).request({ method: 'GET', url }));

    for (const host of [
      ...[
        '127.0.0.1',
        '127.1',
        '0x7f000001',
        '2130706433',
        '0177.0.0.1',
        '127.255.255.254',
        '0',
        '0.0.0.0',
        '１２７.0.0.1',
        '127。0。0。1',
      ],
      ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]'],
      ...['169.254.169.254', '[fe80::1]', '[fd00::1]', '[fdff:ffff::1]', '[fc00::1]', '[fec0::1]', '[ff02::1]'],
      ...['100.64.0.1', '100.127.255.255', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '192.0.0.1', '198.18.0.1'],
      ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '192.0.2.1', '198.51.100.1', '203.0.113.1', '[2001:db8::1]', '[100::1]'],
      ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'a.localhost.', 'ｌｏｃａｌｈｏｓｔ'],
    ]) {
      it(`https://${host} is refused`, async () => {
        expect(await refused(`https://${host}/`)).to.be.instanceOf(InvalidInput);
      });
    }

    for (const url of [
      ...['http://example.com/', 'file:///etc/passwd', 'ftp://example.com/', 'https://user@example.com/', 'https://a:b@example.com/'],
      ...['https://example.com@127.0.0.1/', 'https://127.0.0.1@example.com/', 'https://example.com:22/', 'https://example.com:8443/'],
      ...['//127.0.0.1/', 'https://', 'https:///', '', 'javascript:alert(1)'],
    ]) {
      it(`${JSON.stringify(url)} is refused`, async () => {
        expect(await refused(url)).to.be.instanceOf(InvalidInput);
      });
    }

    it('the port of the canary is refused in figures and by name', async () => {
      for (const host of ['127.0.0.1', '[::1]', 'localhost', 'example.com']) {
        if (port !== 443) expect(await refused(`https://${host}:${port}/`)).to.be.instanceOf(InvalidInput);
        expect(await refused(`http://${host}:${port}/`)).to.be.instanceOf(InvalidInput);
      }
    });

    describe('and a name', () => {
      const asking = async (answers: readonly (readonly string[])[]) => {
        let asked = 0;
        const lookup: Lookup = (_, __, callback) => {
          const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
          asked += 1;
          callback(
            null,
            addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
          );
        };
        const options = { allowPrivateUrls: false, lookup, timeoutMs: 150 };
        const error = await failure(http(options).request({ method: 'GET', url: 'https://door.example/', repeatable: false }));
        return { error: error as UpstreamUnavailable, asked };
      };

      for (const addresses of [
        ...[['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['10.1.2.3'], ['169.254.169.254'], ['fd00::1'], ['100.64.0.1'], ['0.0.0.0']],
        ...[
          ['93.184.215.14', '127.0.0.1'],
          ['127.0.0.1', '93.184.215.14'],
          ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::1'],
        ],
      ]) {
        it(`that means ${addresses.join(' and ')} is not connected to`, async () => {
          const { error } = await asking([addresses]);
          expect(error).to.be.instanceOf(UpstreamUnavailable);
          expect((error.cause as Error).message).to.equal('the address is not public');
        });
      }

      it('that means nothing is not connected to', async () => {
        expect((await asking([[]])).error).to.be.instanceOf(UpstreamUnavailable);
      });

      it('that means something else when asked again is asked for once, and what was checked is what is connected to', async () => {
        const { error, asked } = await asking([['93.184.215.14'], ['127.0.0.1']]);
        expect(error).to.be.instanceOf(UpstreamUnavailable);
        expect(asked).to.equal(1);
      });
    });

    it('a redirect inside is not followed', async () => {
      sandbox.faults.add({ kind: 'status', status: 302, headers: { Location: `http://127.0.0.1:${port}/` } });
      expect((await ask('/good')).status).to.equal(302);
    });
  });
});
