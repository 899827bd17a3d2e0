import { expect } from 'chai';
import { newId } from '../../../src/db/ids.js';
import type { RequestRecord } from '../../../src/integrations/request-log.js';
import { type AdminWorld, adminWorldOf, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

describe('admin API: requests of an integration', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let integration: string;
    beforeEach(async () => {
      world = current();
      integration = await world.integration();
    });

    const keep = (more: Partial<RequestRecord> = {}): RequestRecord => {
      const record: RequestRecord = {
        ...{ id: newId('req'), integrationId: integration, tokenId: 'st_1', at: START, method: 'GET', path: '/scim/v2/Users' },
        ...{ status: 200, scimType: null, detail: null, durationMs: 1.5, requestBytes: 0, responseBytes: 20, userAgent: 'Okta' },
        ...{ requestBody: null, responseBody: '{"totalResults":0}' },
        ...more,
      };
      world.requestLog.keep(record);
      return record;
    };
    const listed = async (query = '', of = integration) => (await world.as('operator', 'get', `/integrations/${of}/requests${query}`)).body;
    const ids = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

    it('come newest first, without their bodies, as soon as they are over', async () => {
      const first = keep();
      const second = keep({ status: 409, scimType: 'uniqueness', detail: 'taken', method: 'POST', requestBody: '{}', requestBytes: 2 });
      const body = await listed();
      expect(ids(body)).to.deep.equal([second.id, first.id]);
      const { integrationId: _integration, requestBody: _request, responseBody: _response, ...summary } = second;
      expect(body.data[0]).to.deep.equal(summary);
      expect(body).to.deep.include({ hasNext: false, nextCursor: null });
    });

    it('are read one by one with their bodies, through their own integration alone', async () => {
      const { id } = keep({ requestBody: '{"userName":"ann"}' });
      const { status, body } = await world.as('operator', 'get', `/integrations/${integration}/requests/${id}`);
      expect(status).to.equal(200);
      expect(body).to.deep.include({ id, requestBody: '{"userName":"ann"}', responseBody: '{"totalResults":0}' });
      const other = await world.integration('Other');
      for (const path of [`${other}/requests/${id}`, `${integration}/requests/req_none`, `int_none/requests/${id}`]) {
        expect((await world.get(`/integrations/${path}`)).status, path).to.equal(404);
      }
      expect((await world.get('/integrations/int_none/requests')).status).to.equal(404);
    });

    it('are filtered by status, a class of it, or errors; anything else is a mistake', async () => {
      const kept = [200, 201, 404, 409, 429, 500].map((status) => keep({ status }));
      const having = (...statuses: number[]) =>
        kept
          .filter(({ status }) => statuses.includes(status))
          .map(({ id }) => id)
          .reverse();
      expect(ids(await listed('?status=409'))).to.deep.equal(having(409));
      expect(ids(await listed('?status=4xx'))).to.deep.equal(having(404, 409, 429));
      expect(ids(await listed('?status=2xx'))).to.deep.equal(having(200, 201));
      expect(ids(await listed('?status=errors'))).to.deep.equal(having(404, 409, 429, 500));
      for (const wrong of ['6xx', '4', '40x', 'error', '999']) {
        expect((await world.get(`/integrations/${integration}/requests?status=${wrong}`)).status, wrong).to.equal(400);
      }
    });

    it('are read in pages without gaps or repeats, while new ones come', async () => {
      const kept = Array.from({ length: 7 }, () => keep());
      const seen: string[] = [];
      let cursor = '';
      for (let page = 0; page < 10; page += 1) {
        const body = await listed(`?limit=3${cursor}`);
        seen.push(...ids(body));
        keep();
        if (!body.hasNext) break;
        cursor = `&cursor=${body.nextCursor}`;
      }
      expect(seen).to.deep.equal(kept.map(({ id }) => id).reverse());
      expect((await world.get(`/integrations/${integration}/requests?cursor=x`)).status).to.equal(400);
    });

    it('are for operators: they name people', async () => {
      const { id } = keep();
      expect((await world.as('viewer', 'get', `/integrations/${integration}/requests`)).status).to.equal(403);
      expect((await world.as('viewer', 'get', `/integrations/${integration}/requests/${id}`)).status).to.equal(403);
    });

    it('go with their integration', async () => {
      keep();
      await listed();
      expect((await world.delete(`/integrations/${integration}`)).status).to.equal(204);
      expect(await world.count('request_log')).to.equal(0);
    });
  });
});

describe('admin API: rate limits', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);

    it('no token is refused at 100 requests a second; one that asks without end is, alone, and may come back', async () => {
      const world = current();
      const token = await world.token('viewer');
      const ask = () => world.bare('get', '/api-tokens').set('Authorization', `Bearer ${token}`);
      const { limits } = world.parts;
      const [{ id } = { id: '' }] = await world.db.read.query<{ id: string }>("select id from api_tokens where role = 'viewer'", []);
      for (let second = 0; second < 120; second += 1) {
        world.elapsedMs += 1_000;
        for (let n = 0; n < 100; n += 1) expect(limits.apiToken(id)).to.equal(0);
      }
      while (limits.apiToken(id) === 0);
      const refused = await ask();
      expect(refused.status).to.equal(429);
      expect(refused.headers['content-type']).to.equal('application/problem+json');
      expect(refused.headers['retry-after']).to.equal('1');
      expect((await world.get('/members')).status).to.equal(200);
      world.elapsedMs += 1_000;
      expect((await ask()).status, 'a viewer, known and let through').to.equal(403);
    });

    it('R6 nobody can say whose a token is: neither when it is made nor later', async () => {
      const world = current();
      const [mine, theirs] = [await world.integration('Mine'), await world.integration('Theirs')];
      for (const body of [{ integrationId: theirs }, { tenant: theirs }, { owner: theirs }, { id: 'st_1' }, { token: 'lks_x' }]) {
        expect((await world.post(`/integrations/${mine}/tokens`, body)).status, JSON.stringify(body)).to.equal(400);
      }
      const { body } = await world.post(`/integrations/${mine}/tokens`, { readOnly: true });
      for (const verb of ['patch', 'put'] as const) {
        expect((await world.as('admin', verb, `/integrations/${mine}/tokens/${body.id}`, { integrationId: theirs })).status).to.equal(405);
      }
      expect((await world.delete(`/integrations/${theirs}/tokens/${body.id}`)).status, 'through another integration').to.equal(404);
      expect((await world.get(`/integrations/${mine}/tokens`)).body.data[0]).to.deep.include({
        id: body.id,
        readOnly: true,
        lastUsedAt: null,
      });
      expect((await world.get(`/integrations/${theirs}/tokens`)).body.data).to.deep.equal([]);
    });
  });
});
