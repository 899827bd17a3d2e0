import type { Answer } from './answer.js';
import type { Client } from './client.js';
import { isObject, type JsonObject, objectAt, objectsAt } from './json.js';
import { ENTERPRISE, GROUP, SEARCH_REQUEST, USER } from './names.js';

/** What a server may leave out and says so, in its ServiceProviderConfig or by its answer to a probe. */
export type Feature =
  | 'patch'
  | 'bulk'
  | 'filter'
  | 'sort'
  | 'etag'
  | 'index'
  | 'cursor'
  | 'search'
  | 'root-search'
  | 'root-query'
  | 'groups'
  | 'nested'
  | 'enterprise'
  | 'me';

/** What the server says that it is; the checks hold it to that. */
export interface Facts {
  /** The document of /ServiceProviderConfig; empty when it could not be read. */
  readonly config: JsonObject;
  /** By URN; null when /Schemas could not be read. */
  readonly schemas: ReadonlyMap<string, JsonObject> | null;
  readonly resourceTypes: readonly JsonObject[];
  /** Why a feature is not looked at; absent: it is offered. */
  readonly missing: ReadonlyMap<Feature, string>;
}

/** Reads discovery and probes what discovery has no word for. Throws `NoAnswer` when the server cannot be reached. */
export async function readFacts(client: Client): Promise<Facts> {
  const { body: config } = await client.get('/ServiceProviderConfig');
  const listed = await client.get('/Schemas');
  const types = await client.get('/ResourceTypes');
  const schemas = listed.status === 200 ? byId(objectsAt(listed.body['Resources'])) : null;
  const resourceTypes = objectsAt(types.body['Resources']);
  const missing = new Map([...unsupported(config), ...absentTypes(types, resourceTypes, schemas), ...(await probes(client))]);
  return { config, schemas, resourceTypes, missing };
}

function byId(documents: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  return new Map(documents.map((document) => [String(document['id']), document]));
}

/** A server without a readable configuration is taken to offer what most do. */
function unsupported(config: JsonObject): [Feature, string][] {
  const missing: [Feature, string][] = [];
  for (const feature of ['patch', 'bulk', 'filter', 'sort', 'etag'] as const) {
    const { supported } = objectAt(config[feature]);
    if (supported === false || (supported === undefined && feature === 'bulk'))
      missing.push([feature, `ServiceProviderConfig does not say ${feature}.supported`]);
  }
  const pagination = objectAt(config['pagination']);
  if (pagination['cursor'] !== true) missing.push(['cursor', 'ServiceProviderConfig does not say pagination.cursor']);
  if (pagination['index'] === false) missing.push(['index', 'ServiceProviderConfig says pagination.index: false']);
  return missing;
}

function absentTypes(answer: Answer, types: readonly JsonObject[], schemas: Facts['schemas']): [Feature, string][] {
  const missing: [Feature, string][] = [];
  if (answer.status !== 200) return missing;
  const user = types.find((type) => type['schema'] === USER);
  const extensions = objectsAt(user?.['schemaExtensions']).map((extension) => extension['schema']);
  if (!extensions.includes(ENTERPRISE)) missing.push(['enterprise', 'the User type has no enterprise extension']);
  if (!types.some((type) => type['schema'] === GROUP)) missing.push(['groups', 'there is no resource type Group']);
  const members = attributeOf(schemas?.get(GROUP), 'members');
  const reference = objectsAt(members?.['subAttributes']).find((sub) => sub['name'] === '$ref');
  const targets = reference?.['referenceTypes'];
  if (schemas !== null && !(Array.isArray(targets) && targets.includes('Group')))
    missing.push(['nested', 'members.$ref does not name Group among its referenceTypes']);
  return missing;
}

/** `POST …/.search`, `GET /` and `/Me` are optional, and discovery does not tell of them. */
async function probes(client: Client): Promise<[Feature, string][]> {
  const missing: [Feature, string][] = [];
  const filter = 'userName eq "nobody@conformance.invalid"';
  const request = { schemas: [SEARCH_REQUEST], filter, count: 1 };
  const asked: [Feature, string, Answer][] = [
    ['search', 'POST /Users/.search', await client.post('/Users/.search', request)],
    ['root-search', 'POST /.search', await client.post('/.search', request)],
    ['root-query', 'GET /', await client.get('/', { filter, count: 1 })],
    ['me', 'GET /Me', await client.get('/Me')],
  ];
  for (const [feature, what, { status }] of asked)
    if ([403, 404, 405, 501].includes(status)) missing.push([feature, `not offered: ${what} answers ${status}`]);
  return missing;
}

export function attributeOf(schema: JsonObject | undefined, name: string): JsonObject | undefined {
  return objectsAt(schema?.['attributes']).find((attribute) => String(attribute['name']).toLowerCase() === name.toLowerCase());
}

/** Every attribute of a schema with its sub-attributes, by its path (`name.givenName`). */
export function attributePaths(schema: JsonObject | undefined): readonly (readonly [string, JsonObject])[] {
  return objectsAt(schema?.['attributes']).flatMap((attribute) => [
    [String(attribute['name']), attribute] as const,
    ...objectsAt(attribute['subAttributes']).map((sub) => [`${attribute['name']}.${sub['name']}`, sub] as const),
  ]);
}

/** Does this schema describe the attribute at this path? Without schemas every name of the RFC is taken to be known. */
export function describes(facts: Facts, urn: string, path: string): boolean {
  if (facts.schemas === null) return true;
  const [name = '', sub] = path.split('.');
  const attribute = attributeOf(facts.schemas.get(urn), name);
  if (attribute === undefined) return false;
  return sub === undefined || objectsAt(attribute['subAttributes']).some((one) => one['name'] === sub);
}

/** The schema of an extension inside a resource is keyed by its URN. */
export function extensionOf(resource: JsonObject, urn: string): JsonObject {
  const value = resource[urn];
  return isObject(value) ? value : {};
}
