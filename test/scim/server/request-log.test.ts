import { expect } from 'chai';
import { ACCESS_URN, USER_URN } from '../../../src/domain/scim.js';
import { DatabaseUnavailable } from '../../../src/errors.js';
import { getRequest, listRequests, type RequestSummary } from '../../../src/integrations/request-log-store.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { idOf, ScimClient } from '../../support/scim-client.js';

const SECRET = '48205911';

forEachEngine((engine) => {
  describe('the last requests of an IdP', () => {
    const server = serverOf(engine);
    let scim: Connection;
    beforeEach(async () => {
      scim = await server().connect();
    });

    /** Oldest first. A request is kept when its connection knows that it is over, a moment after the client does. */
    async function kept(count: number, of = scim): Promise<readonly RequestSummary[]> {
      const { db, requestLog } = server().parts;
      const deadline = performance.now() + 10_000;
      for (;;) {
        await requestLog.flush();
        const { data } = await listRequests(db.read, of.id, { from: 100, to: 599 }, { limit: 100, after: null });
        if (data.length >= count || performance.now() > deadline) return [...data].reverse();
      }
    }
    const whole = (id: string) => getRequest(server().parts.db.read, scim.id, id);

    it('are found by the id that the answer carried, with what was asked, answered and why', async () => {
      const body = { schemas: [USER_URN], userName: 'ann' };
      const first = await scim.post('/Users', body, { 'user-agent': 'Okta SCIM Client 1.0.0' });
      const second = await scim.post('/Users', body);
      const [created, refused] = await kept(2);
      expect(created).to.deep.include({ id: first.headers.get('x-request-id'), tokenId: scim.tokenId, at: server().now });
      expect(created).to.deep.include({ method: 'POST', path: '/scim/v2/Users', status: 201, scimType: null, detail: null });
      expect(created).to.deep.include({ requestBytes: JSON.stringify(body).length, userAgent: 'Okta SCIM Client 1.0.0' });
      expect(created?.responseBytes).to.equal(Buffer.byteLength(first.text));
      expect(created?.durationMs).to.be.at.least(0);
      expect(refused).to.deep.include({ id: second.headers.get('x-request-id'), status: 409, scimType: 'uniqueness' });
      expect(refused?.detail).to.equal(second.body['detail']);
      expect(await whole(created?.id ?? '')).to.deep.include({ requestBody: JSON.stringify(body), responseBody: first.text });
    });

    it('are those of the own integration alone, and none of a stranger', async () => {
      const other = await server().connect();
      await other.get('/Users');
      await new ScimClient(server().url, null).get('/Schemas');
      await new ScimClient(server().url, `lks_${'0'.repeat(43)}`).get('/Users');
      await scim.get('/Groups');
      expect((await kept(1)).map(({ path }) => path)).to.deep.equal(['/scim/v2/Groups']);
      expect((await kept(1, other)).map(({ path }) => path)).to.deep.equal(['/scim/v2/Users']);
    });

    it('hold no PIN, password, card or token, in whatever request they came', async () => {
      const secrets = { [ACCESS_URN]: { pin: SECRET, card: SECRET } };
      const id = idOf(await scim.post('/Users', { schemas: [USER_URN, ACCESS_URN], userName: 'ann', password: SECRET, ...secrets }), 201);
      await scim.put(`/Users/${id}`, { schemas: [USER_URN, ACCESS_URN], userName: 'ann', ...secrets });
      await scim.patch(`/Users/${id}`, { op: 'replace', path: `${ACCESS_URN}:pin`, value: SECRET });
      await scim.patch(`/Users/${id}`, { op: 'replace', value: { [`${ACCESS_URN}:card`]: SECRET, password: SECRET } });
      await scim.patch(`/Users/${id}`, { op: 'replace', path: `${ACCESS_URN}:pin`, value: `${SECRET}x` });
      await scim.get(`/Users/${id}`);
      await scim.get('/Users');
      await scim.find('/Users', `${ACCESS_URN}:card eq "${SECRET}"`);
      await scim.find('/Users', `${ACCESS_URN}:pin eq "${SECRET}"`);
      await scim.get(`/Users?access_token=${scim.token}&pin=${SECRET}`);
      await scim.get(`/Users/${scim.token}`, { 'user-agent': `agent ${scim.token}` });
      await scim.post('/Users', `{"password":"${SECRET}"`);
      await scim.patch(`/Users/${id}`, { op: 'replace', path: `emails[pin eq "${SECRET}"].value`, value: 'x' });
      expect(await kept(13)).to.have.length(13);
      const rows = await server().query<{ request_body: string | null }>('select * from request_log where integration_id = ?', scim.id);
      const text = JSON.stringify(rows);
      expect(text).not.to.include(SECRET);
      expect(text).not.to.include(scim.token ?? '');
      expect(text.toLowerCase()).not.to.include('bearer');
      expect(text).to.include('ann');
    });

    it('are cut where they are long', async () => {
      await scim.post('/Users', { schemas: [USER_URN], userName: 'ann', unknown: 'x'.repeat(60_000) });
      await scim.patch(
        '/Groups/none',
        ...Array.from({ length: 900 }, (_, n) => ({ op: 'add', path: 'members', value: [{ value: `id-${n}` }] })),
      );
      for (const { id } of await kept(2))
        expect((await whole(id)).requestBody)
          .to.have.length(16_385)
          .and.match(/…$/);
    });

    it('tell of every refusal of a known token: type, method, path, limit, disabled', async () => {
      await scim.scim('POST', '/Users', 'x', { 'content-type': 'text/plain' });
      await scim.scim('PUT', '/Users', {});
      await scim.get('/nope');
      await scim.patch('/Users/none', { op: 'x' });
      await scim.patchSettings({ enabled: false });
      await scim.get('/Users');
      const rows = await kept(5);
      expect(rows.map(({ status }) => status)).to.deep.equal([415, 405, 404, 400, 403]);
      for (const { detail } of rows) expect(detail).to.be.a('string').that.is.not.empty;
    });

    it('are kept as the integration says: errors alone, or none', async () => {
      await scim.patchSettings({ requestLog: 'errors' });
      await scim.get('/Users');
      await scim.get('/nope');
      await scim.patchSettings({ requestLog: 'off' });
      await scim.get('/nope');
      await scim.patchSettings({ requestLog: 'all' });
      await scim.get('/Groups');
      expect((await kept(2)).map(({ path, status }) => `${status} ${path}`)).to.deep.equal(['404 /scim/v2/nope', '200 /scim/v2/Groups']);
    });

    it('neither fail nor delay a request when they cannot be written', async () => {
      const { db, requestLog } = server().parts;
      const { transaction } = db;
      Object.assign(db, { transaction: () => Promise.reject(new DatabaseUnavailable()) });
      try {
        expect((await scim.get('/Users')).status).to.equal(200);
        await requestLog.flush();
        expect((await scim.get('/Groups')).status).to.equal(200);
      } finally {
        Object.assign(db, { transaction });
      }
      expect(await kept(2)).to.have.length(2);
    });

    it('that failed on our side are found in the log of the server by the same id', async () => {
      const { db } = server().parts;
      const { transaction } = db;
      Object.assign(db, { transaction: () => Promise.reject(new Error('broken')) });
      const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
      const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01`, 'x-request-id': 'theirs-1' };
      const failed = await scim.post('/Users', { schemas: [USER_URN], userName: 'ann' }, headers);
      Object.assign(db, { transaction });
      expect(failed.status).to.equal(500);
      const requestId = failed.headers.get('x-request-id');
      const line = server().logged.find(({ message }) => message === 'scim request failed');
      expect(line?.fields).to.deep.include({ requestId, traceId: trace, clientRequestId: 'theirs-1' });
      const [row] = await kept(1);
      expect(row).to.deep.include({ id: requestId, status: 500 });
    });
  });
});
