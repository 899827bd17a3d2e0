import { expect } from 'chai';
import type supertest from 'supertest';
import { Throttled, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import { DEFAULT_SETTINGS } from '../../../src/domain/integration.js';
import { shift } from '../../../src/domain/time.js';
import { type AdminWorld, adminWorldOf, PUBLIC_URL, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

const SECRETS = { clientId: 'me', clientSecret: 'right' };
const FLATS = { kind: 'guesty', name: 'Flats', secrets: SECRETS };
const OAUTH = { kind: 'guesty', name: 'Hotel', config: { clientId: 'ours' }, secrets: { clientSecret: 'right' } };
const TABLES = ['integrations', 'integration_secrets', 'adapter_memory', 'sync_state'];

describe('admin API: connecting a source that is pulled', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    beforeEach(() => {
      world = current();
    });

    const create = async (body: object = FLATS) => {
      const answer = await world.post('/integrations', body);
      expect(answer.status, answer.text).to.equal(201);
      return answer.body as { id: string; webhookUrl: string };
    };
    const view = async (id: string) => (await world.get(`/integrations/${id}`)).body;
    const epoch = async (id: string) => (await rows<{ epoch: number }>('select epoch from integrations where id = ?', id))[0]?.epoch;
    const rows = <Row>(sql: string, ...bindings: string[]) => world.db.read.query<Row>(sql, bindings);
    const due = async (id: string) =>
      (
        await rows<{ due_at: string | null; renew_at: string | null }>(
          'select due_at, renew_at from sync_state where integration_id = ?',
          id,
        )
      )[0];
    const pointers = ({ body }: supertest.Response) => body.errors.map((error: { pointer: string }) => error.pointer).sort();
    /** Fails like the rest of the world once `logged` warnings are taken off. */
    const takeWarnings = () => world.errors.splice(0).map(({ message }) => message);

    describe('creating one', () => {
      it('shows what was reached, the defaults in force and, this once, where webhooks are to be sent', async () => {
        const { status, body, headers } = await world.post('/integrations', {
          ...FLATS,
          settings: { writeBackPin: false, intervalMinutes: 5 },
        });
        expect([status, headers['location']]).to.deep.equal([201, `${PUBLIC_URL}/api/v1/integrations/${body.id}`]);
        expect(body).to.deep.include({
          ...{ kind: 'guesty', name: 'Flats', state: 'ok', stateReason: null, account: world.source.account, lastSync: null },
          config: {
            ...{ apiBaseUrl: 'https://api.fake.example/v1', tokenUrl: 'https://api.fake.example/token' },
            authorizeUrl: 'https://fake.example/authorize',
          },
        });
        expect(body.settings).to.deep.equal({
          ...DEFAULT_SETTINGS,
          ...{ intervalMinutes: 5, writeBackPin: false, syncCards: false },
          scim: { ...DEFAULT_SETTINGS.scim, duplicateGroupName: 'allow', unknownMember: 'skip' },
        });
        expect(body).not.to.have.property('token');
        expect(body.webhookUrl).to.match(/^https:\/\/doors\.example\.com\/webhooks\/int_[0-9a-z]{26}\/[A-Za-z0-9_-]{43}$/);
        const { webhookUrl, ...rest } = body;
        expect(await view(body.id)).to.deep.equal(rest);
        expect((await world.get('/integrations')).body.data).to.deep.equal([rest]);
        expect(await due(body.id)).to.include({ due_at: START });
        expect([...world.source.subscriptions]).to.deep.equal([webhookUrl]);
      });

      it('keeps the token of the test, so that no other is spent, and everything secret sealed', async () => {
        const { id, webhookUrl } = await create();
        const { context } = await world.sources.open(id);
        expect(await context.vault.get('token')).to.equal('fake-token-1');
        expect((await world.post(`/integrations/${id}/test`)).body).to.deep.equal({ account: world.source.account });
        expect(world.source.tokens).to.deep.equal(['fake-token-1']);
        const stored = JSON.stringify(await Promise.all([...TABLES, 'events'].map((table) => rows(`select * from ${table}`))));
        for (const secret of ['fake-token-1', '"right"', 'right', String(webhookUrl.split('/').at(-1))])
          expect(stored).not.to.contain(secret);
      });

      it('starts the pull of a disabled one only when it is enabled', async () => {
        const { id } = await create({ ...FLATS, settings: { enabled: false } });
        expect(await due(id)).to.deep.equal({ due_at: null, renew_at: null });
        expect(world.source.count('subscribe')).to.equal(0);
        world.advance(60_000);
        await world.patch(`/integrations/${id}`, { settings: { enabled: true } });
        expect(await due(id)).to.include({ due_at: shift(START, 60_000) });
        expect(world.source.count('subscribe')).to.equal(1);
      });

      it('has its subscription looked at again when the source says, or after a day', async () => {
        world.source.renewAt = shift(START, 3_600_000);
        expect(await due((await create()).id)).to.include({ renew_at: shift(START, 3_600_000) });
        world.source.renewAt = null;
        expect(await due((await create()).id)).to.include({ renew_at: shift(START, 86_400_000) });
      });

      it('does not fail because webhooks cannot be subscribed to: that is tried again soon', async () => {
        world.source.fail = (call) => (call === 'subscribe' ? new UpstreamUnavailable('No.') : null);
        const { id } = await create();
        expect(takeWarnings()).to.deep.equal(['webhooks could not be subscribed to, it will be tried again']);
        expect(await due(id)).to.deep.equal({ due_at: START, renew_at: shift(START, 600_000) });
      });

      describe('stores nothing and says why', () => {
        const nothing = async () => {
          for (const table of [...TABLES, 'events'])
            expect(
              await world.count(table === 'events' ? "events where verb = 'create' and object_type = 'integration'" : table),
              table,
            ).to.equal(0);
        };

        it('422 for credentials that the source does not accept', async () => {
          const answer = await world.post('/integrations', { ...FLATS, secrets: { clientId: 'me', clientSecret: 'Wr0ng-secret' } });
          expect(answer.status).to.equal(422);
          expect(answer.body.detail).to.equal('The other system does not accept these credentials.');
          expect(answer.text).not.to.contain('Wr0ng-secret');
          await nothing();
        });

        for (const error of [new UpstreamUnavailable('It does not answer.'), new Throttled('Wait.', START)]) {
          it(`502 when the source is not in order: ${error.name}`, async () => {
            world.source.fail = (call) => (call === 'account' ? error : null);
            const answer = await world.post('/integrations', FLATS);
            expect([answer.status, answer.body.detail]).to.deep.equal([502, error.publicMessage]);
            expect(takeWarnings()).to.have.length(1);
            await nothing();
          });
        }

        const bad: readonly (readonly [string, object, readonly string[]])[] = [
          ['a kind nobody knows', { kind: 'ldap', name: 'x' }, ['/kind']],
          ['a kind that is not there', { kind: 'cloudbeds', name: 'x' }, ['/kind']],
          ['no secrets', { kind: 'guesty', name: 'x' }, ['/secrets/clientSecret']],
          [
            'unknown names',
            { ...FLATS, config: { apiUrl: 'x' }, secrets: { ...SECRETS, key: 'k' }, settings: { pin: 1 } },
            ['/config/apiUrl', '/secrets/key', '/settings/pin'],
          ],
          [
            'settings of the kind and common ones together',
            { ...FLATS, settings: { writeBackPin: 'yes', intervalMinutes: 0 } },
            ['/settings/intervalMinutes', '/settings/writeBackPin'],
          ],
          ['settings of another kind', { kind: 'scim', name: 'x', settings: { writeBackPin: true } }, ['/settings/writeBackPin']],
          [
            'what SCIM is not asked for',
            { kind: 'scim', name: 'x', config: { apiBaseUrl: 'x' }, secrets: { key: 'x' } },
            ['/config/apiBaseUrl', '/secrets/key'],
          ],
          ['consent for a client without a name', { kind: 'guesty', name: 'x', secrets: { clientSecret: 'x' } }, ['/config/clientId']],
          ['parts that are no objects', { ...FLATS, config: [], settings: null }, ['/config', '/settings']],
        ];
        for (const [what, body, expected] of bad) {
          it(`400 for ${what}`, async () => {
            const answer = await world.post('/integrations', body);
            expect([answer.status, pointers(answer)]).to.deep.equal([400, [...expected]]);
            expect(world.source.calls).to.deep.equal([]);
            await nothing();
          });
        }

        it('400 for names that reach the prototype, wherever they stand', async () => {
          for (const part of ['config', 'secrets', 'settings']) {
            for (const name of ['__proto__', 'constructor', 'prototype']) {
              const json = `{"kind":"guesty","name":"x","secrets":{"clientId":"a","clientSecret":"right"},"${part}":{"${name}":{"x":1}}}`;
              const sent = world.bare('post', '/integrations').set('Authorization', `Bearer ${await world.token('operator')}`);
              expect((await sent.set('Content-Type', 'application/json').send(json)).status, `${part} ${name}`).to.equal(400);
            }
          }
          await nothing();
        });

        it('400 for a body nested deeper than anybody means it', async () => {
          const deep = `{"kind":"guesty","name":"x","config":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
          const sent = world.bare('post', '/integrations').set('Authorization', `Bearer ${await world.token('operator')}`);
          expect((await sent.set('Content-Type', 'application/json').send(deep)).status).to.equal(400);
        });

        const addresses = [
          ...[
            'http://api.example.com',
            'file:///etc/passwd',
            'ftp://a.example',
            'https://user:pass@a.example',
            'https://a@b.example',
            'nothing',
          ],
          ...[
            'https://127.0.0.1',
            'https://127.1',
            'https://0x7f000001',
            'https://2130706433',
            'https://[::1]',
            'https://[::ffff:127.0.0.1]',
          ],
          ...[
            'https://169.254.169.254',
            'https://[fd00::1]',
            'https://100.64.0.1',
            'https://10.0.0.1',
            'https://localhost',
            'https://localhost.',
          ],
          ...['https://a.example:22', 'https://a.localhost'],
        ];
        it('H1 400 for every address that is not one of the public web, at its place', async () => {
          for (const address of addresses) {
            const answer = await world.post('/integrations', { ...FLATS, config: { tokenUrl: address } });
            expect([answer.status, pointers(answer)], address).to.deep.equal([400, ['/config/tokenUrl']]);
          }
          await nothing();
        });
      });
    });

    describe('a PATCH', () => {
      it('of settings neither asks the source nor touches the secrets, and counts the epoch up', async () => {
        const { id } = await create();
        const calls = world.source.calls.length;
        const { renew_at } = (await due(id)) ?? {};
        world.advance(60_000);
        const { body } = await world.patch(`/integrations/${id}`, {
          name: 'Sea',
          settings: { writeBackPin: false, credentials: { pin: 'none' } },
        });
        expect(body).to.deep.include({ name: 'Sea' });
        expect(body.settings).to.deep.include({ writeBackPin: false, credentials: { email: true, magicLink: true, pin: 'none' } });
        expect(world.source.calls).to.have.length(calls);
        expect(await due(id), 'pulled anew at once').to.deep.equal({ due_at: shift(START, 60_000), renew_at });
        expect(await epoch(id)).to.equal(1);
        await world.patch(`/integrations/${id}`, { name: 'Other' });
        expect(await epoch(id)).to.equal(1);
      });

      it('of secrets reaches the source with them first, and leaves no token of the old ones', async () => {
        const { id } = await create();
        const old = await world.sources.open(id);
        await old.context.vault.put('subscription', 'of the old ones');
        world.source.clientSecret = 'newer';
        world.advance(60_000);
        expect((await world.patch(`/integrations/${id}`, { secrets: { clientSecret: 'newer' } })).status).to.equal(200);
        const { context } = await world.sources.open(id);
        expect(context.secrets).to.deep.equal({ clientId: 'me', clientSecret: 'newer' });
        expect([await context.vault.get('token'), await context.vault.get('subscription')]).to.deep.equal(['fake-token-2', null]);
        expect(await epoch(id)).to.equal(1);
        expect(await due(id)).to.include({ due_at: shift(START, 60_000) });
        // Who was at work with the old ones cannot bring their token back.
        expect(await old.context.vault.put('token', 'of another account').catch((error: unknown) => error)).to.be.instanceOf(
          UpstreamUnavailable,
        );
        expect(await context.vault.get('token')).to.equal('fake-token-2');
        expect((await view(id)).state).to.equal('ok');
      });

      it('that the source does not accept changes nothing', async () => {
        const { id } = await create();
        const before = [await view(id), await epoch(id), await rows('select * from adapter_memory')];
        expect((await world.patch(`/integrations/${id}`, { name: 'New', secrets: { clientSecret: 'wrong' } })).status).to.equal(422);
        world.source.fail = (call) => (call === 'account' ? new UpstreamUnavailable('Away.') : null);
        expect(
          (await world.patch(`/integrations/${id}`, { config: { apiBaseUrl: 'https://b.example' }, secrets: SECRETS })).status,
        ).to.equal(502);
        takeWarnings();
        expect([await view(id), await epoch(id), await rows('select * from adapter_memory')]).to.deep.equal(before);
      });

      it('of an address gets a token there, and null takes the address back to the default', async () => {
        const { id } = await create();
        const to = (apiBaseUrl: string | null) => world.patch(`/integrations/${id}`, { config: { apiBaseUrl }, secrets: SECRETS });
        expect((await to('https://b.example')).body.config.apiBaseUrl).to.equal('https://b.example');
        expect(world.source.contexts.at(-1)?.config['apiBaseUrl']).to.equal('https://b.example');
        expect(world.source.tokens).to.have.length(2);
        expect((await to(null)).body.config.apiBaseUrl).to.equal('https://api.fake.example/v1');
        expect(pointers(await to('https://10.0.0.1'))).to.deep.equal(['/config/apiBaseUrl']);
      });

      it('of an address needs all of the secrets again: who does not know them cannot have them sent anywhere', async () => {
        const { id } = await create();
        const before = [await view(id), await epoch(id), await rows('select * from integration_secrets')];
        const calls = world.source.calls.length;
        const patch = (body: object) => world.as('operator', 'patch', `/integrations/${id}`, body);
        const all = ['/secrets/clientId', '/secrets/clientSecret'];
        for (const [config, secrets, expected] of [
          [{ apiBaseUrl: 'https://evil.example' }, undefined, all],
          [{ tokenUrl: 'https://evil.example' }, {}, all],
          [{ tokenUrl: 'https://evil.example' }, { clientId: 'me' }, ['/secrets/clientSecret']],
          [{ authorizeUrl: 'https://evil.example' }, { clientSecret: 'right' }, ['/secrets/clientId']],
        ] as const) {
          const answer = await patch({ config, ...(secrets === undefined ? {} : { secrets }) });
          expect([answer.status, answer.type]).to.deep.equal([400, 'application/problem+json']);
          expect(pointers(answer)).to.deep.equal(expected);
          expect(answer.body.errors[0].detail).to.contain(`because ${Object.keys(config)[0]} changes`);
        }
        expect(world.source.calls.length).to.equal(calls);
        expect([await view(id), await epoch(id), await rows('select * from integration_secrets')]).to.deep.equal(before);
        expect((await patch({ config: { clientId: 'x', apiBaseUrl: 'https://api.fake.example/v1' } })).status, 'the default').to.equal(200);
        // Given and wrong, the given ones are sent, never those that are stored.
        const wrong = await patch({ config: { apiBaseUrl: 'https://evil.example' }, secrets: { clientId: 'a', clientSecret: 'guess' } });
        expect(wrong.status).to.equal(422);
        expect(world.source.contexts.at(-1)?.secrets).to.deep.equal({ clientId: 'a', clientSecret: 'guess' });
        expect((await patch({ config: { apiBaseUrl: 'https://b.example' }, secrets: SECRETS })).status).to.equal(200);
      });

      it('that enables it reaches the source first, with the token that is there', async () => {
        const { id } = await create();
        await world.patch(`/integrations/${id}`, { settings: { enabled: false } });
        expect([await due(id), world.source.count('unsubscribe'), (await view(id)).state]).to.deep.equal([
          { due_at: null, renew_at: null },
          1,
          'disabled',
        ]);
        expect(world.source.subscriptions.size).to.equal(0);
        world.source.fail = (call) => (call === 'account' ? new UpstreamRefused('Not any more.') : null);
        expect((await world.patch(`/integrations/${id}`, { settings: { enabled: true } })).status).to.equal(422);
        expect((await view(id)).state).to.equal('disabled');
        world.source.fail = () => null;
        expect((await world.patch(`/integrations/${id}`, { settings: { enabled: true } })).body.state).to.equal('ok');
        expect(world.source.tokens).to.deep.equal(['fake-token-1']);
      });

      it('that disables it is not hindered by what is stored and not valid any more, which enabling is', async () => {
        const { id } = await create();
        await world.db.transaction((tx) => tx.execute('update integrations set config = ? where id = ?', ['{"old":1}', id]));
        expect((await world.patch(`/integrations/${id}`, { settings: { enabled: false } })).body.state).to.equal('disabled');
        expect(pointers(await world.patch(`/integrations/${id}`, { settings: { enabled: true } }))).to.deep.equal(['/config/old']);
      });

      it('that disables it is not hindered by a source that is away', async () => {
        const { id } = await create();
        world.source.fail = (call) => (call === 'unsubscribe' ? new UpstreamUnavailable('Away.') : null);
        expect((await world.patch(`/integrations/${id}`, { settings: { enabled: false } })).body.state).to.equal('disabled');
        expect(takeWarnings()).to.deep.equal(['webhooks could not be unsubscribed from']);
      });

      it('answers 409 when somebody else changed it while the source was asked', async () => {
        const { id } = await create();
        let other: Promise<supertest.Response> | undefined;
        world.source.fail = (call) => {
          if (call === 'account') other ??= world.patch(`/integrations/${id}`, { settings: { intervalMinutes: 3 } });
          return null;
        };
        const { connections } = world.parts;
        const { account } = world.source;
        const slow = world.source;
        Object.defineProperty(slow, 'account', { get: () => other?.then(() => account) ?? account, configurable: true });
        const change = connections.patch({ actor: { type: 'system', id: 'x', name: 'x' }, now: world.now }, id, {
          secrets: SECRETS,
          config: { clientId: 'x' },
        });
        expect(
          await change.then(
            () => null,
            (error: Error) => error.name,
          ),
        ).to.equal('Conflict');
        expect((await view(id)).config).not.to.have.property('clientId');
      });
    });

    describe('Nexudus is not enabled without e-mail, PIN and cards', () => {
      const off = { credentials: { email: false, pin: 'none' } };
      const nexudus = (settings: object) => ({ ...FLATS, kind: 'nexudus', settings });

      it('when it is made, when it is enabled, and when the last one is turned off', async () => {
        expect(pointers(await world.post('/integrations', nexudus(off)))).to.deep.equal(['/settings/enabled']);
        const { id } = await create(nexudus({ ...off, enabled: false }));
        expect((await world.patch(`/integrations/${id}`, { settings: { enabled: true } })).status).to.equal(400);
        expect((await world.patch(`/integrations/${id}`, { settings: { enabled: true, syncCards: true } })).status).to.equal(200);
        const answer = await world.patch(`/integrations/${id}`, { settings: { syncCards: false } });
        expect([answer.status, answer.body.detail]).to.deep.equal([
          400,
          'Turn on at least one of e-mail, PIN and cards before this integration is enabled.',
        ]);
        expect(
          (await world.patch(`/integrations/${id}`, { settings: { syncCards: false, credentials: { pin: 'source' } } })).status,
        ).to.equal(200);
      });

      it('and takes its PINs from the source by default', async () => {
        expect((await view((await create(nexudus({}))).id)).settings.credentials.pin).to.equal('source');
      });
    });

    describe('deleting one', () => {
      it('has the source send nothing any more, and leaves nothing of it', async () => {
        const { id } = await create();
        expect((await world.delete(`/integrations/${id}`)).status).to.equal(204);
        expect(world.source.subscriptions.size).to.equal(0);
        expect(await world.source.contexts.at(-1)?.vault.get('token')).to.equal('fake-token-1');
        for (const table of TABLES) expect(await world.count(table), table).to.equal(0);
      });

      it('says nothing to the source when it is not deleted after all', async () => {
        const { id } = await create();
        expect((await world.delete(`/integrations/${id}?members=maybe`)).status).to.equal(400);
        expect(world.source.count('unsubscribe')).to.equal(0);
      });
    });

    it('gives tokens that only read', async () => {
      const { id } = await create();
      expect((await world.post(`/integrations/${id}/tokens`)).body.readOnly).to.equal(true);
      expect(pointers(await world.post(`/integrations/${id}/tokens`, { readOnly: false }))).to.deep.equal(['/readOnly']);
    });

    it('shows the latest pull, those aside that only tried', async () => {
      const { id } = await create();
      const insert = (run: string, dry: number, ended: string | null) =>
        world.db.transaction((tx) =>
          tx.execute(
            `insert into sync_runs (id, integration_id, "trigger", mode, dry_run, state, started_at, ended_at, pages, created, changed, removed, unchanged, skipped, held)
             values (?, ?, 'manual', 'full', cast(? as smallint), ?, ?, ?, 0, 0, 0, 0, 0, 0, 0)`,
            [run, id, dry, ended === null ? 'running' : 'succeeded', START, ended],
          ),
        );
      await insert('run_1', 0, START);
      await insert('run_2', 0, null);
      await insert('run_3', 1, START);
      const lastSync = { id: 'run_2', state: 'running', startedAt: START, endedAt: null };
      expect((await view(id)).lastSync).to.deep.equal(lastSync);
      expect((await world.get('/integrations')).body.data[0].lastSync).to.deep.equal(lastSync);
    });

    describe('one that somebody has to agree to', () => {
      it('needs attention until then, is not pulled and cannot be tested', async () => {
        const { id, webhookUrl } = await create(OAUTH);
        expect(webhookUrl).to.be.a('string');
        expect(await view(id)).to.deep.include({ state: 'needs_attention', account: null });
        expect((await view(id)).stateReason).to.match(/^Not connected yet/);
        expect(await due(id)).to.deep.equal({ due_at: null, renew_at: null });
        expect(world.source.calls).to.deep.equal([]);
        expect((await world.post(`/integrations/${id}/test`)).status).to.equal(409);
      });

      it('can be given a direct credential instead', async () => {
        const { id } = await create(OAUTH);
        const { body } = await world.patch(`/integrations/${id}`, { secrets: { clientId: 'me' } });
        expect(body).to.deep.include({ state: 'ok', stateReason: null, account: world.source.account });
        expect(await due(id)).to.include({ due_at: START });
      });

      it('is not what other kinds have: they are asked to connect in vain', async () => {
        expect((await world.post(`/integrations/${(await create()).id}/connect`)).status).to.equal(400);
        expect((await world.post(`/integrations/${await world.integration()}/connect`)).status).to.equal(400);
        expect((await world.post(`/integrations/${await world.integration()}/test`)).status).to.equal(400);
        expect((await world.post('/integrations/int_nobody/connect')).status).to.equal(404);
      });
    });
  });
});
