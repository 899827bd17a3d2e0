import { request } from 'node:http';
import { expect } from 'chai';
import type { Database, Tx } from '../../../src/db/database.js';
import { ACCESS_URN, USER_URN } from '../../../src/domain/scim.js';
import { DatabaseUnavailable } from '../../../src/errors.js';
import { bulkBody, idAt, patchOf, postGroup, postUser, resultsIn, sendBulk, statusesOf } from '../../support/bulk.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { expectScimError } from '../../support/scim-client.js';

type Work = (tx: Tx) => Promise<unknown>;

/** Has every transaction fail once `isDue`: before it runs, or at its commit. Returns what ends that. */
function failWhen(db: Database, isDue: () => Promise<boolean>, when: 'before' | 'commit'): () => void {
  const { transaction } = db;
  const failing = async (work: Work): Promise<unknown> => {
    if (!(await isDue())) return transaction(work);
    if (when === 'before') throw new DatabaseUnavailable();
    return transaction(async (tx) => {
      await work(tx);
      throw new DatabaseUnavailable();
    });
  };
  Object.assign(db, { transaction: failing });
  return () => Object.assign(db, { transaction });
}

const always = async (): Promise<boolean> => true;

forEachEngine((engine) => {
  describe('Bulk when something breaks (D-B2)', () => {
    const server = serverOf(engine);
    let scim: Connection;
    const total = async (path = '/Users'): Promise<unknown> => (await scim.get(`${path}?count=0`)).body['totalResults'];
    const someAreStored = async (): Promise<boolean> => (await server().count('users where integration_id = ?', scim.id)) > 0;
    const posts = (count: number, prefix = 'u') => Array.from({ length: count }, (_, n) => postUser(`${prefix}${n}`));
    beforeEach(async () => {
      scim = await server().connect();
    });

    for (const when of ['before', 'commit'] as const) {
      it(`the database is gone ${when === 'before' ? 'before the first transaction' : 'at the first commit'}: 503 for the whole, nothing is stored`, async () => {
        const repair = failWhen(server().parts.db, always, when);
        try {
          const answer = await scim.post('/Bulk', bulkBody([...posts(120), { method: 'GET' }]));
          expectScimError(answer, 503);
          expect(answer.headers.get('retry-after')).to.match(/^\d+$/);
        } finally {
          repair();
        }
        expect(await total()).to.equal(0);
        expect(statusesOf(await sendBulk(scim, posts(3))), 'and then all is well').to.equal('201 201 201');
      });

      it(`the database goes half-way, ${when} of a later transaction: what was done is told, the rest is 503, nothing lies`, async () => {
        const repair = failWhen(server().parts.db, someAreStored, when);
        let statuses: string[];
        try {
          const operations = [...posts(300), postUser('u0 again', 'u0'), { method: 'GET' }];
          statuses = resultsIn(await scim.post('/Bulk', bulkBody(operations))).map(({ status }) => status);
        } finally {
          repair();
        }
        expect(statuses).to.have.length(302);
        const done = statuses.filter((status) => status === '201').length;
        expect(done).to.be.within(1, 50);
        expect(statuses.slice(0, done).every((status) => status === '201')).to.equal(true);
        expect(new Set(statuses.slice(done, -1))).to.deep.equal(new Set(['503']));
        expect(statuses.at(-1), 'refused, whatever the database does').to.equal('400');
        expect(await total()).to.equal(done);
        expect(server().logged.map(({ message }) => message)).to.include('bulk request stopped half-way');
      });
    }

    it('failOnErrors ends the list of 503 too', async () => {
      const repair = failWhen(server().parts.db, someAreStored, 'before');
      try {
        const results = resultsIn(await scim.post('/Bulk', bulkBody(posts(300), { failOnErrors: 2 })));
        expect(results.slice(-2).map(({ status }) => status)).to.deep.equal(['503', '503']);
        expect(results.filter(({ status }) => status === '503')).to.have.length(2);
      } finally {
        repair();
      }
    });

    it('an operation that breaks in a way that nobody foresaw: 500 there without a word too much, logged, and its neighbours are done', async () => {
      const { scim: parts } = server().parts;
      const { settle } = parts;
      let count = 0;
      Object.assign(parts, {
        settle: (...given: Parameters<typeof settle>) => {
          count += 1;
          return count === 2 ? Promise.reject(new TypeError('secret place /srv/x')) : settle(...given);
        },
      });
      try {
        const answer = await scim.post('/Bulk', bulkBody(posts(3)));
        expect(statusesOf(resultsIn(answer))).to.equal('201 500 201');
        expect(answer.text).not.to.contain('secret');
      } finally {
        Object.assign(parts, { settle });
      }
      expect(await total()).to.equal(2);
      expect(server().logged.filter(({ level }) => level === 'error')).to.have.length(1);
    });

    it('E11 the client hangs up: the request is carried out to its end', async () => {
      const body = JSON.stringify(bulkBody(posts(200)));
      const { scim: parts } = server().parts;
      const { settle } = parts;
      await new Promise<void>((resolve) => {
        const headers = { authorization: `Bearer ${scim.token}`, 'content-type': 'application/scim+json' };
        const sending = request(`${scim.base}/Bulk`, { method: 'POST', headers });
        sending.on('error', () => undefined);
        sending.on('close', resolve);
        Object.assign(parts, {
          settle: (...given: Parameters<typeof settle>) => {
            sending.destroy();
            return settle(...given);
          },
        });
        sending.end(body);
      });
      Object.assign(parts, { settle });
      // Whatever comes behind it in the same queue is answered when it has ended.
      while ((await total()) !== 200) await scim.addGroup(`turn ${performance.now()}`);
    }).timeout(60_000);

    it('others have their turn while a large one runs', async () => {
      let ended = false;
      const large = sendBulk(scim, posts(300)).finally(() => {
        ended = true;
      });
      const between: boolean[] = [];
      for (let n = 0; n < 5; n += 1) {
        await scim.addGroup(`between ${n}`);
        between.push(!ended);
      }
      expect(between.slice(0, 2), 'answered before the large one').to.deep.equal([true, true]);
      expect(new Set((await large).map(({ status }) => status))).to.deep.equal(new Set(['201']));
    }).timeout(30_000);

    it('several at once over the same Users and Groups, in opposite orders: all are answered, and nothing is lost', async () => {
      const ids = await scim.seed(Array.from({ length: 40 }, (_, n) => ({ userName: `u${n}` })));
      const groups = await Promise.all(Array.from({ length: 4 }, (_, n) => scim.addGroup(`g${n}`)));
      const touch = (id: string, at: number) => patchOf(`/Users/${id}`, { op: 'replace', path: 'title', value: `t${at}` });
      const join = (group: string, value: string) => patchOf(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value }] });
      const lists = Array.from({ length: 4 }, (_, at) => {
        const mine = ids.flatMap((id, n) => [touch(id, at), join(groups[(n + at) % 4] ?? '', id)]);
        return at % 2 === 0 ? mine : mine.reverse();
      });
      const results = await Promise.all(lists.map((list) => sendBulk(scim, list)));
      for (const list of results) expect(list.filter(({ status }) => status >= '300')).to.deep.equal([]);
      for (const group of groups) expect(await scim.membersOf(group)).to.deep.equal([...ids].sort());
      expect(server().logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
    }).timeout(60_000);
  });

  describe('Bulk and access', () => {
    const server = serverOf(engine);
    let scim: Connection;
    beforeEach(async () => {
      scim = await server().connect();
    });

    it('when the answer is there, access is as it says: given, changed and taken', async () => {
      const cooks = await scim.addGroup('cooks');
      await scim.map(cooks, 'Kitchen');
      const [ann, bob] = await sendBulk(scim, [
        postUser('ann', 'ann', { [ACCESS_URN]: { validUntil: '2026-06-01T00:00:00Z' } }),
        postUser('bob'),
        patchOf(`/Groups/${cooks}`, { op: 'add', path: 'members', value: [{ value: 'bulkId:ann' }, { value: 'bulkId:bob' }] }),
      ]);
      const given = await scim.member('ann');
      expect(given?.groups).to.have.property('Kitchen');
      expect(given?.window.endsAt).to.equal('2026-06-01T00:00:00.000Z');
      expect([given?.pins.length, given?.links.length]).to.deep.equal([1, 1]);
      expect((await scim.member('bob'))?.groups).to.have.property('Kitchen');

      await sendBulk(scim, [
        patchOf(`/Users/${idAt(ann)}`, { op: 'replace', path: 'active', value: false }),
        { method: 'PUT', path: `/Users/${idAt(bob)}`, data: { schemas: [USER_URN], userName: 'bob', active: true } },
        patchOf(`/Groups/${cooks}`, { op: 'remove', path: `members[value eq "${idAt(bob)}"]` }),
      ]);
      for (const name of ['ann', 'bob']) {
        const member = await scim.member(name);
        expect(member?.groups, name).to.deep.equal({});
        expect([member?.pins, member?.links], name).to.deep.equal([[], []]);
      }
    });

    it('what an undone operation would have given is not given', async () => {
      const cooks = await scim.addGroup('cooks');
      await scim.map(cooks, 'Kitchen');
      const ann = await scim.addUser('ann');
      const results = await sendBulk(scim, [
        patchOf(
          `/Groups/${cooks}`,
          { op: 'add', path: 'members', value: [{ value: ann }] },
          { op: 'add', path: 'members', value: [{ value: 'nobody' }] },
        ),
        postUser('bob'),
      ]);
      expect(statusesOf(results)).to.equal('400 201');
      expect(await scim.member('ann')).to.equal(null);
      expect(await scim.membersOf(cooks)).to.deep.equal([]);
    });

    it('beyond a thousand Users of changed Groups the worker takes the rest, right after the commit', async () => {
      const ids = await scim.seed(Array.from({ length: 100 }, (_, n) => ({ userName: `u${n}` })));
      const { scim: parts, worker } = server().parts;
      const { settle } = parts;
      const settled: { readonly users: number; readonly complete: boolean }[] = [];
      Object.assign(parts, {
        settle: async (...[, , { affected, complete }]: Parameters<typeof settle>) => {
          settled.push({ users: affected.length, complete });
        },
      });
      try {
        const results = await sendBulk(scim, [...Array.from({ length: 12 }, (_, n) => postGroup(`g${n}`, ids)), postUser('last')]);
        expect(results.filter(({ status }) => status !== '201')).to.deep.equal([]);
      } finally {
        Object.assign(parts, { settle });
      }
      const whole = { users: 100, complete: true };
      const nobody = { users: 0, complete: false };
      expect(settled).to.deep.equal([...Array.from({ length: 10 }, () => whole), nobody, nobody, { users: 1, complete: true }]);
      await worker.drain();
      expect(await server().count('users where integration_id = ? and dirty <> 0', scim.id)).to.equal(0);
    }).timeout(60_000);
  });
});
