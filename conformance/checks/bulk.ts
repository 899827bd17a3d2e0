import type { Answer } from '../answer.js';
import type { Check } from '../check.js';
import type { Client } from '../client.js';
import { NotOffered } from '../verdict.js';
import { expectEqual, expectErrorBody, expectStatus, expectThat } from '../expect.js';
import { type Json, type JsonObject, objectAt, objectsAt, stringsAt } from '../json.js';
import { BULK_REQUEST, BULK_RESPONSE, ERROR, PATCH_OP } from '../names.js';
import type { World } from '../world.js';

function bulk(id: string, title: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { id: `bulk.${id}`, section: '7644 3.7', title, level: 'MUST', feature: 'bulk', run, ...more };
}

async function send(
  client: Client,
  Operations: readonly JsonObject[],
  more: JsonObject = {},
): Promise<{ answer: Answer; results: readonly JsonObject[] }> {
  const answer = await client.post('/Bulk', { schemas: [BULK_REQUEST], ...more, Operations });
  expectStatus(answer, 200);
  return { answer, results: objectsAt(answer.body['Operations']) };
}

function postUser(world: World, bulkId: string, more: JsonObject = {}): JsonObject {
  return { method: 'POST', path: '/Users', bulkId, data: world.userBody(more) };
}

function statuses(results: readonly JsonObject[]): readonly string[] {
  return results.map(({ status }) => String(objectAt(status)['code'] ?? status));
}

function idAt(location: Json | undefined): string {
  return decodeURIComponent(String(location).split('/').at(-1) ?? '');
}

async function membersAt(client: Client, location: Json | undefined): Promise<{ read: Answer; members: readonly string[] }> {
  const read = await client.get(`/Groups/${encodeURIComponent(idAt(location))}`);
  return { read, members: objectsAt(read.body['members']).map(({ value }) => String(value)) };
}

const WITH_GROUPS: Partial<Check> = { section: '7644 3.7.2', feature: ['bulk', 'groups'] };
const OPERATIONS_MAX = 10_000;
const PAYLOAD_MAX = 8 * 1024 * 1024;

