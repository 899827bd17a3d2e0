import { expect } from 'chai';
import { ACCESS_URN, ENTERPRISE_URN, GROUP_URN, USER_URN } from '../../../src/domain/scim.js';
import type { JsonObject } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { expectNoLeak, objectsIn, resourcesIn } from '../../support/scim-client.js';

/** One of each kind: the others differ in a sign only, and have unit tests. */
const OPERATORS = ['eq', 'ne', 'co', 'gt'];
const COMMON = [
  'id',
  'externalId',
  'schemas',
  'meta',
  'meta.resourceType',
  'meta.created',
  'meta.lastModified',
  'meta.location',
  'meta.version',
];
const VALUES: Readonly<Record<string, string>> = { boolean: 'true', dateTime: '"2026-05-01T12:00:00Z"', integer: '1', decimal: '1.5' };

interface Named {
  readonly path: string;
  readonly type: string;
}

/** Every attribute that discovery describes, with its parts. */
async function described(scim: Connection, urn: string): Promise<Named[]> {
  const schema = resourcesIn(await scim.get('/Schemas')).find((document) => document['id'] === urn);
  const prefix = urn === ACCESS_URN || urn === ENTERPRISE_URN ? `${urn}:` : '';
  return objectsIn(schema?.['attributes']).flatMap((attribute) => [
    named(prefix, attribute),
    ...objectsIn(attribute['subAttributes']).map((sub) => named(`${prefix}${String(attribute['name'])}.`, sub)),
  ]);
}

function named(prefix: string, attribute: JsonObject): Named {
  return { path: `${prefix}${String(attribute['name'])}`, type: String(attribute['type']) };
}

forEachEngine((engine) => {
  describe('every attribute that discovery describes', () => {
    const server = serverOf(engine);
    let scim: Connection;
    let attributes: readonly (readonly ['/Users' | '/Groups', Named])[];
    before(async () => {
      scim = await server().connect();
      const ann = await scim.addUser('ann', {
        externalId: 'e1',
        active: true,
        emails: [{ value: 'a@x.example', primary: true }],
        [ENTERPRISE_URN]: { manager: { value: 'm' } },
      });
      await scim.addUser('bob');
      await scim.addGroup('Cleaners', [ann]);
      const common = COMMON.map(
        (path): Named => ({ path, type: path.endsWith('created') || path.endsWith('lastModified') ? 'dateTime' : 'string' }),
      );
      const users = [
        ...common,
        ...(await described(scim, USER_URN)),
        ...(await described(scim, ENTERPRISE_URN)),
        ...(await described(scim, ACCESS_URN)),
      ];
      const groups = [...common, ...(await described(scim, GROUP_URN))];
      attributes = [...users.map((on) => ['/Users', on] as const), ...groups.map((on) => ['/Groups', on] as const)];
      expect(attributes.length).to.be.above(90);
    });

    it('can be compared, or is refused as invalidFilter; who has a value and who has none are everybody', async () => {
      for (const [endpoint, { path, type }] of attributes) {
        const totals = new Map<string, number>();
        for (const operator of [...OPERATORS, 'pr', 'not pr']) {
          const comparison = `${path} ${operator} ${VALUES[type] ?? '"x"'}`;
          const filter = operator === 'pr' ? `${path} pr` : operator === 'not pr' ? `not (${path} pr)` : comparison;
          const answer = await scim.find(endpoint, filter, '&count=1');
          expect([answer.status, answer.body['scimType'] ?? null], `${endpoint} ${filter}: ${answer.text}`).to.be.deep.oneOf([
            [200, null],
            [400, 'invalidFilter'],
          ]);
          expectNoLeak(answer.text);
          if (answer.status === 200) totals.set(operator, Number(answer.body['totalResults']));
        }
        const all = endpoint === '/Users' ? 2 : 1;
        const [present, absent] = [totals.get('pr'), totals.get('not pr')];
        if (present !== undefined) expect(present + (absent ?? 0), `${endpoint} ${path} pr`).to.equal(all);
      }
    }).timeout(60_000);

    it('can be sorted by, or is refused as invalidValue; the list stays whole', async () => {
      for (const [endpoint, { path }] of attributes) {
        for (const order of ['ascending', 'descending']) {
          const answer = await scim.get(`${endpoint}?sortBy=${encodeURIComponent(path)}&sortOrder=${order}`);
          expect([answer.status, answer.body['scimType'] ?? null], `${endpoint} ${path}: ${answer.text}`).to.be.deep.oneOf([
            [200, null],
            [400, 'invalidValue'],
          ]);
          if (answer.status === 200) expect(answer.body['totalResults']).to.equal(endpoint === '/Users' ? 2 : 1);
        }
      }
    }).timeout(60_000);

    it('can be asked for and left out', async () => {
      for (const [endpoint, { path }] of attributes) {
        for (const parameter of ['attributes', 'excludedAttributes']) {
          const answer = await scim.get(`${endpoint}?${parameter}=${encodeURIComponent(path)}&count=1`);
          expect(answer.status, `${path}: ${answer.text}`).to.equal(200);
          const [shown] = resourcesIn(answer);
          expect(shown).to.include.keys('id', 'schemas');
        }
      }
    }).timeout(60_000);

    it('can be removed by PATCH, or is refused as mutability; the User stays a User', async () => {
      const [ann] = resourcesIn(await scim.find('/Users', 'userName eq "ann"'));
      for (const [endpoint, { path }] of attributes) {
        if (endpoint === '/Groups') continue;
        const answer = await scim.patch(`/Users/${String(ann?.['id'])}`, { op: 'remove', path });
        expect([answer.status, answer.body['scimType'] ?? null], `${path}: ${answer.text}`).to.be.deep.oneOf([
          [200, null],
          [400, 'mutability'],
        ]);
        if (answer.status === 200) expect(answer.body).to.include({ userName: 'ann', active: true });
      }
    }).timeout(60_000);
  });
});
