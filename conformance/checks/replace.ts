import type { Check } from '../check.js';
import { expectEqual, expectError, expectErrorBody, expectRefusal, expectStatus, expectSuccess, expectThat } from '../expect.js';
import { isUnassigned, objectAt, objectsAt } from '../json.js';
import { USER } from '../names.js';

export const REPLACE: readonly Check[] = [
  {
    id: 'replace.status',
    section: '7644 3.5.1',
    title: 'a PUT answers 200 with the whole resource',
    level: 'MUST',
    run: async (client, world) => {
      const { id, path, body } = await world.newUser();
      const answer = await client.put(path, world.userBody({ userName: body['userName'] }));
      expectStatus(answer, 200);
      expectEqual(answer, 'id', answer.body['id'], id);
      expectEqual(answer, 'userName', answer.body['userName'], body['userName']);
    },
  },
  {
    id: 'replace.stored',
    section: '7644 3.5.1',
    title: 'what a PUT answers is what a GET shows afterwards, with the new values',
    level: 'MUST',
    run: async (client, world) => {
      world.needs(USER, 'displayName');
      const { path, body } = await world.newUser();
      const displayName = world.word('Replaced');
      const answer = await client.put(path, world.userBody({ userName: body['userName'], displayName }));
      expectSuccess(answer);
      const read = await client.get(path);
      expectEqual(read, 'displayName', read.body['displayName'], displayName);
      expectEqual(read, 'the resource', read.body, answer.body);
    },
  },
  {
    id: 'replace.round-trip',
    section: '7644 3.5.1',
    title: 'the object that a GET answered can be sent back as it is (Okta does), and changes nothing',
    level: 'MUST',
    run: async (client, world) => {
      const { path } = await world.newUser();
      const { meta: before, ...read } = (await client.get(path)).body;
      const answer = await client.put(path, { ...read, meta: before });
      expectStatus(answer, 200);
      const { meta, ...written } = answer.body;
      expectEqual(answer, 'the resource', written, read);
      expectEqual(answer, 'meta.created', objectAt(meta)['created'], objectAt(before)['created']);
    },
  },
  {
    id: 'replace.read-only',
    section: '7644 3.5.1',
    title: 'readOnly values in a PUT are ignored: id, meta.created and meta.location stay',
    level: 'MUST',
    run: async (client, world) => {
      const { id, path, body } = await world.newUser();
      const meta = objectAt(body['meta']);
      const planted = { created: '1999-01-01T00:00:00Z', location: 'https://evil.example/' };
      const answer = await client.put(path, world.userBody({ userName: body['userName'], meta: planted }));
      expectStatus(answer, 200);
      expectEqual(answer, 'id', answer.body['id'], id);
      for (const name of ['created', 'location']) expectEqual(answer, `meta.${name}`, objectAt(answer.body['meta'])[name], meta[name]);
    },
  },
  {
    id: 'replace.other-id',
    section: '7643 3.1',
    title: 'another id in the body moves nothing',
    level: 'MUST',
    run: async (client, world) => {
      const { id, path, body } = await world.newUser();
      const other = world.word('other-id');
      await client.put(path, world.userBody({ id: other, userName: body['userName'] }));
      const read = await client.get(path);
      expectStatus(read, 200);
      expectEqual(read, 'id', read.body['id'], id);
      expectStatus(await client.get(`/Users/${other}`), 404);
    },
  },
  {
    id: 'replace.unknown',
    section: '7644 3.5.1',
    title: 'a PUT at an id that does not exist is 404 and creates nothing',
    level: 'MUST',
    run: async (client, world) => {
      const path = `/Users/${world.word('nobody')}`;
      expectStatus(await client.put(path, world.userBody()), 404);
      expectStatus(await client.get(path), 404);
    },
  },
  {
    id: 'replace.required',
    section: '7644 3.5.1',
    title: 'a PUT without a required attribute is 400 and changes nothing',
    level: 'MUST',
    run: async (client, world) => {
      const { path } = await world.newUser();
      const before = (await client.get(path)).body;
      expectStatus(await client.put(path, world.userBody({ userName: undefined })), 400);
      const read = await client.get(path);
      expectEqual(read, 'the resource', read.body, before);
    },
  },
  {
    id: 'replace.duplicate',
    section: '7644 3.5.1',
    title: 'a PUT that takes the userName of another User is 409 uniqueness',
    level: 'MUST',
    run: async (client, world) => {
      const taken = await world.newUser();
      const { path } = await world.newUser();
      const answer = await client.put(path, world.userBody({ userName: taken.body['userName'] }));
      expectError(answer, 409, 'uniqueness');
      expectErrorBody(answer);
    },
  },
  {
    id: 'replace.rename',
    section: '7644 3.5.1',
    title: 'a PUT can change the userName, and the old one is free again',
    level: 'SHOULD',
    run: async (client, world) => {
      const { path, body } = await world.newUser();
      const userName = world.userName();
      const answer = await client.put(path, world.userBody({ userName }));
      expectStatus(answer, 200);
      expectEqual(answer, 'userName', answer.body['userName'], userName);
      expectStatus(await client.post('/Users', world.userBody({ userName: body['userName'] })), 201);
    },
  },
  {
    id: 'replace.own-name',
    section: '7643 4.1.1',
    title: 'a User is no duplicate of itself: its own userName in another case is taken',
    level: 'MUST',
    run: async (client, world) => {
      const { path, body } = await world.newUser();
      expectStatus(await client.put(path, world.userBody({ userName: String(body['userName']).toUpperCase() })), 200);
    },
  },
  {
    id: 'replace.null',
    section: '7643 2.5',
    title: 'null in a PUT clears an attribute',
    level: 'MUST',
    run: async (client, world) => {
      world.needs(USER, 'nickName');
      const { path, body } = await world.newUser({ nickName: 'Con' });
      expectSuccess(await client.put(path, world.userBody({ userName: body['userName'], nickName: null })));
      const read = await client.get(path);
      expectThat(read, isUnassigned(read.body['nickName']), 'no nickName', read.body['nickName']);
    },
  },
  {
    id: 'replace.multi-valued',
    section: '7644 3.5.1',
    title: 'a PUT replaces all values of a multi-valued attribute',
    level: 'MUST',
    run: async (client, world) => {
      world.needs(USER, 'emails.value');
      const { path, body } = await world.newUser();
      const value = `${world.word('only')}@conformance.example`;
      expectSuccess(await client.put(path, world.userBody({ userName: body['userName'], emails: [{ value, type: 'home' }] })));
      const read = await client.get(path);
      expectEqual(
        read,
        'the addresses',
        objectsAt(read.body['emails']).map((email) => email['value'] ?? null),
        [value],
      );
    },
  },
  {
    id: 'replace.modified',
    section: '7643 3.1',
    title: 'a PUT that changes something moves meta.lastModified forward and leaves meta.created',
    level: 'MUST',
    run: async (client, world) => {
      world.needs(USER, 'displayName');
      const { path, body } = await world.newUser();
      const before = objectAt(body['meta']);
      const answer = await client.put(path, world.userBody({ userName: body['userName'], displayName: world.word('Moved') }));
      const after = objectAt(answer.body['meta']);
      const moved = Date.parse(String(after['lastModified'])) >= Date.parse(String(before['lastModified']));
      expectThat(answer, moved, `lastModified not before ${String(before['lastModified'])}`, after['lastModified']);
      expectEqual(answer, 'meta.created', after['created'], before['created']);
    },
  },
  {
    id: 'replace.wrong-type',
    section: '7643 2.3',
    title: 'a PUT with a value of the wrong type is refused and changes nothing',
    level: 'MUST',
    run: async (client, world) => {
      const { path, body } = await world.newUser();
      const before = (await client.get(path)).body;
      expectRefusal(await client.put(path, world.userBody({ userName: { value: body['userName'] } })));
      const read = await client.get(path);
      expectEqual(read, 'the resource', read.body, before);
    },
  },
];
