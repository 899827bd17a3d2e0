import type { Check } from '../check.js';
import { attributeOf, attributePaths } from '../facts.js';
import { NotOffered } from '../verdict.js';
import { expectError, expectRefusal, expectStatus, expectThat } from '../expect.js';
import { isObject, type Json, type JsonObject, objectsAt } from '../json.js';
import { BULK_REQUEST, ENTERPRISE, GROUP, USER } from '../names.js';
import type { World } from '../world.js';

/** What the server says of itself is held against what it does. */
export const TRUTH: readonly Check[] = [
  unsupported('bulk', 'POST /Bulk', async (client) => {
    expectStatus(await client.post('/Bulk', { schemas: [BULK_REQUEST], Operations: [] }), 501, 404, 403, 405);
  }),
  unsupported('patch', 'a PATCH', async (client, world) => {
    const { path } = await world.user();
    expectStatus(await client.patch(path, { op: 'replace', path: 'displayName', value: 'x' }), 501, 404, 403, 405);
  }),
  unsupported('filter', 'a filter', async (client) => {
    const answer = await client.get('/Users', { filter: 'userName eq "nobody"' });
    if (answer.status !== 200) expectRefusal(answer);
    else expectThat(answer, answer.body['totalResults'] === 0, 'a refusal, not the unfiltered list');
  }),
  ...schemaDocuments(),
  {
    id: 'truth.user-described',
    section: '7643 7',
    title: 'every attribute of a User as it is shown is described in /Schemas, in type and plurality',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.get((await fullUser(world)).path);
      expectDescribed(answer, answer.body, world);
    },
  },
  {
    id: 'truth.group-described',
    section: '7643 7',
    title: 'every attribute of a Group as it is shown is described in /Schemas, in type and plurality',
    level: 'MUST',
    feature: 'groups',
    run: async (client, world) => {
      const user = await world.user();
      const answer = await client.get((await world.newGroup({ members: [{ value: user.id }] })).path);
      expectDescribed(answer, answer.body, world);
    },
  },
  {
    id: 'truth.never-returned',
    section: '7643 7',
    title: 'what /Schemas describes as returned "never" or writeOnly is not in a User',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.get((await fullUser(world)).path);
      const hidden = attributePaths(world.facts.schemas?.get(USER)).filter(([, { returned }]) => returned === 'never');
      for (const [path] of hidden) expectThat(answer, answer.body[path] === undefined, `no ${path}`);
    },
  },
  {
    id: 'truth.required',
    section: '7643 7',
    title: 'a User without an attribute that /Schemas calls required is refused',
    level: 'MUST',
    run: async (client, world) => {
      const required = objectsAt(world.facts.schemas?.get(USER)?.['attributes']).filter((one) => one['required'] === true);
      for (const { name, mutability } of required)
        if (mutability !== 'readOnly') expectError(await client.post('/Users', world.userBody({ [String(name)]: undefined })), 400);
    },
  },
  {
    id: 'truth.read-only',
    section: '7643 7',
    title: 'a value sent for an attribute that /Schemas calls readOnly is ignored',
    level: 'MUST',
    run: async (client, world) => {
      const planted: Record<string, Json> = {};
      for (const { name, mutability, multiValued, type } of objectsAt(world.facts.schemas?.get(USER)?.['attributes'])) {
        const value = type === 'complex' ? { value: 'planted' } : 'planted';
        if (mutability === 'readOnly') planted[String(name)] = multiValued === true ? [value] : value;
      }
      const answer = await client.post('/Users', world.userBody(planted));
      if (answer.status > 299) throw new NotOffered(`a User with readOnly attributes is refused (${answer.status})`);
      expectThat(answer, !answer.text.includes('planted'), 'none of the values that were sent for readOnly attributes');
    },
  },
  {
    id: 'truth.max-results',
    section: '7643 5',
    title: 'a list has no more rows than filter.maxResults',
    level: 'MUST',
    run: async (client, world) => {
      const { maxResults } = world.configOf('filter');
      if (typeof maxResults !== 'number' || maxResults < 1) throw new NotOffered('no filter.maxResults is stated');
      await world.crowd();
      const answer = await client.get('/Users', { count: maxResults + 1000 });
      const rows = objectsAt(answer.body['Resources']).length;
      expectThat(answer, rows <= maxResults, `at most ${maxResults} rows`, rows);
    },
  },
];

function unsupported(feature: 'bulk' | 'patch' | 'filter', what: string, run: Check['run']): Check {
  return {
    id: `truth.no-${feature}`,
    section: '7643 5',
    title: `with ${feature}.supported false, ${what} is refused`,
    level: 'MUST',
    run: async (client, world) => {
      if (!world.facts.missing.has(feature)) throw new NotOffered(`${feature} is supported`);
      await run(client, world);
    },
  };
}

/** A User with a value in as many places as the schema has, so that there is something to compare. */
function fullUser(world: World) {
  const usual: JsonObject = {
    externalId: world.word('external'),
    nickName: 'Con',
    title: 'Checker',
    userType: 'Employee',
    preferredLanguage: 'en-GB',
    locale: 'en-GB',
    timezone: 'Europe/London',
    password: 'Pw-9f!conformance-Long',
    profileUrl: 'https://conformance.example/profile',
    phoneNumbers: [{ value: '+44 20 7946 0000', type: 'work' }],
    addresses: [{ type: 'work', locality: 'London', country: 'GB' }],
  };
  const kept = Object.entries(usual).filter(([name]) => name === 'externalId' || world.has(USER, name));
  return world.newUser(Object.fromEntries(kept));
}

const SHARED = new Set(['schemas', 'id', 'externalid', 'meta']);

