import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { until } from '../support/outbox.js';
import { GuestPhone } from '../support/guest-phone.js';
import { type Spawned, spawnScript } from '../support/processes.js';

interface Listed {
  readonly displayName: string;
  readonly status: string;
  readonly skipReason: string | null;
  readonly memberId: string | null;
}

/** What is printed of somebody who has a PIN and a link. */
const CREDENTIALS = /^ {2}(.+) opens (.+)\n {2}PIN {3}(\d+)\n {2}Link {2}(http:\S+\/m\/ml_\w+#\S+)$/gm;

const DOOR_TRIAL = /^ {2}curl -d door="(.+)" -d pin=(\d+) (\S+)\/pin$/m;

const KINDS = ['cloudbeds', 'google_workspace', 'guesty', 'nexudus', 'scim'];

/** One start for all: each test looks at what the one before has left. */
describe('npm run demo', function () {
  this.timeout(120_000);
  let demo: Spawned;
  let taken: Server;
  let printed: string;
  let integrations: readonly { readonly id: string; readonly kind: string; readonly state: string }[];

  before(async () => {
    // Its port is taken: then it says so and takes another one.
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    demo = spawnScript('demo/main.ts', [], { PORT: String(port), NO_COLOR: '', LATCHKEY_PUBLIC_URL: '' });
    await demo.line((line) => line.startsWith('Everything keeps running.'));
    printed = demo.lines.join('\n');
    expect(printed).to.match(/^Port \d+ is taken, so the demo takes another one\./);
    integrations = (await api<{ data: typeof integrations }>('/integrations?limit=100')).data;
  });
  after(async () => {
    demo.child.kill('SIGKILL');
    taken.close();
  });

  const found = (pattern: RegExp) => pattern.exec(printed)?.[1] ?? '';
  async function api<Answer>(path: string): Promise<Answer> {
    const answer = await fetch(`${found(/ API +(http\S+)/)}${path}`, {
      headers: { authorization: `Bearer ${found(/ API token +(\S+)/)}` },
    });
    expect(answer.status, path).to.equal(200);
    return (await answer.json()) as Answer;
  }
  const people = async (kind: string) => {
    const { id } = integrations.find((one) => one.kind === kind) ?? { id: kind };
    return (await api<{ data: Listed[] }>(`/integrations/${id}/members?limit=100`)).data;
  };
  const statusOf = async (memberId: string | null) => (await api<{ status: string }>(`/members/${memberId}`)).status;

  it('connects all five, each with somebody who may enter and somebody who may not', async () => {
    expect(integrations.map(({ kind }) => kind).sort()).to.deep.equal(KINDS);
    for (const kind of KINDS) {
      const listed = await people(kind);
      const synced = listed.filter(({ status }) => status === 'synced');
      const statuses = await Promise.all(synced.map(({ memberId }) => statusOf(memberId)));
      expect(statuses, kind).to.include('active');
      expect(
        listed.map(({ skipReason }) => skipReason).some((reason) => reason !== null),
        kind,
      ).to.equal(true);
    }
  });

  it('prints what the API says, with a PIN and a link of each, without colours and within 100 columns', async () => {
    expect(printed).not.to.contain('\u001b');
    expect(demo.lines.filter((line) => line.length > 100)).to.deep.equal([]);
    for (const kind of KINDS) {
      for (const { displayName, skipReason } of await people(kind)) {
        expect(printed).to.contain(displayName);
        if (skipReason !== null) expect(printed).to.contain(`nothing: ${skipReason}`);
      }
    }
    expect(printed).to.contain('! Carla Peña: invalid_source_pin');
  });

  const press = async (page: string, action: string, fields: Record<string, string> = {}) => {
    const answer = await fetch(`${page}/${action}`, { method: 'POST', body: new URLSearchParams(fields) });
    const { result } = (await answer.json()) as { result: { granted: boolean; reason: string; by: string } | null };
    expect(answer.status, `${page}/${action}`).to.equal(200);
    return result;
  };

  it('has doors: what it says of somebody is what their PIN opens at the controller and what their link shows', async () => {
    const doorPages = [...printed.matchAll(/^ {2}(\S.*?) +(http:\S+\/_control) {2}(.+)$/gm)];
    expect(doorPages).to.have.length(7);
    const everybody = [...printed.matchAll(CREDENTIALS)];
    expect(everybody).to.have.length(5);
    const isOpenAtTimes = (text: string) => /\((.+)\)$/.test(text);
    for (const [, name, opens = '', pin = '', link = ''] of everybody) {
      const doors = opens.split(', ');
      const always = doors.filter((door) => !isOpenAtTimes(door));
      expect(always, name).not.to.deep.equal([]);
      const phone = await GuestPhone.open(link);
      expect(phone?.doors, name).to.include.members(doors.map((door) => door.replace(/ \(.+\)$/, '')));
      const [, , page = ''] = doorPages.find(([, site = '']) => phone?.sites.includes(site)) ?? [];
      for (const door of always) expect(await press(page, 'pin', { door, pin }), `${name}, ${door}`).to.include({ granted: true });
    }
  });

  it('has doors to try: by the server, by the list while the line is cut, and told once it is restored', async () => {
    const [, door = '', pin = '', page = ''] = DOOR_TRIAL.exec(printed) ?? [];
    expect(await press(page, 'pin', { door, pin })).to.include({ granted: true, by: 'server' });
    await press(page, 'cut');
    expect(await press(page, 'pin', { door, pin })).to.include({ granted: true, by: 'list' });
    expect(await (await fetch(page)).text()).to.contain('<td>cut: it decides by its list</td>');
    expect(await press(page, 'restore')).to.include({ told: 1 });
  });

  it('has a control page for each system, and what is said to try works: access is gone by webhook', async () => {
    const pages = [...printed.matchAll(/(http:\S+\/_control)$/gm)].map(([, page = '']) => page);
    expect(pages).to.have.length(4);
    for (const page of pages) expect((await fetch(page)).status).to.equal(200);
    const trials = [...printed.matchAll(/^ {2}curl ((?:-d [\w.]+=[^" ]+ )+)(\S+)$/gm)];
    expect(trials).to.have.length(4);
    const before = new Map(await Promise.all(KINDS.map(async (kind) => [kind, await people(kind)] as const)));
    for (const [, fields = '', url = ''] of trials) {
      const body = fields.trim().replace(/^-d /, '').replaceAll(' -d ', '&');
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await fetch(url, { method: 'POST', headers, body })).status, url).to.equal(200);
    }
    for (const kind of KINDS.filter((one) => one !== 'scim')) {
      const wasSkipped = (name: string) => before.get(kind)?.find(({ displayName }) => displayName === name)?.skipReason !== null;
      const gone = async () =>
        (await people(kind)).filter(({ displayName, skipReason }) => skipReason !== null && !wasSkipped(displayName));
      await until(async () => (await gone()).length === 1);
      const [person] = await gone();
      expect(await statusOf(person?.memberId ?? null), kind).to.equal('ended');
    }
    const [, door = '', pin = '', page = ''] = DOOR_TRIAL.exec(printed) ?? [];
    expect(await press(page, 'pin', { door, pin })).to.include({ granted: false, reason: 'unknown_credential', by: 'server' });
    const link = [...printed.matchAll(CREDENTIALS)].find(([, , , digits]) => digits === pin)?.[4] ?? '';
    expect(await GuestPhone.open(link)).to.equal(null);
  });

  it('stops on Ctrl-C, with nothing left behind', async () => {
    const folder = `data/demo/${demo.child.pid}`;
    expect(existsSync(folder)).to.equal(true);
    demo.child.kill('SIGINT');
    expect(await demo.ended).to.equal(0);
    expect([existsSync(folder), demo.errors()]).to.deep.equal([false, '']);
  });
});
