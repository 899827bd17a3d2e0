import { expect } from 'chai';
import { BULK_REQUEST_URN, GROUP_URN, USER_URN } from '../../../src/domain/scim.js';
import { bulkBody, patchOf, postUser, resultsIn, sendBulk, statusesOf } from '../../support/bulk.js';
import { forEachEngine } from '../../support/engines.js';
import { expectStillThere, hostileTable } from '../../support/hostile.js';
import { BULK_REQUESTS } from '../../support/hostile/bulk.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { expectCleanPrototype } from '../../support/scim-bodies.js';
import { expectScimError } from '../../support/scim-client.js';

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** What is wrong with one operation: its own result, in a request that is otherwise carried out. */
const OPERATIONS: readonly (readonly [string, unknown, string, string?])[] = [
  ['E2 method GET', { method: 'GET', path: '/Users/{user}' }, '400', 'invalidSyntax'],
  ['E2 method in lower case', { method: 'delete', path: '/Users/{user}' }, '400', 'invalidSyntax'],
  ['E2 method unknown', { method: 'BREW', path: '/Users/{user}' }, '400', 'invalidSyntax'],
  ['E2 method missing', { path: '/Users/{user}' }, '400', 'invalidSyntax'],
  ['E2 method a list', { method: ['DELETE'], path: '/Users/{user}' }, '400', 'invalidSyntax'],
  ['an empty object', {}, '400', 'invalidSyntax'],
  ['E3 path missing', { method: 'DELETE' }, '400', 'invalidValue'],
  ['E3 path a number', { method: 'DELETE', path: 1 }, '400', 'invalidValue'],
  ['E3 /Users/../Groups/…', { method: 'DELETE', path: '/Users/../Groups/{group}' }, '400', 'invalidValue'],
  ['E3 an absolute URL', { method: 'DELETE', path: 'https://doors.example.com/scim/v2/Users/{user}' }, '400', 'invalidValue'],
  ['E3 //Users/…', { method: 'DELETE', path: '//Users/{user}' }, '400', 'invalidValue'],
  ['E3 //x', { method: 'DELETE', path: '//x' }, '400', 'invalidValue'],
  ['E3 /Bulk', { method: 'POST', path: '/Bulk', bulkId: 'b', data: {} }, '400', 'invalidValue'],
  ['E3 /Me', { method: 'PATCH', path: '/Me', data: {} }, '400', 'invalidValue'],
  ['E3 /.search', { method: 'POST', path: '/.search', bulkId: 'b', data: {} }, '400', 'invalidValue'],
  ['E3 /Schemas', { method: 'DELETE', path: `/Schemas/${USER_URN}` }, '400', 'invalidValue'],
  ['E3 a path without a slash', { method: 'DELETE', path: 'Users/{user}' }, '400', 'invalidValue'],
  ['E3 a slash at the end', { method: 'DELETE', path: '/Users/{user}/' }, '400', 'invalidValue'],
  ['E3 a query', { method: 'DELETE', path: '/Users/{user}?attributes=id' }, '400', 'invalidValue'],
  ['E3 another case', { method: 'DELETE', path: '/users/{user}' }, '400', 'invalidValue'],
  ['a POST to a resource', { method: 'POST', path: '/Users/{user}', bulkId: 'b', data: {} }, '400', 'invalidValue'],
  ['a DELETE of all Users', { method: 'DELETE', path: '/Users' }, '400', 'invalidValue'],
  ['E4 POST without bulkId', { method: 'POST', path: '/Users', data: { schemas: [USER_URN], userName: 'x' } }, '400', 'invalidSyntax'],
  ['E4 bulkId null', { ...postUser('x'), bulkId: null }, '400', 'invalidSyntax'],
  ['E4 bulkId empty', { ...postUser('x'), bulkId: '' }, '400', 'invalidSyntax'],
  ['E4 bulkId a number', { ...postUser('x'), bulkId: 7 }, '400', 'invalidSyntax'],
  ['E4 bulkId of 256 characters', { ...postUser('x'), bulkId: 'b'.repeat(256) }, '400', 'invalidSyntax'],
  ['version a number', { method: 'DELETE', path: '/Users/{user}', version: 1 }, '400', 'invalidSyntax'],
  ['V1 a stale version', { method: 'DELETE', path: '/Users/{user}', version: 'W/"77"' }, '412'],
  ['POST without data', { method: 'POST', path: '/Users', bulkId: 'b' }, '400', 'invalidSyntax'],
  ['POST with a text as data', { method: 'POST', path: '/Users', bulkId: 'b', data: '{}' }, '400', 'invalidSyntax'],
  ['POST without userName', { method: 'POST', path: '/Users', bulkId: 'b', data: { schemas: [USER_URN] } }, '400', 'invalidValue'],
  ['POST of a Group to /Users', { ...postUser('b'), data: { schemas: [GROUP_URN], displayName: 'x' } }, '400', 'invalidSyntax'],
  ['a userName that is taken', postUser('b', 'SOMEBODY'), '409', 'uniqueness'],
  ['PATCH without Operations', { method: 'PATCH', path: '/Users/{user}', data: {} }, '400', 'invalidSyntax'],
  ['PATCH of id', patchOf('/Users/{user}', { op: 'replace', path: 'id', value: 'x' }), '400', 'mutability'],
  [
    'B35 a member who does not exist',
    patchOf('/Groups/{group}', { op: 'add', path: 'members', value: [{ value: 'x' }] }),
    '400',
    'invalidValue',
  ],
  ['an unknown id', { method: 'DELETE', path: '/Users/00000000-0000-4000-8000-000000000000' }, '404'],
  ['an id that is none', { method: 'PUT', path: '/Users/%2e%2e', data: { schemas: [USER_URN], userName: 'x' } }, '404'],
  ['the id of a Group among Users', { method: 'DELETE', path: '/Users/{group}' }, '404'],
  ['B27 an id of 8 kB', { method: 'DELETE', path: `/Users/${'x'.repeat(8192)}` }, '404'],
  ['half of a character as id', { method: 'DELETE', path: '/Users/\ud800' }, '404'],
  ['E5 a reference to nobody', patchOf('/Groups/{group}', { op: 'add', path: 'members', value: [{ value: 'bulkId:none' }] }), '409'],
  ['E5 a reference to nobody in the path', { method: 'DELETE', path: '/Users/bulkId:none' }, '409'],
  ['E6 a reference to itself', postUser('self', 'self', { manager: { value: 'bulkId:self' } }), '409'],
  ['names in two spellings', { ...postUser('b'), Method: 'POST' }, '400', 'invalidSyntax'],
];

