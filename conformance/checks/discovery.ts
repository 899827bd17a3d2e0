import type { Check } from '../check.js';
import { expectEqual, expectErrorBody, expectList, expectRefusal, expectStatus, expectThat, totalOf } from '../expect.js';
import { isObject, objectAt, objectsAt, stringsAt } from '../json.js';
import { RESOURCE_TYPE, SCHEMA, SERVICE_PROVIDER_CONFIG, USER } from '../names.js';

const CONFIG = '/ServiceProviderConfig';

export const DISCOVERY: readonly Check[] = [
  {
    id: 'discovery.config',
    section: '7644 4',
    title: 'GET /ServiceProviderConfig answers the document',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get(CONFIG);
      expectStatus(answer, 200);
      expectEqual(answer, 'schemas', answer.body['schemas'], [SERVICE_PROVIDER_CONFIG]);
    },
  },
  {
    id: 'discovery.config-features',
    section: '7643 5',
    title: 'patch, bulk, filter, changePassword, sort and etag each say whether they are supported',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get(CONFIG);
      for (const name of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag']) {
        const { supported } = objectAt(answer.body[name]);
        expectThat(answer, typeof supported === 'boolean', `${name}.supported: true or false`, supported);
      }
    },
  },
  {
    id: 'discovery.config-numbers',
    section: '7643 5',
    title: 'bulk.maxOperations, bulk.maxPayloadSize and filter.maxResults are integers',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get(CONFIG);
      const { maxOperations, maxPayloadSize } = objectAt(answer.body['bulk']);
      const { maxResults } = objectAt(answer.body['filter']);
      for (const [name, value] of Object.entries({ maxOperations, maxPayloadSize, maxResults }))
        expectThat(answer, Number.isInteger(value), `${name}: an integer`, value);
    },
  },
  {
    id: 'discovery.config-authentication',
    section: '7643 5',
    title: 'authenticationSchemes names at least one scheme, each with type, name and description',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get(CONFIG);
      const schemes = objectsAt(answer.body['authenticationSchemes']);
      expectThat(answer, schemes.length > 0, 'at least one of authenticationSchemes', answer.body['authenticationSchemes']);
      for (const scheme of schemes)
        for (const name of ['type', 'name', 'description'])
          expectThat(answer, typeof scheme[name] === 'string', `a scheme with ${name}`, scheme);
    },
  },
  {
    id: 'discovery.config-meta',
    section: '7643 5',
    title: 'meta of the configuration has its resourceType and location',
    level: 'SHOULD',
    run: async (client) => {
      const answer = await client.get(CONFIG);
      const meta = objectAt(answer.body['meta']);
      expectEqual(answer, 'meta.resourceType', meta['resourceType'], 'ServiceProviderConfig');
      expectThat(answer, String(meta['location']).endsWith(CONFIG), 'meta.location of the document', meta['location']);
    },
  },
  {
    id: 'discovery.config-read-only',
    section: '7644 4',
    title: 'nobody can change the configuration',
    level: 'MUST',
    run: async (client) => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        expectRefusal(await client.send(method, CONFIG, method === 'DELETE' ? undefined : {}));
    },
  },
  ...(['Schemas', 'ResourceTypes'] as const).flatMap(listed),
  {
    id: 'discovery.resource-types-required',
    section: '7643 6',
    title: 'a resource type has name, endpoint and schema',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get('/ResourceTypes');
      for (const type of objectsAt(answer.body['Resources']))
        for (const name of ['name', 'endpoint', 'schema'])
          expectThat(answer, typeof type[name] === 'string', `a resource type with ${name}`, type);
    },
  },
  {
    id: 'discovery.resource-types-user',
    section: '7643 6',
    title: 'the resource type of Users is there',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get('/ResourceTypes');
      const found = objectsAt(answer.body['Resources']).some((type) => type['schema'] === USER);
      expectThat(answer, found, `a resource type of ${USER}`);
    },
  },
  {
    id: 'discovery.endpoints',
    section: '7643 6',
    title: 'the endpoint of every resource type answers',
    level: 'MUST',
    run: async (client, { facts }) => {
      for (const { endpoint } of facts.resourceTypes) {
        const path = String(endpoint)
          .replace(/^(?:https?:)?\/?\/?/, '/')
          .replace(/^.*(?=\/[^/]+$)/, '');
        expectStatus(await client.get(path, { count: 1 }), 200);
      }
    },
  },
  {
    id: 'discovery.schemas-exist',
    section: '7643 6',
    title: 'the schema and the extensions of every resource type are in /Schemas',
    level: 'MUST',
    run: async (client) => {
      const known = objectsAt((await client.get('/Schemas')).body['Resources']).map(({ id }) => id);
      const answer = await client.get('/ResourceTypes');
      for (const type of objectsAt(answer.body['Resources'])) {
        const named = [type['schema'], ...objectsAt(type['schemaExtensions']).map(({ schema }) => schema)];
        for (const urn of named) expectThat(answer, known.includes(urn), `${String(urn)} among the schemas`, known as string[]);
      }
    },
  },
  {
    id: 'discovery.extensions',
    section: '7643 6',
    title: 'each of schemaExtensions has schema and required',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get('/ResourceTypes');
      for (const extension of objectsAt(answer.body['Resources']).flatMap((type) => objectsAt(type['schemaExtensions']))) {
        expectThat(answer, typeof extension['schema'] === 'string', 'an extension with schema', extension);
        expectThat(answer, typeof extension['required'] === 'boolean', 'an extension with required: true or false', extension);
      }
    },
  },
  {
    id: 'discovery.anonymous',
    section: '7644 4',
    title: 'discovery can be read without a token',
    level: 'MAY',
    run: async (client) => {
      for (const path of [CONFIG, '/Schemas', '/ResourceTypes']) expectStatus(await client.get(path, {}, { authorization: null }), 200);
    },
  },
];

