import { expect } from 'chai';
import { UpstreamRefused } from '../../src/adapters/upstream-errors.js';
import { redacted } from '../../src/logger/redaction.js';
import type { Route } from '../../src/http/admin/route.js';
import { ROUTES } from '../../src/http/admin/routes.js';
import { USER_URN, ACCESS_URN } from '../../src/domain/scim.js';
import { createApiToken } from '../../src/integrations/api-token-store.js';
import { forEachEngine } from '../support/engines.js';
import { FakeSource, fakeKinds, fakeWebhook } from '../support/fake-adapter.js';
import { pulledOnce } from '../support/pulled-once.js';
import { type Connection, serverOf, type TestServer } from '../support/running-server.js';

describe('secrets', () => {
  forEachEngine((engine) => {
    const source = new FakeSource();
    const current = serverOf(engine, fakeKinds(source));
    let server: TestServer;
    let scim: Connection;
    let api: (method: string, path: string, body?: object) => Promise<{ status: number; text: string; body: Record<string, string> }>;
    /** Every secret that was ever told to anybody, by what it is. */
    const secrets = new Map<string, string>();

    before(async () => {
      server = current();
      secrets.clear();
      const { parts, context } = server;
      const { token } = await parts.db.transaction((tx) => createApiToken(tx, context, { name: 'root', role: 'admin', expiresAt: null }));
      secrets.set('api token', token.expose());
      api = async (method, path, body) => {
        const answer = await fetch(`${server.url}/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token.expose()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        return { status: answer.status, text, body: text === '' ? {} : (JSON.parse(text) as Record<string, string>) };
      };
      scim = await server.connect();
      secrets.set('scim token', scim.token ?? '');
      await scim.mapAllUsers();
    });

    const ids: Record<string, string> = {};
    const linkSecret = (url: string | undefined) => url?.split('#')[1] ?? '';

    it('are told to whoever makes or reveals them', async () => {
      const { body: another } = await api('POST', `/integrations/${scim.id}/tokens`, {});
      secrets.set('second scim token', another['token'] ?? '');
      const { body: viewer } = await api('POST', '/api-tokens', { name: 'viewer', role: 'viewer' });
      secrets.set('second api token', viewer['token'] ?? '');

      secrets.set('password', 'Canary-passw0rd-7781');
      secrets.set('source PIN', '73914620581');
      await scim.post('/Users', {
        ...{ schemas: [USER_URN, ACCESS_URN], userName: 'ann', externalId: 'x1', password: 'Canary-passw0rd-7781' },
        [ACCESS_URN]: { pin: '73914620581' },
      });
      await scim.post('/Users', { schemas: [USER_URN], userName: 'bob', externalId: 'x2' });

      const { body: member } = await api('POST', '/members', { name: 'Cleo' });
      const memberId = member['id'] ?? '';
      const { body: pin } = await api('POST', `/members/${memberId}/pins`, { pin: '58203947615' });
      secrets.set('PIN by hand', '58203947615');
      const { body: link } = await api('POST', `/members/${memberId}/magic-links`, {});
      secrets.set('link', linkSecret(link['url']));
      const bob = await scim.member('bob');
      const { body: revealed } = await api('POST', `/members/${bob?.id}/pins/${bob?.pins[0]}/reveal`);
      expect(revealed['pin']).to.match(/^\d{6}$/);
      const { body: revealedLink } = await api('POST', `/members/${bob?.id}/magic-links/${bob?.links[0]}/reveal`);
      secrets.set('revealed link', linkSecret(revealedLink['url']));
      const ann = await scim.member('ann');
      const { body: source } = await api('POST', `/members/${ann?.id}/pins/${ann?.pins[0]}/reveal`);
      expect(source['pin']).to.equal('73914620581');
      // Refusals must not repeat what was sent either.
      await api('POST', `/members/${memberId}/pins`, { pin: '73914620581' });
      await api('DELETE', `/members/${memberId}/pins/${pin['id']}`);

      const { body: site } = await api('POST', '/sites', { name: 'Office', timeZone: 'Europe/Madrid' });
      const { body: door } = await api('POST', '/doors', { name: 'Front', siteId: site['id'] });
      const { body: schedule } = await api('POST', '/schedules', { name: 'Never', days: [[], [], [], [], [], [], []] });
      const { body: controller } = await api('POST', '/controllers', { name: 'Box', doorIds: [door['id']] });
      secrets.set('controller token', controller['token'] ?? '');
      const { body: rotated } = await api('POST', `/controllers/${controller['id']}/token`);
      secrets.set('second controller token', rotated['token'] ?? '');

      const groupId = (await api('GET', '/member-groups')).text.match(/mg_[a-z0-9]+/)?.[0] ?? '';
      Object.assign(ids, { '/integrations/{id}': scim.id, '/members/{id}': bob?.id ?? '', '/member-groups/{id}': groupId });
      for (const [name, made] of Object.entries({ sites: site, doors: door, schedules: schedule, controllers: controller }))
        ids[`/${name}/{id}`] = made['id'] ?? '';
      for (const [what, secret] of secrets) expect(secret, what).to.have.length.above(10);
    });

    it('are told to sources that are pulled, and by them', async () => {
      source.clientSecret = 'Canary-client-secret-5521';
      secrets.set('client secret', source.clientSecret);
      const given = { clientId: 'Canary-client-id', clientSecret: source.clientSecret };
      const { body: made, text } = await api('POST', '/integrations', { kind: 'guesty', name: 'Flats', secrets: given });
      secrets.set('access token', 'fake-token-1');
      secrets.set('webhook address', made['webhookUrl']?.split('/').at(-1) ?? '');
      expect(text).not.to.contain(source.clientSecret).and.not.to.contain('fake-token');
      const path = `${server.url}/webhooks/${made['id']}/${secrets.get('webhook address')}`;
      for (const secret of [source.clientSecret, 'wrong']) {
        const { body, headers } = fakeWebhook(['r1'], { secret, messageId: 'm1' });
        const answer = await fetch(path, { method: 'POST', body, headers });
        expect(answer.status).to.equal(secret === 'wrong' ? 401 : 204);
      }
      for (const call of ['verify', 'account', 'subscribe'] as const) {
        source.fail = (one) => (one === call ? new UpstreamRefused(`Not with ${path}.`) : null);
        if (call === 'verify') await fetch(path, { method: 'POST', body: '{}' });
        else await api('PATCH', `/integrations/${made['id']}`, { secrets: given });
      }
      source.fail = () => null;

      const consent = { config: { clientId: 'ours' }, secrets: { clientSecret: source.clientSecret } };
      const { body: unconnected } = await api('POST', '/integrations', { kind: 'guesty', name: 'Hotel', ...consent });
      const { body: begun } = await api('POST', `/integrations/${unconnected['id']}/connect`);
      const state = new URL(begun['url'] ?? '').searchParams.get('state') ?? '';
      secrets.set('OAuth state', state);
      secrets.set('OAuth code', 'Canary-code-8812');
      expect((await fetch(`${server.url}/oauth/callback?code=Canary-code-8812&state=${state}`)).status).to.equal(400);
      await api('DELETE', `/integrations/${made['id']}`);
      await api('POST', '/integrations', { kind: 'guesty', name: 'Again', secrets: given });
    });

    it('are used by guests, rightly and wrongly', async () => {
      const { body: member } = await api('POST', '/members', { name: 'Dana' });
      const { body: link } = await api('POST', `/members/${member['id']}/magic-links`, {});
      const secret = linkSecret(link['url']);
      secrets.set('guest link', secret);
      const path = `${server.url}/m/${link['id']}`;
      const post = (to: string, body: string, headers: Record<string, string> = {}) =>
        fetch(`${path}${to}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
      const begun = (await (await post('/session', JSON.stringify({ secret }))).json()) as { session: string };
      secrets.set('guest session', begun.session);
      const bearer = { authorization: `Bearer ${begun.session}` };
      for (const answer of [
        await post('/session', JSON.stringify({ secret: secret.split('').reverse().join('') })),
        await post('/session', `{"secret": ${secret}`),
        await post('/session', `secret=${secret}`, { 'content-type': 'application/x-www-form-urlencoded' }),
        await post('/doors/door_x/open', '{}', bearer),
        await post(`/doors/${secret}/open`, secret, bearer),
        await fetch(`${path}/doors`, { headers: { cookie: `latchkey_guest=${begun.session}x` } }),
        await fetch(path),
      ]) {
        const text = await answer.text();
        expect(text).not.to.contain(secret).and.not.to.contain(begun.session);
      }
    });

    it('and by no GET of the table of routes, whoever they belong to', async () => {
      let requestId = '';
      // Requests are kept a moment after they were answered.
      while (requestId === '') requestId = (await api('GET', `/integrations/${scim.id}/requests`)).text.match(/"id":"([^"]+)"/)?.[1] ?? '';
      const { runId, planId } = await pulledOnce(server.parts.db, scim.id, server.now);
      const pathOf = (route: Route): string => {
        const base = Object.keys(ids).find((prefix) => route.path.startsWith(prefix));
        const path = route.path.replace('{requestId}', requestId).replace('{runId}', runId).replace('{planId}', planId);
        return base === undefined ? path : path.replace('{id}', ids[base] ?? '');
      };
      for (const route of ROUTES.filter(({ method }) => method === 'GET')) {
        expect(pathOf(route), 'this test knows an id for it').not.to.contain('{');
        const { status, text } = await api('GET', pathOf(route));
        expect(status, route.path).to.equal(200);
        for (const [what, secret] of secrets) expect(text, `${what} in ${route.path}`).not.to.contain(secret);
      }
      for (const path of ['/Users', '/Groups', '/Users?attributes=pin', '/Users?attributes=password']) {
        const answer = await scim.get(path);
        for (const [what, secret] of secrets) expect(JSON.stringify(answer.body), `${what} in ${path}`).not.to.contain(secret);
      }
    });

    it('nor are they in any row of any table, nor in the log', async () => {
      const tables = await server.query<{ name: string }>(
        engine.name === 'sqlite'
          ? "select name from sqlite_master where type = 'table'"
          : "select table_name as name from information_schema.tables where table_schema = 'public'",
      );
      expect(tables.map(({ name }) => name)).to.include.members([
        'users',
        'pins',
        'events',
        'scim_tokens',
        'controllers',
        'adapter_memory',
        'oauth_states',
      ]);
      for (const { name } of tables) {
        for (const row of await server.query<Record<string, unknown>>(`select * from ${name}`)) {
          for (const [what, secret] of secrets) expect(JSON.stringify(row), `${what} in ${name}`).not.to.contain(secret);
        }
      }
      // What a source says goes to the log through the filter of the logger, as it does in the program.
      const log = JSON.stringify(redacted(server.logged));
      for (const [what, secret] of secrets) expect(log, `${what} in the log`).not.to.contain(secret);
    });
  });
});