export const BULK: readonly Check[] = [
  bulk('response', 'the answer is 200 with a BulkResponse', async (client, world) => {
    const { answer } = await send(client, [postUser(world, 'a')]);
    expectThat(answer, stringsAt(answer.body['schemas']).includes(BULK_RESPONSE), `schemas [${BULK_RESPONSE}]`, answer.body['schemas']);
  }),
  bulk('create', 'each POST is done and has status 201, its bulkId and the location of the resource', async (client, world) => {
    const { answer, results } = await send(client, [postUser(world, 'a'), postUser(world, 'b')]);
    expectEqual(answer, 'the statuses', statuses(results), ['201', '201']);
    expectEqual(
      answer,
      'the bulkIds',
      results.map(({ bulkId }) => bulkId ?? null),
      ['a', 'b'],
    );
    for (const { location } of results) expectStatus(await client.get(`/Users/${encodeURIComponent(idAt(location))}`), 200);
  }),
  bulk(
    'status',
    'the status of an operation is a string',
    async (client, world) => {
      const { answer, results } = await send(client, [postUser(world, 'a')]);
      expectThat(answer, typeof results[0]?.['status'] === 'string', '"status": "201"', results[0]);
    },
    { section: '7644 3.7.3', level: 'SHOULD' },
  ),
  bulk(
    'method',
    'the result of an operation repeats its method',
    async (client, world) => {
      const { answer, results } = await send(client, [postUser(world, 'a')]);
      expectEqual(answer, 'method', results[0]?.['method'], 'POST');
    },
    { section: '7644 3.7.3' },
  ),
  bulk(
    'change',
    'PUT, PATCH and DELETE work as by themselves',
    async (client, world) => {
      const [put, patch, gone] = [await world.newUser(), await world.newUser(), await world.newUser()];
      const data = { schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'active', value: false }] };
      const { answer, results } = await send(client, [
        { method: 'PUT', path: put.path, data: world.userBody({ userName: put.body['userName'], active: false }) },
        { method: 'PATCH', path: patch.path, data },
        { method: 'DELETE', path: gone.path },
      ]);
      expectThat(answer, /^200 20[04] 204$/.test(statuses(results).join(' ')), '200, 200 or 204, 204', [...statuses(results)]);
      for (const { path } of [put, patch]) {
        const read = await client.get(path);
        expectEqual(read, 'active', read.body['active'], false);
      }
      expectStatus(await client.get(gone.path), 404);
    },
    { feature: ['bulk', 'patch'] },
  ),
  bulk('goes-on', 'without failOnErrors the operations after a failure are done, and results keep the order', async (client, world) => {
    const { body } = await world.user();
    const { answer, results } = await send(client, [
      postUser(world, 'a'),
      postUser(world, 'b', { userName: body['userName'] }),
      postUser(world, 'c'),
    ]);
    expectEqual(answer, 'the statuses', statuses(results), ['201', '409', '201']);
  }),
  bulk(
    'error',
    'a failed operation has a SCIM error as its response',
    async (client, world) => {
      const { body } = await world.user();
      const { answer, results } = await send(client, [postUser(world, 'a', { userName: body['userName'] })]);
      const response = objectAt(results[0]?.['response']);
      expectThat(
        answer,
        stringsAt(response['schemas']).includes(ERROR) && response['status'] === '409',
        'a response with a SCIM error',
        response,
      );
    },
    { section: '7644 3.7.3' },
  ),
  bulk(
    'fail-on-errors',
    'failOnErrors 1 ends at the first failure, and nothing after it is done',
    async (client, world) => {
      const { body } = await world.user();
      const last = world.userBody();
      const { answer, results } = await send(
        client,
        [postUser(world, 'a', { userName: body['userName'] }), { method: 'POST', path: '/Users', bulkId: 'b', data: last }],
        { failOnErrors: 1 },
      );
      expectEqual(answer, 'the statuses', statuses(results), ['409']);
      // Done or not: that the name is still free tells.
      expectStatus(await client.post('/Users', last), 201);
    },
    { section: '7644 3.7.3' },
  ),
  bulk(
    'back-reference',
    'bulkId in data stands for the resource that was created before',
    async (client, world) => {
      const data = world.groupBody({ members: [{ value: 'bulkId:u' }] });
      const { answer, results } = await send(client, [postUser(world, 'u'), { method: 'POST', path: '/Groups', bulkId: 'g', data }]);
      expectEqual(answer, 'the statuses', statuses(results), ['201', '201']);
      const { read, members } = await membersAt(client, results[1]?.['location']);
      expectEqual(read, 'the members', members, [idAt(results[0]?.['location'])]);
    },
    WITH_GROUPS,
  ),
  bulk(
    'forward-reference',
    'bulkId in data stands for a resource that is created after',
    async (client, world) => {
      const data = world.groupBody({ members: [{ value: 'bulkId:u' }] });
      const { answer, results } = await send(client, [{ method: 'POST', path: '/Groups', bulkId: 'g', data }, postUser(world, 'u')]);
      expectEqual(answer, 'the statuses', [...statuses(results)].sort(), ['201', '201']);
      const locationOf = (bulkId: string): Json | undefined => results.find((result) => result['bulkId'] === bulkId)?.['location'];
      const { read, members } = await membersAt(client, locationOf('g'));
      expectEqual(read, 'the members', members, [idAt(locationOf('u'))]);
    },
    WITH_GROUPS,
  ),
  bulk(
    'path-reference',
    'bulkId in a path stands for the new resource',
    async (client, world) => {
      const user = await world.user();
      const add = { schemas: [PATCH_OP], Operations: [{ op: 'add', path: 'members', value: [{ value: user.id }] }] };
      const { answer, results } = await send(client, [
        { method: 'POST', path: '/Groups', bulkId: 'g', data: world.groupBody() },
        { method: 'PATCH', path: '/Groups/bulkId:g', data: add },
      ]);
      expectThat(answer, /^201 20[04]$/.test(statuses(results).join(' ')), '201 and 200 or 204', [...statuses(results)]);
      const { read, members } = await membersAt(client, results[0]?.['location']);
      expectEqual(read, 'the members', members, [user.id]);
    },
    { ...WITH_GROUPS, feature: ['bulk', 'groups', 'patch'] },
  ),
  bulk(
    'circle',
    'references in a circle are resolved or refused, in bounded time',
    async (client, world) => {
      const holds = (bulkId: string, other: string): JsonObject => ({
        method: 'POST',
        path: '/Groups',
        bulkId,
        data: world.groupBody({ members: [{ value: `bulkId:${other}` }] }),
      });
      const { answer, results } = await send(client, [holds('a', 'b'), holds('b', 'a')]);
      expectThat(
        answer,
        results.length === 2 && statuses(results).every((status) => /^(?:201|4\d\d)$/.test(status)),
        'two results, each 201 or 4xx',
        [...statuses(results)],
      );
    },
    { ...WITH_GROUPS, section: '7644 3.7.1' },
  ),
  bulk(
    'unknown-reference',
    'a bulkId that nothing has fails that operation alone, with 409 or 400',
    async (client, world) => {
      const data = world.groupBody({ members: [{ value: 'bulkId:nothing' }] });
      const { answer, results } = await send(client, [{ method: 'POST', path: '/Groups', bulkId: 'g', data }, postUser(world, 'u')]);
      expectThat(answer, /^(?:409|400) 201$/.test(statuses(results).join(' ')), '409 or 400, then 201', [...statuses(results)]);
    },
    WITH_GROUPS,
  ),
  bulk('no-bulk-id', 'a POST without a bulkId is refused', async (client, world) => {
    const answer = await client.post('/Bulk', {
      schemas: [BULK_REQUEST],
      Operations: [{ method: 'POST', path: '/Users', data: world.userBody() }],
    });
    refusedIn(answer);
  }),
  bulk('bad-operations', 'a method or path that bulk does not have is refused', async (client) => {
    const operations = [
      { method: 'GET', path: '/Users' },
      { method: 'BREW', path: '/Users' },
      { method: 'POST', bulkId: 'a', path: '/Bulk', data: {} },
      { method: 'DELETE', path: '/Nothings/1' },
      { method: 'DELETE', path: '/Users/../Groups/1' },
    ];
    for (const operation of operations) refusedIn(await client.post('/Bulk', { schemas: [BULK_REQUEST], Operations: [operation] }));
  }),
  bulk(
    'schemas',
    'a request without the schema of bulk is 400',
    async (client, world) => {
      for (const schemas of [undefined, [PATCH_OP]])
        expectStatus(await client.post('/Bulk', { schemas, Operations: [postUser(world, 'a')] }), 400);
    },
    { level: 'SHOULD' },
  ),
  bulk(
    'no-operations',
    'a request without a list of operations is 400',
    async (client) => {
      for (const Operations of [undefined, {}, 'x', [null]])
        expectStatus(await client.post('/Bulk', { schemas: [BULK_REQUEST], Operations }), 400);
    },
    { level: 'SHOULD' },
  ),
  bulk(
    'no-token',
    'bulk without a token is 401, and nothing of it is done',
    async (client, world) => {
      const data = world.userBody();
      const request = { schemas: [BULK_REQUEST], Operations: [{ method: 'POST', path: '/Users', bulkId: 'a', data }] };
      expectStatus(await client.post('/Bulk', request, { authorization: null }), 401);
      expectStatus(await client.post('/Users', data), 201);
    },
    { section: '7644 2' },
  ),
  bulk(
    'version',
    'an operation with an older version is 412',
    async (client, world) => {
      const { path, body } = await world.newUser();
      const data = world.userBody({ userName: body['userName'] });
      const { answer, results } = await send(client, [{ method: 'PUT', path, version: 'W/"another-version"', data }]);
      expectEqual(answer, 'the statuses', statuses(results), ['412']);
    },
    { feature: ['bulk', 'etag'] },
  ),
  bulk(
    'result-version',
    'the result of a change has the version of the resource',
    async (client, world) => {
      const { answer, results } = await send(client, [postUser(world, 'a')]);
      const read = await client.get(`/Users/${encodeURIComponent(idAt(results[0]?.['location']))}`);
      expectEqual(answer, 'version', results[0]?.['version'], objectAt(read.body['meta'])['version']);
    },
    { section: '7644 3.7.3', level: 'SHOULD', feature: ['bulk', 'etag'] },
  ),
  bulk(
    'max-operations',
    'more operations than maxOperations are 413',
    async (client, world) => {
      const { maxOperations } = world.configOf('bulk');
      if (typeof maxOperations !== 'number' || maxOperations < 1 || maxOperations > OPERATIONS_MAX)
        throw new NotOffered(`maxOperations is ${String(maxOperations)}`);
      const path = `/Users/${world.word('nobody')}`;
      const Operations = Array.from({ length: maxOperations + 1 }, () => ({ method: 'DELETE', path }));
      const answer = await client.post('/Bulk', { schemas: [BULK_REQUEST], Operations });
      expectStatus(answer, 413);
      expectErrorBody(answer);
    },
    { section: '7644 3.7.4' },
  ),
  bulk(
    'max-payload',
    'a body of more bytes than maxPayloadSize is 413',
    async (client, world) => {
      const { maxPayloadSize } = world.configOf('bulk');
      if (typeof maxPayloadSize !== 'number' || maxPayloadSize < 1 || maxPayloadSize > PAYLOAD_MAX)
        throw new NotOffered(`maxPayloadSize is ${String(maxPayloadSize)}`);
      const path = `/Users/${world.word('nobody')}`;
      const request = { schemas: [BULK_REQUEST], padding: 'x'.repeat(maxPayloadSize), Operations: [{ method: 'DELETE', path }] };
      expectStatus(await client.post('/Bulk', request), 413);
    },
    { section: '7644 3.7.4' },
  ),
  bulk(
    'limits',
    'where bulk is supported, its limits are greater than 0',
    async (client) => {
      const answer = await client.get('/ServiceProviderConfig');
      const { maxOperations, maxPayloadSize } = objectAt(answer.body['bulk']);
      expectThat(
        answer,
        Number(maxOperations) > 0 && Number(maxPayloadSize) > 0,
        'maxOperations and maxPayloadSize above 0',
        answer.body['bulk'],
      );
    },
    { section: '7643 5' },
  ),
];

/** The whole request is 400, or the one operation in it has a status of 4xx or 501. */
function refusedIn(answer: Answer): void {
  if (answer.status === 400) return;
  expectStatus(answer, 200);
  const [status = ''] = statuses(objectsAt(answer.body['Operations']));
  expectThat(answer, /^(?:4\d\d|501)$/.test(status), '400, or a failed operation', status);
}
