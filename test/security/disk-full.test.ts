import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { USER_URN } from '../../src/domain/scim.js';
import { type Connection, runServer, type TestServer } from '../support/running-server.js';

describe('a disk that is full', () => {
  let folder: string;
  let server: TestServer;
  let scim: Connection;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-full-'));
    server = await runServer(join(folder, 'latchkey.sqlite'));
    scim = await server.connect();
    await scim.mapAllUsers();
    await scim.addUser('ann');
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const pages = async (pragma: string) =>
    server.parts.db.transaction(async (tx) => (await tx.query<Record<string, number>>(`pragma ${pragma}`, []))[0] ?? {});
  const counts = async () => {
    const of = async (table: string) => server.count(table);
    return { users: await of('users'), members: await of('members'), pins: await of('pins'), events: await of('events') };
  };
  const create = (n: number) =>
    scim.post('/Users', { schemas: [USER_URN], userName: `user ${n}`, displayName: 'x'.repeat(2_000), externalId: `e${n}` });

  it('answers 503 with Retry-After, stores whole Users or none, goes on reading, and recovers by itself', async () => {
    const { page_count = 0 } = await pages('page_count');
    await pages(`max_page_count = ${page_count + 8}`);

    let stored = 1;
    let refused = 0;
    for (let n = 0; refused < 3 && n < 200; n += 1) {
      const answer = await create(n);
      if (answer.status === 201) stored += 1;
      else {
        refused += 1;
        expect(answer.status).to.equal(503);
        expect(answer.headers.get('retry-after')).to.match(/^\d+$/);
        expect(answer.headers.get('content-type')).to.contain('application/scim+json');
        expect(JSON.stringify(answer.body)).not.to.match(/SQLITE|disk|insert|at \//i);
      }
    }
    expect(refused).to.equal(3);
    expect(await counts()).to.include({ users: stored, members: stored, pins: stored });
    expect((await scim.get('/Users')).body).to.include({ totalResults: stored });
    expect(await server.query('pragma integrity_check')).to.deep.equal([{ integrity_check: 'ok' }]);

    await pages('max_page_count = 1000000');
    expect((await create(999)).status).to.equal(201);
    expect(await counts()).to.include({ users: stored + 1, members: stored + 1, pins: stored + 1 });
  });

  it('a revocation that found no room is whole once there is room again: the worker and the IdP both come back', async () => {
    const member = await scim.member('ann');
    const id = (await server.query<{ id: string }>("select id from users where user_name = 'ann'"))[0]?.id ?? '';
    const { page_count = 0 } = await pages('page_count');
    await pages(`max_page_count = ${page_count}`);
    const first = await scim.delete(`/Users/${id}`);
    await pages('max_page_count = 1000000');
    if (first.status !== 204) {
      expect(first.status).to.equal(503);
      expect((await scim.member('ann'))?.pins).to.deep.equal(member?.pins);
      expect((await scim.delete(`/Users/${id}`)).status).to.equal(204);
    }
    expect(await scim.memberById(member?.id ?? ''))
      .to.include({ status: 'ended' })
      .and.to.deep.include({ pins: [], links: [] });
  });
});
