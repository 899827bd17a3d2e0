import type { Answer } from '../answer.js';
import type { Check } from '../check.js';
import type { Client } from '../client.js';
import { expectEqual, expectErrorBody, expectStatus, expectSuccess, expectThat } from '../expect.js';
import { objectAt, objectsAt } from '../json.js';
import { PATCH_OP, USER } from '../names.js';
import type { World } from '../world.js';

function version(answer: Answer): string {
  return String(objectAt(answer.body['meta'])['version']);
}

/** A User that changed once, with the version before and the one now. */
async function changed(client: Client, world: World) {
  const { path, body } = await world.newUser();
  const old = version(await client.get(path));
  expectSuccess(await client.put(path, world.userBody({ userName: body['userName'], displayName: world.word('Changed') })));
  return {
    path,
    old,
    now: version(await client.get(path)),
    again: () => world.userBody({ userName: body['userName'], displayName: world.word('Again') }),
  };
}

async function unchanged(client: Client, path: string, now: string): Promise<void> {
  const read = await client.get(path);
  expectStatus(read, 200);
  expectEqual(read, 'meta.version', version(read), now);
}

function versions(id: string, title: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { id: `versions.${id}`, section: '7644 3.14', title, level: 'MUST', feature: 'etag', run, ...more };
}

const DISPLAY = (value: string) => ({ schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'displayName', value }] });

export const VERSIONS: readonly Check[] = [
  versions('header', 'a GET has an ETag header that equals meta.version', async (client, world) => {
    const answer = await client.get((await world.user()).path);
    const etag = answer.headers.get('etag');
    expectThat(answer, etag !== null && /^(?:W\/)?".*"$/.test(etag), 'an ETag', etag);
    expectEqual(answer, 'meta.version', version(answer), etag);
  }),
  versions('created', 'the answer to a POST has them too', async (client, world) => {
    const answer = await client.post('/Users', world.userBody());
    expectThat(answer, answer.headers.get('etag') !== null, 'an ETag');
    expectEqual(answer, 'meta.version', version(answer), answer.headers.get('etag'));
  }),
  versions(
    'listed',
    'a row of a list has the version of the resource',
    async (client, world) => {
      const { path, body } = await world.newUser();
      const answer = await client.get('/Users', { filter: `userName eq "${String(body['userName'])}"` });
      const [row] = objectsAt(answer.body['Resources']);
      expectEqual(answer, 'meta.version', objectAt(row?.['meta'])['version'], version(await client.get(path)));
    },
    { feature: ['etag', 'filter'] },
  ),
  versions('put', 'a PUT that changes something gives another version, and answers it', async (client, world) => {
    const { path, old, again } = await changed(client, world);
    const answer = await client.put(path, again());
    expectThat(answer, version(answer) !== old, `another version than ${old}`, version(answer));
    expectEqual(answer, 'the ETag header', answer.headers.get('etag'), version(answer));
  }),
  versions(
    'patch',
    'a PATCH that changes something gives another version',
    async (client, world) => {
      world.needs(USER, 'displayName');
      const { path, now } = await changed(client, world);
      expectSuccess(await client.send('PATCH', path, DISPLAY(world.word('Patched'))));
      const read = await client.get(path);
      expectThat(read, version(read) !== now, `another version than ${now}`, version(read));
    },
    { feature: ['etag', 'patch'] },
  ),
  versions(
    'patch-nothing',
    'a PATCH that changes nothing leaves the version',
    async (client, world) => {
      world.needs(USER, 'displayName');
      const { path } = await world.newUser({ displayName: 'Same' });
      const before = version(await client.get(path));
      expectSuccess(await client.send('PATCH', path, DISPLAY('Same')));
      await unchanged(client, path, before);
    },
    { level: 'SHOULD', feature: ['etag', 'patch'] },
  ),
  versions('read-only', 'reading does not change the version', async (client, world) => {
    const { path } = await world.newUser();
    await unchanged(client, path, version(await client.get(path)));
  }),
  versions('not-modified', 'If-None-Match of the version now is 304 without a body', async (client, world) => {
    const { path } = await world.user();
    const answer = await client.get(path, {}, { 'if-none-match': version(await client.get(path)) });
    expectStatus(answer, 304);
    expectThat(answer, answer.text === '', 'no body');
  }),
  versions('modified', 'If-None-Match of an older version is 200 with the resource', async (client, world) => {
    const { path, old } = await changed(client, world);
    expectStatus(await client.get(path, {}, { 'if-none-match': old }), 200);
  }),
  versions('match', 'If-Match of the version now lets a PUT through', async (client, world) => {
    const { path, now, again } = await changed(client, world);
    expectStatus(await client.put(path, again(), { 'if-match': now }), 200);
  }),
  versions(
    'match-any',
    'If-Match: * lets a PUT of what exists through',
    async (client, world) => {
      const { path, again } = await changed(client, world);
      expectStatus(await client.put(path, again(), { 'if-match': '*' }), 200);
    },
    { section: '9110 13.1.1', level: 'SHOULD' },
  ),
  versions('stale-put', 'If-Match of an older version stops a PUT with 412', async (client, world) => {
    const { path, old, now, again } = await changed(client, world);
    expectStatus(await client.put(path, again(), { 'if-match': old }), 412);
    await unchanged(client, path, now);
  }),
  versions(
    'stale-patch',
    'If-Match of an older version stops a PATCH with 412',
    async (client, world) => {
      world.needs(USER, 'displayName');
      const { path, old, now } = await changed(client, world);
      expectStatus(await client.send('PATCH', path, DISPLAY('Stale'), { 'if-match': old }), 412);
      await unchanged(client, path, now);
    },
    { feature: ['etag', 'patch'] },
  ),
  versions('stale-delete', 'If-Match of an older version stops a DELETE with 412', async (client, world) => {
    const { path, old, now } = await changed(client, world);
    expectStatus(await client.delete(path, { 'if-match': old }), 412);
    await unchanged(client, path, now);
  }),
  versions(
    'error',
    'a 412 is a SCIM error',
    async (client, world) => {
      const { path, old, again } = await changed(client, world);
      const answer = await client.put(path, again(), { 'if-match': old });
      expectStatus(answer, 412);
      expectErrorBody(answer);
    },
    { section: '7644 3.12' },
  ),
  versions('lost-update', 'of two writers who read the same version one is told', async (client, world) => {
    const { path, now, again } = await changed(client, world);
    expectStatus(await client.put(path, again(), { 'if-match': now }), 200);
    expectStatus(await client.put(path, again(), { 'if-match': now }), 412);
  }),
  versions(
    'group',
    'a Group has another version when its members change',
    async (client, world) => {
      const user = await world.user();
      const { path } = await world.newGroup();
      const before = version(await client.get(path));
      expectSuccess(await client.patch(path, { op: 'add', path: 'members', value: [{ value: user.id }] }));
      const read = await client.get(path);
      expectThat(read, version(read) !== before, `another version than ${before}`, version(read));
    },
    { feature: ['etag', 'patch', 'groups'] },
  ),
];
