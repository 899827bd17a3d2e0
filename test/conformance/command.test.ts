import { spawn } from 'node:child_process';
import { expect } from 'chai';
import { command, type CommandOptions } from '../../conformance/command.js';
import { type FakeHttp, serve } from './fake/http.js';
import { FakeServer, TOKEN } from './fake/server.js';
import { FAKE_BASE, type Handle, transportTo } from './fake/transport.js';
import { faulty } from './faults/fault.js';
import { FAULTS } from './faults/index.js';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Document {
  readonly summary: Readonly<Record<string, number | boolean>>;
  readonly leftBehind: readonly string[];
  readonly checks: readonly { readonly id: string; readonly section: string; readonly outcome: string; readonly got?: string }[];
}

const document = ({ out }: Ended): Document => JSON.parse(out) as Document;

async function run(args: readonly string[], handle: Handle, options: CommandOptions = {}): Promise<Ended> {
  return end(['--url', FAKE_BASE, '--token', TOKEN, ...args], { transport: transportTo(handle), ...options });
}

async function end(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  let out = '';
  let err = '';
  const streams = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    isTerminal: false,
  };
  return { code: await command(args, streams, options), out, err };
}

function withFault(name: string): Handle {
  const fault = FAULTS.find((one) => one.name === name);
  if (fault === undefined) throw new Error(`there is no fault "${name}"`);
  return faulty(fault);
}

/** A fake without faults, and how many resources are in it. */
function fake(): { handle: Handle; count: () => number } {
  const server = new FakeServer();
  return { handle: (request) => server.handle(request), count: () => server.store.list('User').length + server.store.list('Group').length };
}

