import { expect } from 'chai';
import { sampleHotel } from '../../sandbox/cloudbeds/sample.js';
import { CloudbedsSandbox } from '../../sandbox/cloudbeds/sandbox.js';
import { GoogleWorkspaceSandbox } from '../../sandbox/google-workspace/google-workspace-sandbox.js';
import { GuestySandbox } from '../../sandbox/guesty/server.js';
import { NexudusSandbox } from '../../sandbox/nexudus/sandbox.js';
import { rawHttp } from '../support/raw-http.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'content-type': 'application/x-www-form-urlencoded' };

describe('the control page of a simulated system', () => {
  let sandbox: CloudbedsSandbox;
  beforeEach(async () => {
    sandbox = await new CloudbedsSandbox().start();
    sampleHotel(sandbox);
  });
  afterEach(() => sandbox.stop());

  const page = async (path = '/_control') => {
    const answer = await fetch(`${sandbox.server.url}${path}`);
    return { status: answer.status, headers: answer.headers, html: await answer.text() };
  };
  const press = (action: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = BROWSER) =>
    fetch(`${sandbox.server.url}/_control/${action}`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams(fields).toString(),
    });
  const first = () => [...sandbox.world.reservations.keys()][0] ?? '';

  it('shows the records in short and a form for each thing that can happen, with choices by name', async () => {
    const { status, headers, html } = await page();
    expect([status, headers.get('content-type')]).to.deep.equal([200, 'text/html; charset=utf-8']);
    expect(html).to.match(/<td>Chiara Moretti<\/td><td>201<\/td>/);
    expect(html).to.contain('<form method="post" action="/_control/cancel">');
    expect(html).to.contain(`<option value="${first()}">Ada Park (checked_in)</option>`);
    expect(html).not.to.contain('/_control/set-status');
  });

  it('lets nothing in but its own style and its own forms, and has no script', async () => {
    const { headers, html } = await page();
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).to.match(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]+=*'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(html).not.to.match(/<script|https?:|style="|onclick/);
    expect(html.match(/<label>/g)?.length).to.equal(html.match(/<(?:input|select) /g)?.length);
  });

  it('does what a form asks for, leads back, and says what became of it', async () => {
    const answer = await press('cancel', { reservationID: first() });
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([303, '/_control']);
    expect(sandbox.world.reservation(first()).status).to.equal('canceled');
    expect((await page()).html).to.match(/role="status"><strong>Cancel: done/);
  });

  it('says why something could not be done, and shows what was written as it was written', async () => {
    const answer = await press('cancel', { reservationID: '<img src=x>' });
    expect(answer.status).to.equal(400);
    const html = await answer.text();
    expect(html).to.contain('role="alert"><strong>Cancel: not done</strong><pre>no reservation &#60;img src=x&#62;</pre>');
    expect(html).not.to.contain('<img');
  });

  it('answers JSON to who does not ask for a page, whether it is given a form or JSON', async () => {
    const form = await press('add-room', { name: '301' }, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(((await form.json()) as { result: { roomName: string } }).result.roomName).to.equal('301');
    const json = await fetch(`${sandbox.server.url}/_control/add-room`, { method: 'POST', body: '{"name":""}' });
    expect([json.status, await json.json()]).to.deep.equal([400, { error: 'name must be given' }]);
    const unknown = await press('fly', {}, {});
    expect([unknown.status, ((await unknown.json()) as { actions: string[] }).actions]).to.deep.include(404);
  });

  it('takes nothing from a page of the web, also not from one that pretends to be on this machine', async () => {
    expect((await press('cancel', { reservationID: first() }, { ...BROWSER, origin: 'https://evil.example' })).status).to.equal(403);
    const { port } = new URL(sandbox.server.url);
    const host = `evil.example:${port}`;
    const body = `reservationID=${first()}`;
    const lines = [
      'POST /_control/cancel HTTP/1.1',
      `Host: ${host}`,
      `Origin: http://${host}`,
      'Content-Type: application/x-www-form-urlencoded',
    ];
    const rebound = await rawHttp(
      sandbox.server.url,
      [...lines, `Content-Length: ${body.length}`, 'Connection: close', '', body].join('\r\n'),
    );
    expect(rebound).to.match(/^HTTP\/1\.1 403 /);
    expect(sandbox.world.reservation(first()).status).to.equal('checked_in');
    expect((await press('cancel', { reservationID: first() }, { ...BROWSER, origin: sandbox.server.url })).status).to.equal(303);
  });

  it('makes an outage and too many requests, and ends both', async () => {
    const ask = async () => (await fetch(`${sandbox.apiBaseUrl}/getHotels`, { headers: { 'x-api-key': sandbox.grants.apiKey } })).status;
    await press('outage', {});
    expect(await ask()).to.equal(503);
    await press('recover', {});
    await press('rate-limit', {});
    expect(await ask()).to.equal(429);
    await press('recover', {});
    expect(await ask()).to.equal(200);
  });
});

describe('the control pages of the other systems', () => {
  /** Each starts a sample world; a form of its page, by the fields that stand in it. */
  const SYSTEMS = [
    {
      name: 'Guesty',
      start: async () => {
        const sandbox = await new GuestySandbox().start();
        sandbox.sample();
        return { url: sandbox.server.url, stop: () => sandbox.stop() };
      },
      person: 'Ada Park',
      action: 'book',
      made: 'Hana Byrne',
    },
    {
      name: 'Nexudus',
      start: async () => {
        const sandbox = (await new NexudusSandbox().start()).sampleSpace();
        return { url: sandbox.server.url, stop: () => sandbox.stop() };
      },
      person: 'Dmitri Novák',
      action: 'add-coworker',
      made: 'Grace Costa',
    },
    {
      name: 'Google Workspace',
      start: async () => {
        const sandbox = (await new GoogleWorkspaceSandbox().start()).sample();
        return { url: sandbox.url, stop: () => sandbox.stop() };
      },
      person: 'Mara Voss',
      action: 'createUser',
      made: 'Leo Ito',
    },
  ];
  for (const { name, start, person, action, made } of SYSTEMS) {
    it(`${name}: a form works as it stands on the page, and trouble can be had`, async () => {
      const { url, stop } = await start();
      try {
        const before = await (await fetch(`${url}/_control`)).text();
        expect(before).to.contain(`<td>${person}</td>`).and.not.to.contain(`<td>${made}</td>`);
        const form = before.slice(before.indexOf(`action="/_control/${action}"`)).split('</form>')[0] ?? '';
        const answer = await fetch(`${url}/_control/${action}`, {
          method: 'POST',
          headers: BROWSER,
          body: new URLSearchParams(filled(form)),
        });
        expect(answer.status).to.equal(200);
        expect(await answer.text()).to.contain(`<td>${made}</td>`);
        for (const trouble of ['outage', 'rate-limit', 'recover']) {
          expect(before).to.contain(`action="/_control/${trouble}"`);
          expect((await fetch(`${url}/_control/${trouble}`, { method: 'POST', body: '{}' })).status).to.equal(200);
        }
      } finally {
        await stop();
      }
    });
  }

  /** What a browser sends that nobody has typed into: values as they stand, first choices. */
  function filled(form: string): Record<string, string> {
    const inputs = [...form.matchAll(/<input name="([^"]+)" type="[^"]+" value="([^"]*)">/g)];
    const selects = [...form.matchAll(/<select name="([^"]+)"><option value="([^"]*)"/g)];
    return Object.fromEntries([...inputs, ...selects].map(([, name = '', value = '']) => [name, value]));
  }
});
