import type { Check } from '../check.js';
import { expectErrorBody, expectStatus, expectSuccess, expectThat, totalOf } from '../expect.js';

export const DELETE: readonly Check[] = [
  {
    id: 'delete.status',
    section: '7644 3.6',
    title: 'a DELETE answers 204 without a body',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.delete((await world.newUser()).path);
      expectStatus(answer, 204);
      expectThat(answer, answer.text === '', 'no body');
    },
  },
  {
    id: 'delete.gone',
    section: '7644 3.6',
    title: 'a deleted resource is 404 for GET, PUT and DELETE',
    level: 'MUST',
    run: async (client, world) => {
      const { path } = await world.newUser();
      expectSuccess(await client.delete(path));
      expectStatus(await client.get(path), 404);
      expectStatus(await client.put(path, world.userBody()), 404);
      expectStatus(await client.delete(path), 404);
    },
  },
  {
    id: 'delete.patch-gone',
    section: '7644 3.6',
    title: 'a deleted resource is 404 for PATCH',
    level: 'MUST',
    feature: 'patch',
    run: async (client, world) => {
      const { path } = await world.newUser();
      expectSuccess(await client.delete(path));
      expectStatus(await client.patch(path, { op: 'replace', path: 'userName', value: world.userName() }), 404);
    },
  },
  {
    id: 'delete.not-found-in-lists',
    section: '7644 3.6',
    title: 'a deleted resource is in no list',
    level: 'MUST',
    feature: 'filter',
    run: async (client, world) => {
      const { path, body } = await world.newUser();
      expectSuccess(await client.delete(path));
      const answer = await client.get('/Users', { filter: `userName eq "${String(body['userName'])}"` });
      expectThat(answer, totalOf(answer) === 0, 'totalResults 0', answer.body['totalResults']);
    },
  },
  {
    id: 'delete.name-free',
    section: '7644 3.6',
    title: 'the userName of a deleted User is free again',
    level: 'MUST',
    run: async (client, world) => {
      const { path, body } = await world.newUser();
      expectSuccess(await client.delete(path));
      expectStatus(await client.post('/Users', world.userBody({ userName: body['userName'] })), 201);
    },
  },
  {
    id: 'delete.unknown',
    section: '7644 3.6',
    title: 'a DELETE of an id that does not exist is 404',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.delete(`/Users/${world.word('nobody')}`);
      expectStatus(answer, 404);
      expectErrorBody(answer);
    },
  },
];
