import type { Check } from '../check.js';
import { expectEqual, expectNoBreakdown, expectStatus, expectThat } from '../expect.js';
import { isUnassigned } from '../json.js';
import { SCIM_JSON, USER } from '../names.js';

export const MEDIA_TYPES: readonly Check[] = [
  {
    id: 'media.default',
    section: '7644 3.1',
    title: `an answer is ${SCIM_JSON} when anything is accepted`,
    level: 'MUST',
    run: async (client, world) => {
      const { path } = await world.user();
      for (const accept of ['*/*', SCIM_JSON]) {
        const answer = await client.get(path, {}, { accept });
        expectStatus(answer, 200);
        const type = answer.headers.get('content-type') ?? '';
        expectThat(answer, type.toLowerCase().startsWith(SCIM_JSON), `${SCIM_JSON} for Accept: ${accept}`, type);
      }
    },
  },
  {
    id: 'media.lists',
    section: '7644 3.1',
    title: `lists and discovery are ${SCIM_JSON}`,
    level: 'MUST',
    run: async (client) => {
      for (const path of ['/Users', '/ServiceProviderConfig', '/Schemas', '/ResourceTypes']) {
        const answer = await client.get(path, path === '/Users' ? { count: 1 } : {});
        const type = answer.headers.get('content-type') ?? '';
        expectThat(answer, type.toLowerCase().startsWith(SCIM_JSON), SCIM_JSON, type);
      }
    },
  },
  {
    id: 'media.accept-json',
    section: '7644 3.8',
    title: 'who accepts application/json only gets JSON',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.get((await world.user()).path, {}, { accept: 'application/json' });
      expectStatus(answer, 200);
      expectThat(answer, typeof answer.body['id'] === 'string', 'the User as JSON');
    },
  },
  {
    id: 'media.accept-json-type',
    section: '7644 3.8',
    title: 'Accept: application/json is honoured: the answer says application/json',
    level: 'SHOULD',
    run: async (client, world) => {
      const answer = await client.get((await world.user()).path, {}, { accept: 'application/json' });
      const type = answer.headers.get('content-type') ?? '';
      expectThat(answer, type.toLowerCase().startsWith('application/json'), 'application/json', type);
    },
  },
  {
    id: 'media.not-acceptable',
    section: '7644 3.8',
    title: 'Accept: application/xml is 406',
    level: 'SHOULD',
    run: async (client) => {
      expectStatus(await client.get('/Users', { count: 1 }, { accept: 'application/xml' }), 406);
    },
  },
  {
    id: 'media.no-charset',
    section: '7644 8.1',
    title: `${SCIM_JSON} has no charset parameter`,
    level: 'SHOULD',
    run: async (client, world) => {
      const answer = await client.get((await world.user()).path);
      const type = answer.headers.get('content-type') ?? '';
      expectThat(answer, !type.toLowerCase().includes('charset'), 'no charset', type);
    },
  },
  {
    id: 'media.post-json',
    section: '7644 3.1',
    title: 'a body of application/json is accepted',
    level: 'SHOULD',
    run: async (client, world) => {
      expectStatus(await client.post('/Users', world.userBody(), { 'content-type': 'application/json' }), 201);
    },
  },
  {
    id: 'media.post-charset',
    section: '7644 3.8',
    title: 'a body with charset=utf-8 is accepted',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.post('/Users', world.userBody(), { 'content-type': `${SCIM_JSON}; charset=utf-8` });
      expectStatus(answer, 201);
    },
  },
  {
    id: 'media.text-plain',
    section: '9110 15.5.16',
    title: 'a body that is not JSON by its media type is 415',
    level: 'SHOULD',
    run: async (client, world) => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
        expectStatus(await client.post('/Users', JSON.stringify(world.userBody()), { 'content-type': type }), 415);
    },
  },
  {
    id: 'media.other-charset',
    section: '7644 3.8',
    title: 'a charset other than UTF-8 is refused (415 or 400), without a breakdown',
    level: 'SHOULD',
    run: async (client, world) => {
      const answer = await client.post('/Users', JSON.stringify(world.userBody()), { 'content-type': 'application/json; charset=utf-7' });
      expectNoBreakdown(answer);
      expectStatus(answer, 415, 400);
    },
  },
  {
    id: 'media.invalid-utf8',
    section: '7644 3.8',
    title: 'bytes that are no UTF-8 are 400',
    level: 'SHOULD',
    run: async (client, world) => {
      const [head = '', tail = ''] = JSON.stringify(world.userBody({ displayName: '|' })).split('|');
      const bytes = new Uint8Array([...new TextEncoder().encode(head), 0xc3, 0x28, ...new TextEncoder().encode(tail)]);
      expectStatus(await client.post('/Users', bytes), 400);
    },
  },
  {
    id: 'media.unicode',
    section: '7644 3.8',
    title: 'names in any script come back as they were sent',
    level: 'MUST',
    run: async (client, world) => {
      world.needs(USER, 'displayName');
      const displayName = `${world.word()} Zoë Łukasz 李雷 Ελένη عمر 👩🏽‍🚒`;
      const { path } = await world.newUser({ displayName });
      const answer = await client.get(path);
      expectEqual(answer, 'displayName', answer.body['displayName'], displayName);
    },
  },
  {
    id: 'media.null',
    section: '7643 2.5',
    title: 'null and an empty array are an attribute without a value',
    level: 'MUST',
    run: async (client, world) => {
      world.needs(USER, 'nickName', 'phoneNumbers');
      const answer = await client.post('/Users', world.userBody({ nickName: null, phoneNumbers: [] }));
      expectStatus(answer, 201);
      for (const name of ['nickName', 'phoneNumbers']) expectThat(answer, isUnassigned(answer.body[name]), `no ${name}`, answer.body[name]);
    },
  },
];
