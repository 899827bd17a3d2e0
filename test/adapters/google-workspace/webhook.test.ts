import { expect } from 'chai';
import { googleWorkspaceAdapter } from '../../../src/adapters/google-workspace/adapter.js';
import type { WebhookRequest } from '../../../src/adapters/adapter.js';
import { VAULT } from '../../../src/adapters/google-workspace/context.js';
import type { GoogleContext } from '../../../src/adapters/google-workspace/context.js';
import { hints, verify } from '../../../src/adapters/google-workspace/webhook.js';
import { SandboxClock } from '../../../sandbox/kernel/clock.js';
import { adapterContext, MemoryVault } from '../../support/adapter-context.js';
import { NOON } from './fixture.js';

const CHANNEL = {
  id: 'c1',
  event: 'update',
  url: 'https://keys.example.org/webhooks/int_1/secret',
  token: 'right-token',
  opened: { resourceId: 'r-1', expiresAt: '2026-11-25T18:00:00.000Z', renewAt: '2026-11-25T17:30:00.000Z' },
};
const HEADERS = {
  'x-goog-channel-id': 'c1',
  'x-goog-channel-token': 'right-token',
  'x-goog-resource-id': 'r-1',
  'x-goog-resource-state': 'update',
  'x-goog-message-number': '236441',
};
const BODY = JSON.stringify({
  kind: 'admin#directory#user',
  id: '100000000000000000017',
  etag: '"n-77"',
  primaryEmail: 'mara.voss@acme.test',
});

const request = (headers: WebhookRequest['headers'] = HEADERS, body = BODY): WebhookRequest => ({
  headers,
  path: '',
  query: {},
  body: Buffer.from(body),
});

describe('google workspace message', () => {
  let clock: SandboxClock;
  let context: GoogleContext;
  const store = (...channels: readonly unknown[]) => context.vault.put(VAULT.channels, JSON.stringify(channels));
  beforeEach(async () => {
    clock = new SandboxClock();
    clock.freeze(NOON);
    context = adapterContext(clock, googleWorkspaceAdapter.limits, { config: {}, secrets: {}, settings: {}, vault: new MemoryVault() });
    await store(CHANNEL);
  });

  it('of a channel of ours is genuine, and known by channel and number', async () => {
    expect(await verify(request(), context)).to.deep.equal({ kind: 'genuine', messageId: 'c1:236441' });
  });

  for (const [what, headers] of [
    ['without any of the headers', {}],
    ['of a channel that is not ours', { ...HEADERS, 'x-goog-channel-id': 'c2' }],
    ['without a token', { ...HEADERS, 'x-goog-channel-token': undefined }],
    ['12: with a wrong token', { ...HEADERS, 'x-goog-channel-token': 'wrong-token' }],
    ['with a token of another length', { ...HEADERS, 'x-goog-channel-token': 'right-token2' }],
    ['with an empty token', { ...HEADERS, 'x-goog-channel-token': '' }],
    ['with a token of as many letters and more bytes', { ...HEADERS, 'x-goog-channel-token': 'right-tokeñ' }],
    ['for another resource', { ...HEADERS, 'x-goog-resource-id': 'r-2' }],
    ['without a resource', { ...HEADERS, 'x-goog-resource-id': undefined }],
    ['without a number', { ...HEADERS, 'x-goog-message-number': undefined }],
    ['with a number that is none', { ...HEADERS, 'x-goog-message-number': '1e9' }],
    ['with a negative number', { ...HEADERS, 'x-goog-message-number': '-1' }],
    ['with a number of 10 kB', { ...HEADERS, 'x-goog-message-number': '1'.repeat(10_000) }],
  ] as const) {
    it(`${what} is refused, and nothing of it is repeated`, async () => {
      const verdict = await verify(request(headers), context);
      expect(verdict.kind).to.equal('refused');
      expect(JSON.stringify(verdict)).to.not.match(/token2|wrong-token|r-2|c2/);
    });
  }

  it('is refused when there is no channel at all', async () => {
    await context.vault.put(VAULT.channels, null);
    expect((await verify(request(), context)).kind).to.equal('refused');
  });

  it('13: may come before Google has said what the resource is', async () => {
    await store({ ...CHANNEL, opened: null });
    const sync = { ...HEADERS, 'x-goog-resource-id': 'r-new', 'x-goog-resource-state': 'sync', 'x-goog-message-number': '1' };
    expect(await verify(request(sync, ''), context)).to.deep.equal({ kind: 'genuine', messageId: 'c1:1' });
    expect((await verify(request({ ...sync, 'x-goog-channel-token': 'wrong-token' }, ''), context)).kind).to.equal('refused');
  });

  it('is taken for five minutes after the channel’s end, not longer', async () => {
    clock.freeze(Date.parse('2026-11-25T18:04:59.999Z'));
    expect((await verify(request(), context)).kind).to.equal('genuine');
    clock.freeze(Date.parse('2026-11-25T18:05:00.000Z'));
    expect((await verify(request(), context)).kind).to.equal('refused');
  });

  it('14: of the old and of the new channel is genuine while both live', async () => {
    await store(CHANNEL, { ...CHANNEL, id: 'c9', token: 'other-token' });
    const other = { ...HEADERS, 'x-goog-channel-id': 'c9', 'x-goog-channel-token': 'other-token' };
    expect((await verify(request(), context)).kind).to.equal('genuine');
    expect((await verify(request(other), context)).kind).to.equal('genuine');
    expect((await verify(request({ ...other, 'x-goog-channel-token': 'right-token' }), context)).kind).to.equal('refused');
  });
});

describe('google workspace hints', () => {
  const of = (state: string | undefined, body = BODY) => hints(request({ ...HEADERS, 'x-goog-resource-state': state }, body));

  for (const state of ['add', 'delete', 'undelete', 'update']) {
    it(`${state} asks for one user by its id`, () => {
      expect(of(state)).to.deep.equal([{ kind: 'entity', sourceKey: '100000000000000000017' }]);
    });
  }

  it('the first message of a channel, and who became an admin, ask for nothing', () => {
    expect(of('sync', '')).to.deep.equal([]);
    expect(of('makeAdmin')).to.deep.equal([]);
  });

  it('a state that is not known, or none, asks for everything', () => {
    expect(of('exists')).to.deep.equal([{ kind: 'changes' }]);
    expect(of(undefined)).to.deep.equal([{ kind: 'changes' }]);
  });

  for (const body of [
    '',
    'text',
    '[]',
    'null',
    '"17"',
    '{}',
    '{"id":17}',
    '{"id":""}',
    '{"id":"../groups"}',
    `{"id":"${'1'.repeat(65)}"}`,
    '{"id":{"$ne":1}}',
  ]) {
    it(`an update with the body ${body.slice(0, 20)} asks for everything`, () => {
      expect(of('update', body)).to.deep.equal([{ kind: 'changes' }]);
    });
  }
});
