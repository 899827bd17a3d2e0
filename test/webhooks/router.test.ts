import { expect } from 'chai';
import type supertest from 'supertest';
import { UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { shift } from '../../src/domain/time.js';
import { type AdminWorld, adminWorldOf, PUBLIC_URL, START } from '../support/admin-world.js';
import { forEachEngine } from '../support/engines.js';
import { fakeWebhook } from '../support/fake-adapter.js';

const FLATS = { kind: 'guesty', name: 'Flats', secrets: { clientId: 'me', clientSecret: 'right' } };
const DAY_MS = 86_400_000;

interface Hint {
  readonly source_key: string;
  readonly received_at: string;
  readonly due_at: string | null;
  readonly done_at: string | null;
  readonly attempts: number;
}

describe('inbound webhooks', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let id: string;
    let path: string;
    beforeEach(async () => {
      world = current();
      const { body } = await world.post('/integrations', FLATS);
      id = body.id;
      path = body.webhookUrl.slice(PUBLIC_URL.length);
      world.wakes = 0;
    });

    const post = (to: string, { body, headers }: { body: string | Buffer; headers: Record<string, string> }) =>
      world.agent.post(to).set(headers).send(body);
    const send = (keys: readonly string[] | null, messageId: string | null = null) => post(path, fakeWebhook(keys, { messageId }));
    const hints = () => world.db.read.query<Hint>('select * from pull_hints where integration_id = ? order by source_key', [id]);
    const keys = async () => (await hints()).map((row) => row.source_key);
    const untouched = async () => {
      expect(await hints()).to.deep.equal([]);
      expect(await world.count('webhook_receipts')).to.equal(0);
      expect(world.wakes).to.equal(0);
    };
    const problem = ({ status, headers, body }: supertest.Response) => {
      expect(headers['content-type']).to.equal('application/problem+json');
      expect(body.status).to.equal(status);
      return status;
    };

    it('are answered 204, and what they name is due now', async () => {
      const { status, text } = await send(['r1', 'r2'], 'm1');
      expect([status, text]).to.deep.equal([204, '']);
      const row = { received_at: START, due_at: START, done_at: null, attempts: 0 };
      const [first, second] = await hints();
      expect(first).to.include({ ...row, source_key: 'r1' });
      expect(second).to.include({ ...row, source_key: 'r2' });
      expect(world.wakes).to.equal(1);
    });

    it('about no entity ask for everything that changed', async () => {
      expect((await send(null)).status).to.equal(204);
      expect(await keys()).to.deep.equal(['']);
    });

    it('reach the adapter with the rest of the path, the query and the bytes as they came', async () => {
      const seen: unknown[] = [];
      const { webhook } = world.parts.kinds.adapter('guesty');
      const verify = webhook?.verify;
      if (webhook === undefined || verify === undefined) throw new Error('the fake has no webhooks');
      Object.assign(webhook, {
        verify: (request: Parameters<typeof verify>[0], context: Parameters<typeof verify>[1]) => {
          seen.push(request.path, request.query, request.headers['x-fake-signature'], request.body.toString('utf8'));
          return verify(request, context);
        },
      });
      const message = fakeWebhook(['r1']);
      expect((await post(`${path}/rooms/caf%C3%A9//?action=a%20b`, message)).status).to.equal(204);
      expect(seen).to.deep.equal(['rooms/café', { action: 'a b' }, message.headers['x-fake-signature'], message.body]);
    });

    it('make what is done due again, with all its attempts', async () => {
      await send(['r1']);
      await world.db.transaction((tx) => tx.execute('update pull_hints set due_at = null, done_at = ?, attempts = 3', [START]));
      world.advance(5_000);
      await send(['r1']);
      const later = shift(START, 5_000);
      const [row, ...more] = await hints();
      expect(row).to.include({ received_at: later, due_at: later, done_at: null, attempts: 0 });
      expect(more).to.deep.equal([]);
    });

    describe('lead nowhere', () => {
      const nowhere = async (to: string) => {
        const { body, headers } = fakeWebhook(['r1']);
        const answer = await post(to, { body, headers });
        expect(problem(answer), to).to.equal(404);
        return answer.text;
      };

      it('404 with the same body for an unknown integration, a wrong secret, a disabled one, SCIM, and a kind without webhooks', async () => {
        const secret = path.split('/').at(-1);
        const scim = await world.integration();
        const texts = [
          await nowhere(`/webhooks/int_nobody/${secret}`),
          await nowhere(`/webhooks/${id}/${'A'.repeat(43)}`),
          await nowhere(`/webhooks/${id}/${secret}x`),
          await nowhere(`/webhooks/${id}/`),
          await nowhere(`/webhooks/${id}`),
          await nowhere('/webhooks/'),
          await nowhere('/webhooks/%00/%ZZ'),
          await nowhere(`/webhooks/${scim}/${secret}`),
        ];
        const { webhook } = world.parts.kinds.adapter('guesty');
        Object.assign(world.parts.kinds.adapter('guesty'), { webhook: undefined });
        texts.push(await nowhere(path));
        Object.assign(world.parts.kinds.adapter('guesty'), { webhook });
        await world.patch(`/integrations/${id}`, { settings: { enabled: false } });
        texts.push(await nowhere(path));
        expect(new Set(texts).size).to.equal(1);
        await untouched();
      });

      it('404 for any method and any body: nobody learns that there is something behind another secret', async () => {
        const wrong = `/webhooks/${id}/${'A'.repeat(43)}`;
        expect((await world.agent.get(wrong)).status).to.equal(404);
        expect((await world.agent.post(wrong).set('content-type', 'text/html').send('x'.repeat(1_048_577))).status).to.equal(404);
      });

      it('of another integration: its secret opens only its own address', async () => {
        const other = (await world.post('/integrations', FLATS)).body.webhookUrl.split('/').at(-1);
        await nowhere(`/webhooks/${id}/${other}`);
      });

      it('once the integration is deleted', async () => {
        await world.delete(`/integrations/${id}`);
        await nowhere(path);
      });
    });

    it('F1 without a signature are answered 401, whatever the body is', async () => {
      const headers = { 'content-type': 'application/json' };
      for (const body of ['{"keys":["r1"]}', '{broken', '']) expect(problem(await post(path, { body, headers }))).to.equal(401);
      await untouched();
    });

    it('F2 with a wrong signature, or the right one over other bytes, are answered 401', async () => {
      const { body, headers } = fakeWebhook(['r1']);
      expect(problem(await post(path, fakeWebhook(['r1'], { secret: 'wrong' })))).to.equal(401);
      expect(problem(await post(path, { body: JSON.stringify(JSON.parse(body), null, 1), headers }))).to.equal(401);
      await untouched();
    });

    it('F3 signed with the secret from before are answered 401 once another is stored', async () => {
      world.source.clientSecret = 'newer';
      await world.patch(`/integrations/${id}`, { secrets: { clientSecret: 'newer' } });
      expect((await send(['r1'])).status).to.equal(401);
      expect((await post(path, fakeWebhook(['r1'], { secret: 'newer' }))).status, 'at the same address').to.equal(204);
    });

    for (const [name, signature] of Object.entries({
      F4: 'v1,x '.repeat(1_000),
      F5: 'v1,',
      F6: '169abc',
      F7: '💥'.codePointAt(0)?.toString() ?? '',
    })) {
      it(`${name} with a signature that is none are answered 401: ${signature.slice(0, 12)}`, async () => {
        const { body, headers } = fakeWebhook(['r1'], { messageId: 'm.1' });
        expect((await post(path, { body, headers: { ...headers, 'x-fake-signature': signature } })).status).to.equal(401);
        await untouched();
      });
    }

    it('F7 with an id of ten kilobytes, or with dots and quotes, are known again by it', async () => {
      for (const messageId of ['x'.repeat(10_000), "a.b'--", 'ünï']) {
        const [first, second] = [await send(['r1'], encodeURI(messageId)), await send(['r2'], encodeURI(messageId))];
        expect([first.status, second.status]).to.deep.equal([204, 204]);
      }
      expect(await keys()).to.deep.equal(['r1']);
    });

    it('F8 that come again are answered 204 and do nothing, for seven days', async () => {
      await send(['r1'], 'm1');
      await world.db.transaction((tx) => tx.execute('update pull_hints set due_at = null, done_at = ?', [START]));
      world.advance(7 * DAY_MS - 1);
      expect((await send(['r1'], 'm1')).status).to.equal(204);
      expect((await hints())[0]?.due_at).to.equal(null);
      expect(world.wakes).to.equal(1);
    });

    it('are forgotten after seven days', async () => {
      await send(['r1'], 'm1');
      world.advance(7 * DAY_MS - 1);
      await send(['r1'], 'm2');
      await world.connecting.upkeep.run();
      expect(await world.count('webhook_receipts')).to.equal(2);
      world.advance(3_600_000);
      await world.connecting.upkeep.run();
      expect(await world.count('webhook_receipts')).to.equal(1);
    });

    it('with the id of a message to another integration are not taken for it', async () => {
      const other = (await world.post('/integrations', FLATS)).body;
      await post(other.webhookUrl.slice(PUBLIC_URL.length), fakeWebhook(['r1'], { messageId: 'm1' }));
      await send(['r1'], 'm1');
      expect(await keys()).to.deep.equal(['r1']);
    });

    it('F9 that come a hundred times at once count once', async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => send([`r${n}`], 'm1')));
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([204]));
      expect(await keys()).to.have.length(1);
      expect(world.wakes).to.equal(1);
    }).timeout(20_000);

    it('F10 of a type that says nothing to us are answered 204', async () => {
      const signed = fakeWebhook(['x']);
      const body = '{"type":"unknown"}';
      const { webhook } = world.parts.kinds.adapter('guesty');
      expect(webhook?.hints({ headers: {}, path: '', query: {}, body: Buffer.from(body) })).to.deep.equal([]);
      const { createHmac } = await import('node:crypto');
      const headers = { ...signed.headers, 'x-fake-signature': createHmac('sha256', 'right').update(body).digest('hex') };
      expect((await post(path, { body, headers })).status).to.equal(204);
      await untouched();
    });

    it('F11 F12 F13 in any order, about anything, leave the same: what to read anew', async () => {
      await send(['unknown', 'r2'], 'deleted');
      await send(['r2'], 'created');
      await send(['r1', 'r2'], 'older');
      expect(await keys()).to.deep.equal(['r1', 'r2', 'unknown']);
    });

    it('that are genuine and no JSON ask for everything that changed', async () => {
      const { createHmac } = await import('node:crypto');
      const body = '{broken';
      const headers = { 'content-type': 'application/json', 'x-fake-signature': createHmac('sha256', 'right').update(body).digest('hex') };
      expect((await post(path, { body, headers })).status).to.equal(204);
      expect(await keys()).to.deep.equal(['']);
      expect(world.errors.splice(0).map(({ message }) => message)).to.deep.equal(['a webhook was not understood']);
    });

    it('that name more than is worth asking for one by one, or what can be no key, ask for everything that changed', async () => {
      await send(Array.from({ length: 201 }, (_, n) => `r${n}`));
      expect(await keys()).to.deep.equal(['']);
      await send(['a\u0000b', 'x'.repeat(501)]);
      expect(await keys()).to.deep.equal(['']);
    });

    it('F14 of more than a megabyte are answered 413, of another media type or encoded 415', async () => {
      const { headers } = fakeWebhook(['r1']);
      expect(problem(await post(path, { body: 'x'.repeat(1_048_577), headers }))).to.equal(413);
      expect((await post(path, { body: 'x'.repeat(1_048_576), headers })).status).to.equal(401);
      for (const type of ['text/html', 'multipart/form-data', 'application/xml', 'application/jsonx']) {
        expect(problem(await post(path, { body: '{}', headers: { ...headers, 'content-type': type } })), type).to.equal(415);
      }
      expect(problem(await post(path, { body: '{}', headers: { ...headers, 'content-encoding': 'gzip' } }))).to.equal(415);
      await untouched();
      const odd = fakeWebhook(['r1']);
      expect((await post(path, { ...odd, headers: { ...odd.headers, 'content-type': 'application/json; utf-8' } })).status).to.equal(204);
    });

    it('F15 are nothing that can be read: 405 for everything but POST', async () => {
      for (const method of ['get', 'put', 'patch', 'delete', 'options'] as const) {
        const answer = await world.agent[method](path);
        expect([problem(answer), answer.headers['allow']], method).to.deep.equal([405, 'POST']);
      }
      await untouched();
    });

    it('F16 that come too many at once are answered 503 with Retry-After, and none that was answered 204 is lost', async () => {
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const { sources } = world;
      const open = sources.open.bind(sources);
      let arrived = 0;
      Object.assign(sources, {
        open: async (integrationId: string, signal?: AbortSignal) => {
          arrived += 1;
          if (arrived === 200) release();
          await held;
          return open(integrationId, signal);
        },
      });
      const first = Array.from({ length: 200 }, (_, n) => send([`r${n}`], `m${n}`).then(({ status }) => ({ n, status })));
      await held;
      const more = await Promise.all([send(['late']), send(['later'])]);
      const answers = await Promise.all(first);
      expect(answers.filter(({ status }) => status === 204)).to.have.length(200);
      for (const { status, headers } of more) {
        if (status === 503) expect(headers['retry-after']).to.equal('2');
        else expect(status).to.equal(204);
      }
      expect((await keys()).filter((key) => key.startsWith('r'))).to.have.length(200);
    }).timeout(30_000);

    it('are answered 503 while the source cannot be asked what is genuine', async () => {
      world.source.fail = (call) => (call === 'verify' ? new UpstreamUnavailable('Away.') : null);
      const answer = await send(['r1']);
      expect([problem(answer), answer.headers['retry-after']]).to.deep.equal([503, '2']);
    });

    it('never show their address: not in an answer, not in the log, also when something breaks', async () => {
      const secret = String(path.split('/').at(-1));
      world.source.fail = (call) => (call === 'verify' ? new TypeError('broken') : null);
      const answer = await send(['r1']);
      expect(problem(answer)).to.equal(500);
      world.source.fail = () => null;
      const answers = [
        answer,
        await world.agent.get(path),
        await send(['r1'], 'm1'),
        await post(path, fakeWebhook([], { secret: 'wrong' })),
      ];
      for (const { text, headers } of answers) expect(JSON.stringify([text, headers])).not.to.contain(secret);
      const logged = world.errors.splice(0);
      expect(logged.map(({ message }) => message)).to.deep.equal(['a webhook could not be taken']);
      expect(JSON.stringify(logged, (_, value: unknown) => (value instanceof Error ? value.stack : (value as JsonObject)))).not.to.contain(
        secret,
      );
      expect((await world.get('/integrations')).text).not.to.contain(secret);
    });
  });
});