function listed(kind: 'Schemas' | 'ResourceTypes'): readonly Check[] {
  const [urn, name, singular] = kind === 'Schemas' ? [SCHEMA, 'schemas', 'Schema'] : [RESOURCE_TYPE, 'resource-types', 'ResourceType'];
  return [
    {
      id: `discovery.${name}`,
      section: '7644 4',
      title: `GET /${kind} answers a ListResponse of all ${kind}`,
      level: 'MUST',
      run: async (client) => {
        const answer = await client.get(`/${kind}`);
        const documents = expectList(answer);
        expectThat(answer, documents.length > 0, 'at least one document');
        expectThat(answer, totalOf(answer) === documents.length, `totalResults ${documents.length}`, answer.body['totalResults']);
        for (const document of documents) expectThat(answer, stringsAt(document['schemas']).includes(urn), `documents of ${urn}`, document);
      },
    },
    {
      id: `discovery.${name}-one`,
      section: '7644 4',
      title: `each of /${kind} can be read by itself and is the same`,
      level: 'MUST',
      run: async (client) => {
        const documents = objectsAt((await client.get(`/${kind}`)).body['Resources']);
        for (const document of documents) {
          const key = document['id'] ?? document['name'];
          const answer = await client.get(`/${kind}/${encodeURIComponent(String(key))}`);
          expectStatus(answer, 200);
          expectEqual(answer, 'the document', answer.body, document);
        }
      },
    },
    {
      id: `discovery.${name}-unknown`,
      section: '7644 3.12',
      title: `an unknown one of /${kind} is 404`,
      level: 'MUST',
      run: async (client) => {
        const answer = await client.get(`/${kind}/urn:conformance:nothing`);
        expectStatus(answer, 404);
        expectErrorBody(answer);
      },
    },
    {
      id: `discovery.${name}-meta`,
      section: '7643 3.1',
      title: `each of /${kind} has its location in meta`,
      level: 'SHOULD',
      run: async (client) => {
        const answer = await client.get(`/${kind}`);
        for (const { meta } of objectsAt(answer.body['Resources'])) {
          expectThat(answer, isObject(meta) && String(meta['location']).includes(`/${kind}/`), 'meta.location of the document', meta);
          expectEqual(answer, 'meta.resourceType', objectAt(meta)['resourceType'], singular);
        }
      },
    },
    {
      id: `discovery.${name}-filter`,
      section: '7644 4',
      title: `a filter on /${kind} is refused with 403, so that nobody takes all for the matching ones`,
      level: 'SHOULD',
      run: async (client) => {
        const answer = await client.get(`/${kind}`, { filter: 'id eq "x"' });
        expectStatus(answer, 403);
      },
    },
    {
      id: `discovery.${name}-parameters`,
      section: '7644 4',
      title: `sorting and paging parameters on /${kind} are ignored`,
      level: 'MUST',
      run: async (client) => {
        const all = await client.get(`/${kind}`);
        const answer = await client.get(`/${kind}`, { startIndex: 2, count: 1, sortBy: 'name', sortOrder: 'descending' });
        expectStatus(answer, 200);
        expectEqual(answer, 'Resources', answer.body['Resources'], all.body['Resources']);
      },
    },
  ];
}