describe('the conformance command', () => {
  it('ends with 0 when no MUST failed, and tells the figures of each section', async () => {
    const ended = await run([], fake().handle);

    expect([ended.code, ended.err]).to.deep.equal([0, '']);
    expect(ended.out).to.match(/│ 7644 │ 3\.4\.2\.2 │ +\d+ │ +\d+ │ +0 │ +0 │ +0 │/);
    expect(ended.out).to.match(/\d+ checks, \d+ requests: \d+ passed, 0 failed, 0 warnings, 3 skipped\./);
  });

  it('ends with 1 when a MUST failed, and tells the request, what was expected and what came', async () => {
    const ended = await run(['--only', 'create.status'], withFault('answers 200 for 201'));

    expect(ended.code).to.equal(1);
    expect(ended.out).to.include('FAILED create.status (RFC 7644 3.3, MUST)');
    expect(ended.out).to.match(/request {3}POST http:\/\/fake\.example\/scim\/v2\/Users \{"schemas"/);
    expect(ended.out).to.match(/expected {2}status 201\n {2}got {7}200 \{/);
  });

  it('ends with 0 when only a SHOULD is not met, and warns', async () => {
    const ended = await run(['--only', 'errors.detail'], withFault('says nothing in detail'));

    expect(ended.code).to.equal(0);
    expect(ended.out).to.include('WARNING errors.detail');
  });

  it('does not count what is optional', async () => {
    const { code, out } = await run(['--only', 'discovery.anonymous', '--json'], withFault('shows discovery to nobody without a token'));

    expect([code, JSON.parse(out).checks[0].outcome]).to.deep.equal([0, 'skipped']);
  });

  it('writes one JSON document', async () => {
    const { summary, checks } = document(await run(['--json'], withFault('sends totalResults as a text')));

    expect(summary).to.include({ failed: 1, warnings: 0, interrupted: false });
    expect(checks.filter(({ outcome }) => outcome === 'failed').map(({ id, section }) => [id, section])).to.deep.equal([
      ['query.total', 'RFC 7644 3.4.2'],
    ]);
  });

  it('runs the checks of a section and those below it', async () => {
    const sections = async (section: string): Promise<readonly string[]> => {
      const { checks } = document(await run(['--section', section, '--json'], fake().handle));
      return [...new Set(checks.map((check) => check.section))].sort();
    };

    expect(await sections('3.5.2')).to.deep.equal(['RFC 7644 3.5.2', 'RFC 7644 3.5.2.1', 'RFC 7644 3.5.2.2', 'RFC 7644 3.5.2.3']);
    expect(await sections('7643 3.1')).to.deep.equal(['RFC 7643 3.1']);
    expect(await sections('3.1')).to.deep.equal(['RFC 7235 3.1', 'RFC 7643 3.1', 'RFC 7644 3.1']);
  });

  it('never shows the token, not even where the server repeats it', async () => {
    const { handle } = fake();
    const echo: Handle = (request) => {
      const answer = handle(request);
      return answer.status < 400 ? answer : { ...answer, status: 418, body: { detail: `who is ${request.headers['authorization']}?` } };
    };
    for (const args of [[], ['--json']]) {
      const { code, out, err } = await run(args, echo);

      expect(code).to.equal(1);
      expect(out).to.include('[token]');
      expect(out + err).to.not.include(TOKEN);
    }
  });

  const wrong: readonly (readonly [string, readonly string[]])[] = [
    ['no URL', ['--token', 'x']],
    ['a URL that is none', ['--url', 'example.com/scim', '--token', 'x']],
    ['no token', ['--url', FAKE_BASE]],
    ['an unknown option', ['--url', FAKE_BASE, '--token', 'x', '--fast']],
    ['a section without checks', ['--url', FAKE_BASE, '--token', 'x', '--section', '99']],
    ['a text that no check has', ['--url', FAKE_BASE, '--token', 'x', '--only', 'no such text']],
  ];
  for (const [what, args] of wrong) {
    it(`ends with 2 and asks nothing of the server with ${what}`, async () => {
      let asked = 0;
      const transport = transportTo((request) => {
        asked += 1;
        return fake().handle(request);
      });
      const { code, out, err } = await end(args, { transport });

      expect([code, out, asked]).to.deep.equal([2, '', 0]);
      expect(err).to.not.equal('');
    });
  }

  it('ends with 2 when the token is not good, when nobody listens, and when it is no SCIM server', async () => {
    const refused = await end(['--url', FAKE_BASE, '--token', 'wrong'], { transport: transportTo(fake().handle) });
    const nobody = await end(['--url', 'http://127.0.0.1:1/scim', '--token', 'x']);
    const other = await run([], () => ({ status: 404, headers: {}, body: undefined }));

    expect([refused.code, nobody.code, other.code]).to.deep.equal([2, 2, 2]);
    expect(refused.err).to.include('answers 401');
    expect(nobody.err).to.match(/^GET http:\/\/127\.0\.0\.1:1\/scim\/Users\?count=1 failed: /);
    expect(other.err).to.include('answers 404');
  });
});

describe('what the conformance command creates', () => {
  it('is deleted at the end', async () => {
    const { handle, count } = fake();
    const before = count();
    const { leftBehind } = document(await run(['--json'], handle));

    expect(count()).to.equal(before);
    expect(leftBehind).to.deep.equal([]);
  });

  it('is kept when asked', async () => {
    const { handle, count } = fake();
    await run(['--keep', '--only', 'filter.'], handle);

    expect(count()).to.be.greaterThan(5);
  });

  it('is named unmistakably, and nothing else is changed or deleted', async () => {
    const { handle } = fake();
    const own = new Set<string>();
    const foreign: string[] = [];
    const { code } = await run([], (request) => {
      const answer = handle(request);
      if (request.method === 'POST' && String(request.body).includes('scimcheck-'))
        for (const [, id = ''] of JSON.stringify(answer.body ?? '').matchAll(/(?:"id":"|\/(?:Users|Groups)\/)(id-\d+)"/g)) own.add(id);
      const target = /^\/(?:Users|Groups)\/(id-\d+)$/.exec(request.path)?.[1];
      if (request.method !== 'GET' && target !== undefined && !own.has(target) && answer.status < 300)
        foreign.push(`${request.method} ${request.path}`);
      return answer;
    });

    expect([code, own.size > 100, foreign]).to.deep.equal([0, true, []]);
  });

  it('is deleted after a run that was ended, which ends with 130', async () => {
    const { handle, count } = fake();
    const before = count();
    const stop = new AbortController();
    let sent = 0;
    const ended = await run(
      ['--json'],
      (request) => {
        sent += 1;
        if (sent === 300) stop.abort(new Error('interrupted'));
        return handle(request);
      },
      { stop: stop.signal },
    );

    expect(ended.code).to.equal(130);
    expect(document(ended).summary).to.include({ interrupted: true });
    expect(count()).to.equal(before);
  });

  it('is reported where the server does not delete it', async () => {
    const { handle } = fake();
    const { leftBehind } = document(
      await run(['--json', '--only', 'create.status'], (request) =>
        request.method === 'DELETE' ? { status: 500, headers: {}, body: undefined } : handle(request),
      ),
    );

    expect(leftBehind).to.have.length(1);
    expect(leftBehind[0]).to.match(/^\/Users\/id-\d+$/);
  });

  it('is deleted as well when a bulk created it', async () => {
    const { handle, count } = fake();
    const before = count();
    await run(['--only', 'bulk.'], handle);

    expect(count()).to.equal(before);
  });
});

describe('over HTTP', () => {
  let served: FakeHttp | undefined;
  afterEach(() => served?.stop());

  it('finds nothing wrong with a server that keeps the RFCs', async () => {
    served = await serve(fake().handle);
    const ended = await end(['--url', served.url, '--token', TOKEN, '--json', '--only', 'media.']);

    expect(ended.code, ended.out).to.equal(0);
    expect(document(ended).summary).to.include({ failed: 0, warnings: 0, skipped: 0 });
  });

  it('finds a wrong media type', async () => {
    served = await serve(withFault('answers application/json always'));
    const { code, out } = await end(['--url', served.url, '--token', TOKEN, '--json', '--only', 'media.default']);

    expect([code, JSON.parse(out).checks[0].got]).to.deep.equal([1, '"application/json" (status 200)']);
  });

  it('runs from the command line, and cleans up after Ctrl-C', async function () {
    this.timeout(60_000);
    const { handle, count } = fake();
    const before = count();
    const child: { kill?: () => void } = {};
    let posts = 0;
    served = await serve((request) => {
      if (request.method === 'POST') posts += 1;
      if (posts === 5) child.kill?.();
      return handle(request);
    });
    const process_ = spawn('node', ['--import=tsx', 'conformance/main.ts', '--url', served.url, '--token', TOKEN, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.kill = () => {
      posts += 1;
      process_.kill('SIGINT');
    };
    let out = '';
    process_.stdout.on('data', (text) => {
      out += String(text);
    });
    const code = await new Promise<number | null>((resolve) => process_.on('close', resolve));

    expect(code, out).to.equal(130);
    expect(posts).to.be.greaterThan(5);
    expect(count()).to.equal(before);
  });
});
