import { expect } from 'chai';
import { GROUP_URN, USER_URN } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { expectScimError, idOf, metaOf, type ScimAnswer } from '../../support/scim-client.js';

const OPERATION = { op: 'replace', path: 'externalId', value: 'e2' };
const patchBody = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [OPERATION] };

interface Kind {
  readonly name: string;
  readonly path: string;
  readonly body: object;
}
const KINDS: readonly Kind[] = [
  { name: 'User', path: '/Users', body: { schemas: [USER_URN], userName: 'ann' } },
  { name: 'Group', path: '/Groups', body: { schemas: [GROUP_URN], displayName: 'Cleaners' } },
];

forEachEngine((engine) => {
  describe('versions of resources', () => {
    const server = serverOf(engine);
    let scim: Connection;
    beforeEach(async () => {
      scim = await server().connect();
    });

    for (const { name, path, body } of KINDS) {
      describe(name, () => {
        let at: string;
        let created: ScimAnswer;
        beforeEach(async () => {
          created = await scim.post(path, body);
          at = `${path}/${idOf(created, 201)}`;
        });

        it('L15 ETag is meta.version on every resource; lists and errors have none', async () => {
          const answers = [
            created,
            await scim.get(at),
            await scim.put(at, { ...body, externalId: 'e1' }),
            await scim.scim('PATCH', `${at}?attributes=meta`, patchBody),
          ];
          expect(answers.map((answer) => [answer.status, answer.headers.get('etag')])).to.deep.equal([
            [201, 'W/"1"'],
            [200, 'W/"1"'],
            [200, 'W/"2"'],
            [200, 'W/"3"'],
          ]);
          for (const answer of answers) expect(metaOf(answer)['version']).to.equal(answer.headers.get('etag'));
          expect((await scim.get(path)).headers.get('etag')).to.equal(null);
          expect((await scim.get(`${path}/x`)).headers.get('etag')).to.equal(null);
        });

        it('L16 PUT, PATCH and DELETE with a stale If-Match: 412, nothing written', async () => {
          await scim.put(at, { ...body, externalId: 'e1' });
          const before = await scim.get(at);
          for (const ifMatch of ['W/"1"', '"1"', 'W/"99"', '"nonsense"', 'W/"1", W/"3"', '""']) {
            const headers = { 'if-match': ifMatch };
            expectScimError(await scim.put(at, { ...body, externalId: 'e3' }, headers), 412);
            expectScimError(await scim.scim('PATCH', at, patchBody, headers), 412);
            expectScimError(await scim.delete(at, headers), 412);
          }
          expect((await scim.get(at)).text).to.equal(before.text);
        });

        it('If-Match that names the version, one of several, or any', async () => {
          expect((await scim.put(at, { ...body, externalId: 'a' }, { 'if-match': 'W/"1"' })).status).to.equal(200);
          expect((await scim.put(at, { ...body, externalId: 'b' }, { 'if-match': 'W/"1", "2"' })).status).to.equal(200);
          expect((await scim.put(at, { ...body, externalId: 'c' }, { 'if-match': '*' })).status).to.equal(200);
          expect((await scim.delete(at, { 'if-match': 'W/"4"' })).status).to.equal(204);
        });

        it('D-V2 If-None-Match on GET: 304 without a body, also under Cache-Control: no-cache', async () => {
          for (const more of [{}, { 'cache-control': 'no-cache' }, { 'cache-control': 'no-cache', pragma: 'no-cache' }]) {
            for (const tag of ['W/"1"', '"1"', '*', 'W/"7", W/"1"']) {
              const answer = await scim.get(at, { 'if-none-match': tag, ...more });
              expect([answer.status, answer.text, answer.headers.get('etag')], tag).to.deep.equal([304, '', 'W/"1"']);
            }
          }
          expect((await scim.get(at, { 'if-none-match': 'W/"2"' })).status).to.equal(200);
        });

        it('D-V1 a switch makes If-Match a duty', async () => {
          await scim.patchSettings({ scim: { requireIfMatch: true } });
          expectScimError(await scim.put(at, body), 412);
          expectScimError(await scim.delete(at), 412);
          expect((await scim.delete(at, { 'if-match': 'W/"1"' })).status).to.equal(204);
        });

        it('A34/L48 fifty PATCHes at once without If-Match: none is lost, and each has its version', async () => {
          const sub = name === 'User' ? 'phoneNumbers' : 'members';
          const ids = name === 'User' ? [] : await Promise.all(Array.from({ length: 50 }, (_, index) => scim.addUser(`u${index}`)));
          const answers = await Promise.all(
            Array.from({ length: 50 }, (_, index) =>
              scim.patch(at, { op: 'add', path: sub, value: [{ value: ids[index] ?? `+${index}` }] }),
            ),
          );
          expect(new Set(answers.map((answer) => answer.headers.get('etag'))).size).to.equal(50);
          const after = await scim.get(at);
          expect(after.body[sub]).to.have.length(50);
          expect(metaOf(after)['version']).to.equal('W/"51"');
        });

        it('A34 a PUT over a newer version is written down with both versions', async () => {
          await scim.put(at, { ...body, externalId: 'e1' });
          await scim.put(at, { ...body, externalId: 'e2' });
          const events = await server().query<{ details: string }>(
            "select details from events where integration_id = ? and verb = 'edit' order by seq",
            scim.id,
          );
          expect(events.map((event) => (JSON.parse(event.details) as { versions: unknown }).versions)).to.deep.equal([
            { before: 1, after: 2 },
            { before: 2, after: 3 },
          ]);
        });

        it('ten writers with one If-Match: one wins', async () => {
          const answers = await Promise.all(
            Array.from({ length: 10 }, (_, index) => scim.put(at, { ...body, externalId: `e${index}` }, { 'if-match': 'W/"1"' })),
          );
          expect(answers.map((answer) => answer.status).sort()).to.deep.equal([200, ...Array.from({ length: 9 }, () => 412)]);
        });
      });
    }

    it('the version of a Group changes with its members, and the User’s stays', async () => {
      const ann = await scim.addUser('ann');
      const group = await scim.addGroup('Cleaners');
      const change = await scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: ann }] });
      expect(change.headers.get('etag')).to.equal('W/"2"');
      expect((await scim.get(`/Users/${ann}`)).headers.get('etag')).to.equal('W/"1"');
    });
  });
});
