import { isObject, type JsonObject, objectAt, objectsAt, stringsAt } from '../../../conformance/json.js';
import { answers, bodies, both, fault, type Fault, resources, scimError, status, to } from './fault.js';

const CONFIG = to('GET', /^\/ServiceProviderConfig$/);
const SCHEMAS = to('GET', /^\/Schemas$/);
const TYPES = to('GET', /^\/ResourceTypes$/);
const DOCUMENTS = /^\/(?:Schemas|ResourceTypes)$/;
const A_DOCUMENT = /^\/(?:Schemas|ResourceTypes)\/./;

function config(change: JsonObject) {
  return bodies(CONFIG, (body) => ({ ...body, ...change }));
}

/** Every attribute of every schema, as the server describes it. */
function described(change: (attribute: JsonObject) => JsonObject) {
  return bodies(SCHEMAS, (body) => ({
    ...body,
    Resources: objectsAt(body['Resources']).map((schema) => ({ ...schema, attributes: objectsAt(schema['attributes']).map(change) })),
  }));
}

function describedAs(name: string, change: JsonObject) {
  return described((attribute) => (attribute['name'] === name ? { ...attribute, ...change } : attribute));
}

function types(change: (type: JsonObject) => JsonObject) {
  return bodies(TYPES, (body) => ({ ...body, Resources: objectsAt(body['Resources']).map(change) }));
}