forEachEngine((engine) => {
  const server = serverOf(engine);
  const target = async () => {
    const connection = await server().connect();
    const user = await connection.addUser('somebody');
    return { connection, user, group: await connection.addGroup('some group', [user]) };
  };

  hostileTable('hostile Bulk requests', BULK_REQUESTS, target);

  describe('a Bulk request with one bad operation', () => {
    let scim: Connection;
    let at: Awaited<ReturnType<typeof target>>;
    let count = 0;
    before(async () => {
      at = await target();
      scim = at.connection;
    });
    after(async () => {
      expectCleanPrototype();
      await expectStillThere(scim);
      expect((await scim.get(`/Users/${at.user}`)).status).to.equal(200);
      expect(await scim.membersOf(at.group)).to.deep.equal([at.user]);
    });
    const filled = (operation: unknown): unknown =>
      JSON.parse(JSON.stringify(operation).replaceAll('{user}', at.user).replaceAll('{group}', at.group));

    for (const [label, operation, status, scimType] of OPERATIONS) {
      it(`${label} → ${status}${scimType === undefined ? '' : ` ${scimType}`} there, and its neighbours are done`, async () => {
        count += 1;
        const around = [postUser(`before-${count}`), filled(operation), postUser(`behind-${count}`)];
        const [first, bad, last, ...more] = await sendBulk(scim, around);
        expect([first?.status, last?.status, more.length]).to.deep.equal(['201', '201', 0]);
        expect([bad?.status, bad?.scimType], bad?.detail).to.deep.equal([status, scimType]);
        expect((await scim.find('/Users', `userName eq "behind-${count}"`)).body['totalResults']).to.equal(1);
      });
    }

    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      it(`E9 bulkId ${name} is a name like any other, also behind a reference`, async () => {
        const results = await sendBulk(scim, [
          postUser(name, `user ${name}`),
          { method: 'PATCH', path: `/Groups/${at.group}`, data: patchData([{ value: `bulkId:${name}` }]) },
          { method: 'DELETE', path: `/Users/bulkId:${name}` },
        ]);
        expect(statusesOf(results)).to.equal('201 204 204');
        expect(results[0]?.bulkId).to.equal(name);
        expectCleanPrototype();
      });
    }

    it('E9/A25 forbidden names as keys, at each depth of an operation', async () => {
      for (const name of ['__proto__', 'constructor', 'prototype']) {
        for (const text of [
          `{"method":"DELETE","path":"/Users/${at.user}","${name}":1}`,
          `{"method":"DELETE","path":"/Users/${at.user}","x":{"y":{"${name}":1}}}`,
          `{"method":"POST","path":"/Users","bulkId":"b","data":{"schemas":["${USER_URN}"],"userName":"n","${name}":{"status":1}}}`,
          `{"method":"PATCH","path":"/Users/${at.user}","data":{"${name}":1}}`,
        ]) {
          const body = `{"schemas":["${BULK_REQUEST_URN}"],"Operations":[${text}]}`;
          const [result] = resultsIn(await scim.post('/Bulk', body));
          expect([result?.status, result?.scimType], text).to.deep.equal(['400', 'invalidValue']);
        }
      }
      expectCleanPrototype();
    });

    it('A22 data that is nested 900 deep', async () => {
      for (const data of [deep(900), `{"members":${deep(900)}}`, `{"Operations":${deep(900)}}`, `{"x":${deep(900)}}`]) {
        for (const method of ['PUT', 'PATCH']) {
          const text = `{"method":"${method}","path":"/Users/${at.user}","data":${data}}`;
          const [result] = resultsIn(await scim.post('/Bulk', `{"schemas":["${BULK_REQUEST_URN}"],"Operations":[${text}]}`));
          expect(result?.status, data.slice(0, 20)).to.equal('400');
        }
      }
    });

    it('L57 operations with one bulkId are all refused, and so is who refers to them', async () => {
      const results = await sendBulk(scim, [
        postUser('twin', 'twin one'),
        postUser('twin', 'twin two'),
        patchOf(`/Groups/${at.group}`, { op: 'add', path: 'members', value: [{ value: 'bulkId:twin' }] }),
        postUser('single', 'single one'),
      ]);
      expect(statusesOf(results)).to.equal('400 400 409 201');
      expect((await scim.find('/Users', 'userName sw "twin"')).body['totalResults']).to.equal(0);
    });

    it('B1 413 states the limit, and nothing is done', async () => {
      const operations = Array.from({ length: 1001 }, (_, n) => postUser(`too many ${n}`));
      const answer = await scim.post('/Bulk', bulkBody(operations));
      expectScimError(answer, 413);
      expect(answer.body['detail']).to.contain('1000').and.to.contain('maxOperations');
      expect((await scim.find('/Users', 'userName sw "too many"')).body['totalResults']).to.equal(0);
    });

    it('A8 a token that may only read: 403 for the whole', async () => {
      const reader = await scim.withToken({ readOnly: true });
      expectScimError(await reader.post('/Bulk', bulkBody([postUser('written by a reader')])), 403);
    });
  });

  describe('ServiceProviderConfig (D4)', () => {
    it('states that there is Bulk, and its limits', async () => {
      const { body } = await (await server().connect()).get('/ServiceProviderConfig');
      expect(body['bulk']).to.deep.equal({ supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 });
    });
  });
});

function patchData(value: readonly object[]): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'add', path: 'members', value }] };
}