function expectDescribed(answer: Parameters<typeof expectThat>[0], resource: JsonObject, world: World): void {
  const { schemas } = world.facts;
  if (schemas === null) throw new NotOffered('/Schemas cannot be read');
  const core = resource['userName'] === undefined ? GROUP : USER;
  for (const [name, value] of Object.entries(resource)) {
    if (SHARED.has(name.toLowerCase()) || value === undefined) continue;
    const extension = schemas.get(name);
    if (extension !== undefined && isObject(value)) {
      for (const [inner, one] of Object.entries(value)) expectFits(answer, inner, one, attributeOf(extension, inner));
    } else expectFits(answer, name, value, attributeOf(schemas.get(core), name));
  }
}

function expectFits(
  answer: Parameters<typeof expectThat>[0],
  name: string,
  value: Json | undefined,
  described: JsonObject | undefined,
): void {
  expectThat(answer, described !== undefined, `a description of ${name} in /Schemas`);
  if (described === undefined || value === null || value === undefined) return;
  const many = described['multiValued'] === true;
  expectThat(answer, Array.isArray(value) === many, `${name}: ${many ? 'an array' : 'one value'}, as described`, value);
  const values = Array.isArray(value) ? (value as readonly Json[]) : [value];
  for (const one of values) {
    expectThat(answer, isOfType(one, String(described['type'])), `${name} of type ${String(described['type'])}`, one);
    if (!isObject(one)) continue;
    for (const [sub, inner] of Object.entries(one)) {
      const known = objectsAt(described['subAttributes']).find((entry) => entry['name'] === sub);
      expectThat(answer, known !== undefined, `a description of ${name}.${sub} in /Schemas`);
      if (known !== undefined && inner !== undefined)
        expectThat(answer, isOfType(inner, String(known['type'])), `${name}.${sub} of type ${String(known['type'])}`, inner);
    }
  }
}

function isOfType(value: Json, type: string): boolean {
  if (type === 'complex') return isObject(value);
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'decimal') return typeof value === 'number';
  return typeof value === 'string';
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  type: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex'],
  mutability: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  returned: ['always', 'never', 'default', 'request'],
  uniqueness: ['none', 'server', 'global'],
};

function schemaDocuments(): readonly Check[] {
  return [
    {
      id: 'truth.characteristics',
      section: '7643 7',
      title: 'every attribute has name, type, multiValued and required, and only words of the RFC as characteristics',
      level: 'MUST',
      run: async (client) => {
        const answer = await client.get('/Schemas');
        for (const [path, attribute] of objectsAt(answer.body['Resources']).flatMap(attributePaths)) {
          expectThat(answer, typeof attribute['multiValued'] === 'boolean', `${path}.multiValued: true or false`, attribute);
          expectThat(answer, typeof attribute['required'] === 'boolean', `${path}.required: true or false`, attribute);
          for (const [name, words] of Object.entries(ALLOWED)) {
            const value = attribute[name];
            const fits = value === undefined ? name !== 'type' : words.includes(String(value));
            expectThat(answer, fits, `${path}.${name}: one of ${words.join(', ')}`, attribute);
          }
        }
      },
    },
    {
      id: 'truth.sub-attributes',
      section: '7643 7',
      title: 'a complex attribute describes its sub-attributes',
      level: 'MUST',
      run: async (client) => {
        const answer = await client.get('/Schemas');
        for (const attribute of objectsAt(answer.body['Resources']).flatMap((schema) => objectsAt(schema['attributes'])))
          if (attribute['type'] === 'complex')
            expectThat(answer, objectsAt(attribute['subAttributes']).length > 0, 'subAttributes of a complex attribute', attribute);
      },
    },
    {
      id: 'truth.no-nulls',
      section: '7643 7',
      title: 'no schema document holds a null (Entra stops reading there)',
      level: 'SHOULD',
      run: async (client) => {
        const answer = await client.get('/Schemas');
        expectThat(answer, !/:\s*null\b/.test(answer.text), 'no null');
      },
    },
    described('user-name', '4.1.1', USER, 'userName', { required: true, caseExact: false, uniqueness: 'server' }),
    described('password', '4.1.1', USER, 'password', { mutability: 'writeOnly', returned: 'never' }),
    described('user-groups', '4.1.2', USER, 'groups', { multiValued: true, mutability: 'readOnly' }),
    described('emails', '4.1.2', USER, 'emails', { multiValued: true, type: 'complex' }),
    described('members', '4.2', GROUP, 'members', { multiValued: true, type: 'complex' }, 'groups'),
    described('manager', '4.3', ENTERPRISE, 'manager', { type: 'complex', multiValued: false }, 'enterprise'),
  ];
}

function described(id: string, section: string, urn: string, name: string, expected: JsonObject, feature?: 'groups' | 'enterprise'): Check {
  const words = Object.entries(expected).map(([key, value]) => `${key} ${String(value)}`);
  return {
    id: `truth.${id}`,
    section: `7643 ${section}`,
    title: `${name} is described as ${words.join(', ')}`,
    level: 'MUST',
    ...(feature === undefined ? {} : { feature }),
    run: async (client, world) => {
      world.needs(urn, name);
      const answer = await client.get('/Schemas');
      const schema = objectsAt(answer.body['Resources']).find((one) => one['id'] === urn);
      const attribute = attributeOf(schema, name);
      // A global name is unique on the server as well.
      for (const [key, value] of Object.entries(expected))
        expectThat(
          answer,
          attribute?.[key] === value || (key === 'uniqueness' && attribute?.[key] === 'global'),
          `${name}.${key}: ${String(value)}`,
          attribute?.[key],
        );
    },
  };
}
