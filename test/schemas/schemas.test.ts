import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { schemaPaths } from '../../scripts/generate/types.js';
import { EVENT_VERBS, OBJECT_TYPES } from '../../src/domain/events.js';
import type { SyncSettingsPatch } from '../../src/domain/generated/settings/sync.js';
import { DEFAULT_SETTINGS, type IntegrationSettings } from '../../src/domain/integration.js';

type Schema = Readonly<Record<string, unknown>>;

const read = (path: string): Schema => JSON.parse(readFileSync(`schemas/${path}`, 'utf8')) as Schema;

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
ajv.addKeyword('x-secret');
for (const path of schemaPaths()) ajv.addSchema(read(path));

function accepts(path: string, value: unknown): boolean {
  const validate = ajv.getSchema(String(read(path)['$id']));
  if (validate === undefined) throw new Error(`no schema ${path}`);
  return validate(value) === true;
}

/** Every object inside a value, with where it is. */
function* objects(value: unknown, at = ''): Generator<readonly [string, Schema]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Schema];
  for (const [key, inner] of Object.entries(value)) yield* objects(inner, `${at}/${key}`);
}

describe('schemas', () => {
  for (const path of schemaPaths()) {
    describe(path, () => {
      const schema = read(path);

      it('is a valid JSON Schema 2020-12 whose $id is its path', () => {
        expect(schema['$schema']).to.equal('https://json-schema.org/draft/2020-12/schema');
        expect(schema['$id']).to.equal(`https://latchkey.example/schemas/${path}`);
        expect(ajv.getSchema(String(schema['$id']))).to.be.a('function');
      });

      it('uses no keyword that the type generator gets wrong', () => {
        const wrong = ['prefixItems', 'unevaluatedProperties', 'unevaluatedItems', 'dependentSchemas', '$dynamicRef', '$anchor'];
        for (const [at, object] of objects(schema)) {
          if (at.endsWith('/properties')) continue;
          expect(
            Object.keys(object).filter((key) => wrong.includes(key)),
            at,
          ).to.deep.equal([]);
          if (!('$ref' in object)) continue;
          expect(Object.keys(object), `${at}: nothing beside $ref`).to.deep.equal(['$ref']);
          expect(String(object['$ref']), `${at}: relative`).to.not.include('://');
        }
      });

      it('closes every object of ours, so that a misspelt name is an error', () => {
        // Outside systems add fields as they like.
        if (path.startsWith('upstream/')) return;
        for (const [at, object] of objects(schema)) {
          if (object['type'] !== 'object' && object['properties'] === undefined) continue;
          if (at.endsWith('/properties')) continue;
          expect(object, at).to.have.property('additionalProperties', false);
        }
      });

      it('gives no default in a body, where it would overwrite what a PATCH leaves out', () => {
        if (path === 'config.json' || path.startsWith('adapters/')) return;
        for (const [at, object] of objects(schema)) expect(object, at).to.not.have.property('default');
      });
    });
  }

  it('know the settings of the domain, no more and no less', () => {
    const names = (path: string): readonly string[] => Object.keys(read(path)['properties'] as Schema).sort();

    expect(names('settings/sync.json')).to.deep.equal(Object.keys(DEFAULT_SETTINGS).sort());
    expect(names('settings/scim-switches.json')).to.deep.equal(Object.keys(DEFAULT_SETTINGS.scim).sort());
    expect(accepts('settings/sync.json', DEFAULT_SETTINGS)).to.equal(true);
  });

  it('give a patch of settings the types of the domain', () => {
    const whole: Required<SyncSettingsPatch> = {
      ...DEFAULT_SETTINGS,
      credentials: { ...DEFAULT_SETTINGS.credentials },
      scim: { ...DEFAULT_SETTINGS.scim },
      rateLimit: { ...DEFAULT_SETTINGS.rateLimit },
    };
    const patched: IntegrationSettings = {
      ...whole,
      credentials: { ...DEFAULT_SETTINGS.credentials, ...whole.credentials },
      scim: { ...DEFAULT_SETTINGS.scim, ...whole.scim },
      rateLimit: { ...DEFAULT_SETTINGS.rateLimit, ...whole.rateLimit },
    };

    expect(patched).to.deep.equal(DEFAULT_SETTINGS);
  });

  it('know the verbs and object types of the domain', () => {
    const constants = (name: string): unknown => {
      const defs = read('event.json')['$defs'] as Readonly<Record<string, { readonly oneOf: readonly { readonly const: string }[] }>>;
      return defs[name]?.oneOf.map((value) => value.const);
    };

    expect(constants('EventVerb')).to.deep.equal([...EVENT_VERBS]);
    expect(constants('EventObjectType')).to.deep.equal([...OBJECT_TYPES]);
  });

  const good: readonly (readonly [string, unknown])[] = [
    ['settings/sync.json', {}],
    ['settings/sync.json', { rateLimit: { perSecond: 25, burst: 100 }, requestLog: 'errors' }],
    ['settings/sync.json', { syncScope: { kind: 'upcoming', days: 30 }, scim: { requireIfMatch: true } }],
    ['api/integration-create.json', { kind: 'scim', name: 'Okta' }],
    ['api/integration-create.json', { kind: 'scim', name: 'Okta', config: {}, secrets: {}, settings: { enabled: false } }],
    ['api/integration-create.json', { kind: 'guesty', name: 'Flats', config: { apiBaseUrl: 'x' }, secrets: { clientId: 'x' } }],
    ['api/integration-patch.json', { settings: { credentials: { pin: 'none' } } }],
    ['api/scim-token-create.json', {}],
    ['api/mapping.json', { memberGroupIds: [] }],
    [
      'api/member-group-create.json',
      { name: 'Staff', permissions: [{ siteId: 'site_1' }, { doorId: 'door_1', methods: ['pin'], scheduleId: 'sch_1' }] },
    ],
    ['api/member-create.json', { name: 'Ana', emails: ['ana@example.org'], startsAt: '2026-05-01T14:00:00+02:00', endsAt: null }],
    ['api/association-create.json', { memberGroupId: 'mg_1' }],
    ['api/pin-create.json', {}],
    ['api/pin-create.json', { pin: '0042' }],
    ['api/card-create.json', { uid: '04:A2:1B' }],
    ['api/magic-link-create.json', {}],
    ['api/empty.json', {}],
    ['api/api-token-create.json', { name: 'x', role: 'admin' }],
  ];
  for (const [path, body] of good) {
    it(`accept ${JSON.stringify(body)} as ${path}`, () => {
      expect(accepts(path, body)).to.equal(true);
    });
  }

  const bad: readonly (readonly [string, unknown])[] = [
    ['settings/sync.json', { enabeld: true }],
    ['settings/sync.json', { syncScope: { kind: 'upcoming' } }],
    ['settings/sync.json', { syncScope: { kind: 'all', days: 3 } }],
    ['settings/sync.json', { intervalMinutes: 0 }],
    ['settings/sync.json', { arrivalBufferMinutes: -1 }],
    ['settings/sync.json', { rateLimit: { perSecond: 24 } }],
    ['settings/sync.json', { rateLimit: { burst: 99 } }],
    ['settings/sync.json', { requestLog: true }],
    ['settings/sync.json', { scim: { patchUser: '204' } }],
    ['api/integration-create.json', { kind: 'ldap', name: 'x' }],
    ['api/integration-create.json', { kind: 'scim', name: '   ' }],
    ['api/integration-create.json', { kind: 'scim', name: 'x', secrets: [] }],
    ['api/integration-patch.json', { settings: null }],
    ['api/mapping.json', {}],
    ['api/mapping.json', { memberGroupIds: ['mg_1', 'mg_1'] }],
    // That a permission names a site or a door is checked in code: of a failed `oneOf` nobody could say which place is wrong.
    ['api/member-group-create.json', { name: 'Staff', permissions: [{ siteId: 'site_1', zoneId: 'zone_1' }] }],
    ['api/member-group-create.json', { name: 'Staff', permissions: [{ siteId: 'site_1', methods: [] }] }],
    ['api/member-create.json', { name: 'Ana', emails: ['not an address'] }],
    ['api/member-create.json', { name: 'Ana', startsAt: '2026-05-01' }],
    ['api/pin-create.json', { pin: '123' }],
    ['api/pin-create.json', { pin: '12345678901234567890 ' }],
    ['api/pin-create.json', { pin: 1234 }],
    ['api/card-create.json', { uid: '' }],
    ['api/empty.json', { reason: 'x' }],
    ['api/api-token-create.json', { name: 'x', role: 'root' }],
  ];
  for (const [path, body] of bad) {
    it(`refuse ${JSON.stringify(body)} as ${path}`, () => {
      expect(accepts(path, body)).to.equal(false);
    });
  }
});