export const DISCOVERY_FAULTS: readonly Fault[] = [
  fault('has no configuration', { instead: (request) => (CONFIG(request) ? scimError(404) : null) }),
  fault('sends a configuration without schemas', config({ schemas: [] })),
  fault('says supported as a text', config({ sort: { supported: 'true' }, etag: { supported: 'true' } })),
  fault('states limits as texts', config({ filter: { supported: true, maxResults: '200' } })),
  fault('names no way to authenticate', config({ authenticationSchemes: [] })),
  fault(
    'has no meta in its documents',
    bodies(to('GET', /^\/(?:ServiceProviderConfig|Schemas|ResourceTypes)$/), ({ meta: _meta, ...body }) => ({
      ...body,
      ...(body['Resources'] === undefined ? {} : { Resources: objectsAt(body['Resources']).map(({ meta: _inner, ...rest }) => rest) }),
    })),
  ),
  fault('lets the configuration be changed', {
    instead: (request) =>
      request.method !== 'GET' && request.path === '/ServiceProviderConfig' ? { status: 200, headers: {}, body: {} } : null,
  }),
  fault(
    'lists documents without a ListResponse',
    bodies(to('GET', DOCUMENTS), ({ schemas: _schemas, ...body }) => body),
  ),
  fault(
    'miscounts its documents',
    bodies(to('GET', DOCUMENTS), (body) => ({ ...body, totalResults: 1 })),
  ),
  fault('does not show single documents', { instead: (request) => (to('GET', A_DOCUMENT)(request) ? scimError(404) : null) }),
  fault(
    'answers any name of a document',
    answers(
      (request, answer) => to('GET', A_DOCUMENT)(request) && answer.status === 404,
      () => ({ status: 200, headers: { 'content-type': 'application/scim+json' }, body: {} }),
    ),
  ),
  fault('answers a filter on its documents with all of them', {
    request: (request) => (DOCUMENTS.test(request.path) ? { ...request, query: {} } : request),
  }),
  fault(
    'pages its documents',
    bodies(to('GET', DOCUMENTS), (body, { query }) =>
      query['count'] === undefined ? body : { ...body, Resources: objectsAt(body['Resources']).slice(1, 2) },
    ),
  ),
  fault(
    'has resource types without an endpoint',
    types(({ endpoint: _endpoint, ...type }) => type),
  ),
  fault(
    'names an endpoint that is not there',
    types((type) => (type['name'] === 'User' ? { ...type, endpoint: '/People' } : type)),
  ),
  fault(
    'does not list Users among its types',
    bodies(TYPES, (body) => ({ ...body, totalResults: 1, Resources: objectsAt(body['Resources']).slice(1) })),
  ),
  fault(
    'names an extension that it does not describe',
    types((type) =>
      type['name'] === 'User'
        ? { ...type, schemaExtensions: [...objectsAt(type['schemaExtensions']), { schema: 'urn:not:described', required: false }] }
        : type,
    ),
  ),
  fault(
    'does not say whether an extension is required',
    types((type) => ({
      ...type,
      ...(type['schemaExtensions'] === undefined
        ? {}
        : { schemaExtensions: objectsAt(type['schemaExtensions']).map(({ schema }) => ({ schema })) }),
    })),
  ),
  fault('shows discovery to nobody without a token', {
    instead: (request) =>
      /^\/(?:Service|Schemas|Resource)/.test(request.path) && request.headers['authorization'] === undefined ? scimError(401) : null,
  }),
  fault('denies bulk, and does it', config({ bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 } })),
  fault('denies PATCH, and does it', config({ patch: { supported: false } })),
  fault(
    'denies filters, and answers with everybody',
    both(config({ filter: { supported: false, maxResults: 200 } }), {
      request: (request) => ({
        ...request,
        query: Object.fromEntries(Object.entries(request.query).filter(([name]) => name !== 'filter')),
      }),
    }),
  ),
  fault('promises fewer rows than it answers', config({ filter: { supported: true, maxResults: 3 } })),
  fault('states bulk limits of 0', config({ bulk: { supported: true, maxOperations: 0, maxPayloadSize: 0 } })),
  fault('states pagination in texts', config({ pagination: { cursor: true, index: 'yes', maxPageSize: 150 } })),
  fault(
    'says that it pages by cursor, and pages by index',
    config({ pagination: { cursor: true, index: true, defaultPaginationMethod: 'cursor', maxPageSize: 150 } }),
  ),
  fault(
    'answers more than maxPageSize',
    config({ pagination: { cursor: true, index: true, defaultPaginationMethod: 'index', maxPageSize: 2 } }),
  ),
  fault(
    'does not describe what it shows',
    bodies(SCHEMAS, (body) => ({
      ...body,
      Resources: objectsAt(body['Resources']).map((schema) => ({
        ...schema,
        attributes: objectsAt(schema['attributes']).filter(({ name }) => name !== 'active' && name !== 'members'),
      })),
    })),
  ),
  fault('describes values of another type', describedAs('active', { type: 'string' })),
  fault('describes one value where there are several', describedAs('members', { multiValued: false })),
  fault('calls what it shows never returned', describedAs('active', { returned: 'never' })),
  fault('calls required what it does not need', describedAs('nickName', { required: true })),
  fault('calls readOnly what it takes', describedAs('nickName', { mutability: 'readOnly' })),
  fault('uses words of its own in its schemas', describedAs('title', { mutability: 'writable' })),
  fault('does not describe sub-attributes', describedAs('name', { subAttributes: [] })),
  fault('has nulls in its schemas', describedAs('title', { canonicalValues: null })),
  fault('calls userName caseExact', describedAs('userName', { caseExact: true })),
  fault('calls the password readable', describedAs('password', { mutability: 'readWrite', returned: 'default' })),
  fault('calls groups of a User writable', describedAs('groups', { mutability: 'readWrite' })),
  fault('describes e-mail addresses as texts', describedAs('emails', { type: 'string' })),
  fault('describes the manager as a text', describedAs('manager', { type: 'string' })),
  fault(
    'shows attributes under names that nobody described',
    resources((resource) => ({ ...resource, x_internal: { n: 1 } })),
  ),
  fault('has no Schemas at all', { instead: (request) => (request.path.startsWith('/Schemas') ? scimError(501) : null) }),
  fault(
    'keeps resources without their schemas',
    resources((resource) => ({ ...resource, schemas: stringsAt(resource['schemas']).filter((urn) => !urn.endsWith(':User')) })),
  ),
  fault(
    'answers /Me with its own address',
    answers(
      (request) => request.path === '/Me',
      (answer) => ({
        ...answer,
        body: isObject(answer.body)
          ? { ...answer.body, meta: { ...objectAt(answer.body['meta']), location: 'https://fake.example/Me' } }
          : answer.body,
      }),
    ),
  ),
  fault('fails over /Me', status(to('GET', /^\/Me$/), 500)),
  fault(
    'refuses /Me without a SCIM error',
    answers(to('GET', /^\/Me$/), (answer) => ({ ...answer, status: 404, body: { error: 'no' } })),
  ),
];
