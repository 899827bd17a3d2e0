import type { Answer } from '../answer.js';
import type { Check } from '../check.js';
import { expectEqual, expectError, expectErrorBody, expectRefusal, expectStatus, expectSuccess, expectThat } from '../expect.js';
import { objectAt, objectsAt, stringsAt } from '../json.js';
import { USER } from '../names.js';

/** xsd:dateTime with the zone that RFC 7643 section 2.3.5 asks for. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

export const CREATE: readonly Check[] = [
  {
    id: 'create.status',
    section: '7644 3.3',
    title: 'a POST that creates a User answers 201',
    level: 'MUST',
    run: async (client, world) => {
      expectStatus(await client.post('/Users', world.userBody()), 201);
    },
  },
  {
    id: 'create.location',
    section: '7644 3.3',
    title: 'the Location header is there and equals meta.location',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.post('/Users', world.userBody());
      const header = answer.headers.get('location');
      expectThat(answer, header !== null, 'a Location header', header);
      expectEqual(answer, 'meta.location', objectAt(answer.body['meta'])['location'], header);
    },
  },
  {
    id: 'create.location-is-the-resource',
    section: '7643 3.1',
    title: 'meta.location is an absolute URL of the new resource',
    level: 'MUST',
    run: async (client, world) => {
      const { body, path } = await world.newUser();
      const location = String(objectAt(body['meta'])['location']);
      const answer = await client.get(path);
      expectThat(answer, /^https?:\/\//.test(location) && location.endsWith(path), `an absolute URL that ends in ${path}`, location);
      if (location.startsWith(`${client.base}/`)) expectStatus(await client.get(location.slice(client.base.length)), 200);
    },
  },
  {
    id: 'create.representation',
    section: '7644 3.3',
    title: 'the answer is the new resource with its id, schemas and the attributes that were sent',
    level: 'MUST',
    run: async (client, world) => {
      const body = world.userBody();
      const answer = await client.post('/Users', body);
      expectThat(answer, typeof answer.body['id'] === 'string' && answer.body['id'] !== '', 'an id', answer.body['id']);
      expectThat(answer, stringsAt(answer.body['schemas']).includes(USER), `schemas with ${USER}`, answer.body['schemas']);
      for (const name of ['userName', 'displayName', 'active'])
        if (body[name] !== undefined) expectEqual(answer, name, answer.body[name], body[name]);
    },
  },
  {
    id: 'create.complex-values',
    section: '7644 3.3',
    title: 'names and e-mail addresses are kept as they were sent',
    level: 'MUST',
    run: async (client, world) => {
      world.needs(USER, 'name.givenName', 'name.familyName', 'emails.value');
      const value = `${world.word()}@conformance.example`;
      const emails = [
        { value, type: 'work', primary: true },
        { value: `home-${value}`, type: 'home' },
      ];
      const { path } = await world.newUser({ name: { givenName: 'Grace', familyName: 'Hopper' }, emails });
      const answer = await client.get(path);
      const name = objectAt(answer.body['name']);
      expectEqual(answer, 'name', [name['givenName'] ?? null, name['familyName'] ?? null], ['Grace', 'Hopper']);
      const got = objectsAt(answer.body['emails']).map((email) => email['value'] ?? null);
      expectEqual(answer, 'the addresses', [...got].sort(), emails.map((email) => email.value).sort());
    },
  },
  {
    id: 'create.meta',
    section: '7643 3.1',
    title: 'meta has resourceType, created and lastModified, as dates of xsd:dateTime',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.post('/Users', world.userBody());
      const meta = objectAt(answer.body['meta']);
      expectEqual(answer, 'meta.resourceType', meta['resourceType'], 'User');
      for (const name of ['created', 'lastModified'])
        expectThat(answer, DATE_TIME.test(String(meta[name])), `meta.${name}: a dateTime`, meta[name]);
    },
  },
  {
    id: 'create.own-id',
    section: '7643 3.1',
    title: 'the id is given by the server, whatever the client sends',
    level: 'MUST',
    run: async (client, world) => {
      const id = world.word('my-id');
      const answer = await client.post('/Users', world.userBody({ id }));
      expectStatus(answer, 201);
      expectThat(answer, answer.body['id'] !== id, 'another id', answer.body['id']);
    },
  },
  {
    id: 'create.own-meta',
    section: '7644 3.3',
    title: 'a meta that the client sends is ignored',
    level: 'MUST',
    run: async (client, world) => {
      const meta = {
        resourceType: 'Group',
        created: '1999-01-01T00:00:00Z',
        lastModified: '1999-01-01T00:00:00Z',
        location: 'https://evil.example/',
        version: 'W/"mine"',
      };
      const answer = await client.post('/Users', world.userBody({ meta }));
      expectStatus(answer, 201);
      for (const [name, value] of Object.entries(meta)) {
        const got = objectAt(answer.body['meta'])[name];
        expectThat(answer, got !== value, `another meta.${name}`, got);
      }
    },
  },
  {
    id: 'create.unique-ids',
    section: '7643 3.1',
    title: 'every resource has an id of its own',
    level: 'MUST',
    run: async (client, world) => {
      const first = await world.newUser();
      const second = await client.post('/Users', world.userBody());
      expectThat(second, second.body['id'] !== first.id, 'another id than the User before', second.body['id']);
    },
  },
  {
    id: 'create.external-id',
    section: '7643 3.1',
    title: 'externalId is kept as it was sent',
    level: 'MUST',
    run: async (client, world) => {
      const externalId = `${world.word('Ext')}/ÄÖ 1`;
      const { path } = await world.newUser({ externalId });
      const answer = await client.get(path);
      expectEqual(answer, 'externalId', answer.body['externalId'], externalId);
    },
  },
  {
    id: 'create.duplicate',
    section: '7644 3.3',
    title: 'a second User of the same userName is 409',
    level: 'MUST',
    run: async (client, world) => {
      const { body } = await world.newUser();
      const answer = await client.post('/Users', world.userBody({ userName: body['userName'] }));
      expectStatus(answer, 409);
      expectErrorBody(answer);
    },
  },
  {
    id: 'create.duplicate-type',
    section: '7644 3.3',
    title: 'a duplicate has the scimType uniqueness',
    level: 'MUST',
    run: async (client, world) => {
      const { body } = await world.newUser();
      const answer = await client.post('/Users', world.userBody({ userName: body['userName'] }));
      expectRefusal(answer);
      expectEqual(answer, 'scimType', answer.body['scimType'], 'uniqueness');
    },
  },
  {
    id: 'create.duplicate-case',
    section: '7643 4.1.1',
    title: 'a userName in another case is the same userName',
    level: 'MUST',
    run: async (client, world) => {
      const { body } = await world.newUser();
      expectRefusal(await client.post('/Users', world.userBody({ userName: String(body['userName']).toUpperCase() })));
    },
  },
  {
    id: 'create.same-name',
    section: '7644 3.3',
    title: 'two Users may have the same names and addresses',
    level: 'SHOULD',
    run: async (client, world) => {
      const body = world.userBody();
      expectSuccess(await client.post('/Users', body));
      expectStatus(await client.post('/Users', { ...body, userName: world.userName() }), 201);
    },
  },
  ...refused(),
  {
    id: 'create.password-hidden',
    section: '7643 4.1.1',
    title: 'a password never comes back, in the answer to the POST, a GET or a list',
    level: 'MUST',
    run: async (client, world) => {
      world.needs(USER, 'password');
      const password = 'Pw-9f!conformance-Long';
      const { path, body } = await world.newUser({ password });
      const listed = world.facts.missing.has('filter')
        ? []
        : [await client.get('/Users', { filter: `userName eq "${String(body['userName'])}"` })];
      for (const answer of [await client.post('/Users', world.userBody({ password })), await client.get(path), ...listed])
        expectThat(answer, !answer.text.includes('password') && !answer.text.includes(password), 'no password');
    },
  },
  {
    id: 'create.case-of-names',
    section: '7643 2.1',
    title: 'attribute names count in any case',
    level: 'MUST',
    run: async (client, world) => {
      const { userName, displayName, ...rest } = world.userBody();
      const answer = await client.post('/Users', {
        ...rest,
        USERNAME: userName,
        ...(displayName === undefined ? {} : { displayname: displayName }),
      });
      expectStatus(answer, 201);
      expectEqual(answer, 'userName', answer.body['userName'], userName);
      if (displayName !== undefined) expectEqual(answer, 'displayName', answer.body['displayName'], displayName);
    },
  },
  {
    id: 'create.unknown-schema',
    section: '7643 3.3',
    title: 'a schema URN beside the right one that the server does not know does no harm (Entra sends one)',
    level: 'SHOULD',
    run: async (client, world) => {
      expectStatus(await client.post('/Users', world.userBody({ schemas: [USER, 'urn:conformance:unknown:1.0:User'] })), 201);
    },
  },
  {
    id: 'create.prototype-keys',
    section: '7643 2.1',
    title: 'keys such as __proto__ are refused or ignored, and change nothing for the next request',
    level: 'MUST',
    run: async (client, world) => {
      const text = JSON.stringify(world.userBody()).replace(
        '{',
        '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},',
      );
      const answer = await client.post('/Users', text);
      expectThat(answer, answer.status < 500, 'no breakdown');
      const next = await client.post('/Users', world.userBody());
      expectThat(next, !next.text.includes('polluted') && !answer.text.includes('polluted'), 'nothing of it in this or the next answer');
    },
  },
];

function refused(): readonly Check[] {
  const isBadRequest = (answer: Answer): void => {
    expectStatus(answer, 400);
    expectErrorBody(answer);
  };
  return [
    {
      id: 'create.no-user-name',
      section: '7643 4.1.1',
      title: 'a User without a userName is 400',
      level: 'MUST',
      run: async (client, world) => isBadRequest(await client.post('/Users', world.userBody({ userName: undefined }))),
    },
    {
      id: 'create.no-user-name-type',
      section: '7644 3.12',
      title: 'a missing required value has the scimType invalidValue',
      level: 'SHOULD',
      run: async (client, world) => expectError(await client.post('/Users', world.userBody({ userName: undefined })), 400, 'invalidValue'),
    },
    {
      id: 'create.empty-user-name',
      section: '7643 4.1.1',
      title: 'an empty userName is 400: it must not be empty',
      level: 'MUST',
      run: async (client, world) => {
        for (const userName of ['', null]) isBadRequest(await client.post('/Users', world.userBody({ userName })));
      },
    },
    {
      id: 'create.wrong-type',
      section: '7643 2.3',
      title: 'a value of another type than the attribute has is 400',
      level: 'SHOULD',
      run: async (client, world) => {
        for (const userName of [[world.userName()], { value: world.userName() }, true])
          isBadRequest(await client.post('/Users', world.userBody({ userName })));
        if (world.has(USER, 'active')) isBadRequest(await client.post('/Users', world.userBody({ active: 'perhaps' })));
      },
    },
    {
      id: 'create.no-schemas',
      section: '7643 3',
      title: 'a resource without schemas is 400',
      level: 'SHOULD',
      run: async (client, world) => isBadRequest(await client.post('/Users', world.userBody({ schemas: undefined }))),
    },
    {
      id: 'create.wrong-schemas',
      section: '7643 3',
      title: 'a resource of another schema than the endpoint has is 400',
      level: 'SHOULD',
      run: async (client, world) =>
        isBadRequest(await client.post('/Users', world.userBody({ schemas: ['urn:conformance:unknown:1.0:User'] }))),
    },
    {
      id: 'create.two-primaries',
      section: '7643 2.4',
      title: 'two primary values in one attribute are 400',
      level: 'SHOULD',
      run: async (client, world) => {
        world.needs(USER, 'emails.primary');
        const at = (what: string) => ({ value: `${world.word(what)}@conformance.example`, primary: true });
        isBadRequest(
          await client.post(
            '/Users',
            world.userBody({
              emails: [
                { ...at('w'), type: 'work' },
                { ...at('h'), type: 'home' },
              ],
            }),
          ),
        );
      },
    },
  ];
}
