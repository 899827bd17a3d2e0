import { expect } from 'chai';
import fc from 'fast-check';
import { listUsers } from '../../../src/directory/list.js';
import { ACCESS_URN, ENTERPRISE_URN, type JsonObject, USER_URN } from '../../../src/domain/scim.js';
import { compileFilter } from '../../../src/scim/filter/compile.js';
import { parseFilter } from '../../../src/scim/filter/parse.js';
import { resolveFilter } from '../../../src/scim/filter/resolve.js';
import { userTarget } from '../../../src/scim/filter-target.js';
import type { Attribute, ResourceSchema } from '../../../src/scim/schema/attribute.js';
import { USER_SCHEMA } from '../../../src/scim/schema/schemas.js';
import { forEachEngine } from '../../support/engines.js';
import { evaluate } from '../../support/evaluate.js';
import { filterArbitrary } from '../../support/filter-arbitraries.js';
import { printFilter } from '../../support/filter-print.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { runs } from '../../support/runs.js';
import { resourcesIn } from '../../support/scim-client.js';

/** Shown on request, or worked out per request: the plain resources that the oracle sees do not carry them. */
const WORKED_OUT = new Set(['groups', 'meta', 'schemas', 'syncstatus', 'skipreason']);

function plain(attributes: ReadonlyMap<string, Attribute>): ReadonlyMap<string, Attribute> {
  return new Map([...attributes].filter(([name]) => !WORKED_OUT.has(name)));
}

const SCHEMA: ResourceSchema = {
  ...USER_SCHEMA,
  attributes: plain(USER_SCHEMA.attributes),
  extensions: new Map([...USER_SCHEMA.extensions].map(([urn, one]) => [urn, { ...one, attributes: plain(one.attributes) }])),
};

const WORDS = [
  'alice',
  'Alice',
  'ALICE',
  'Straße',
  'STRASSE',
  'ß',
  'Σ',
  'ς',
  'É',
  '%',
  '_',
  'a_b',
  'axb',
  '"',
  "' OR 1=1 --",
  '\\',
  '😀',
  'z',
];
const word = fc.constantFrom(...WORDS);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });
const typed = <Value>(value: fc.Arbitrary<Value>) =>
  fc.array(fc.record({ value, type: fc.constantFrom('work', 'home', 'Work', 'other'), display: word }), { maxLength: 3 });

const users: fc.Arbitrary<object[]> = fc.array(
  fc.record(
    {
      name: maybe(fc.record({ givenName: word, familyName: word }, { requiredKeys: [] })),
      displayName: maybe(word),
      title: maybe(word),
      active: fc.boolean(),
      externalId: maybe(word),
      emails: maybe(typed(fc.constantFrom('alice@example.com', 'Alice@Example.com', 'z@example.com', 'axb@example.com'))),
      phoneNumbers: maybe(typed(fc.constantFrom('1', '100%', 'alice'))),
      roles: maybe(typed(word)),
      [ENTERPRISE_URN]: maybe(fc.record({ department: word, manager: fc.record({ value: word }) }, { requiredKeys: [] })),
      [ACCESS_URN]: maybe(
        fc.record({ validFrom: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2025-06-15T12:30:00.5Z') }),
      ),
    },
    { requiredKeys: [] },
  ),
  { minLength: 30, maxLength: 30 },
);

/** Unique where the directory wants it, and otherwise as drawn. */
function bodiesOf(drawn: readonly object[]): object[] {
  const taken = new Set<unknown>();
  return drawn.map((body, index) => {
    const { externalId, ...rest } = body as { externalId?: string };
    const free = externalId !== undefined && !taken.has(externalId);
    taken.add(externalId);
    const userName = `${WORDS[index % WORDS.length]}${index}@example.com`;
    // Without the members that were drawn as undefined, as JSON travels.
    return JSON.parse(
      JSON.stringify({ schemas: [USER_URN, ENTERPRISE_URN, ACCESS_URN], userName, ...rest, ...(free ? { externalId } : {}) }),
    ) as object;
  });
}

async function found(connection: Connection, text: string): Promise<string[]> {
  const { db } = connection.server.parts;
  const where = compileFilter(resolveFilter(parseFilter(text), USER_SCHEMA), userTarget(db.engine));
  const query = { integrationId: connection.id, where, orderBy: null, startIndex: 1, count: 100 };
  const page = await listUsers(db.read, query);
  expect(page.total, text).to.equal(page.rows.length);
  return page.rows.map((row) => row.id);
}

describe('filters over stored Users', () => {
  forEachEngine((engine) => {
    const server = serverOf(engine);
    const count = engine.name === 'sqlite' ? runs(18_000, 1_000_000) : runs(2_000, 100_000);

    it(`find what an independent reading of the RFC finds, ${count} times`, async () => {
      const connection = await server().connect();
      await connection.seed(bodiesOf(fc.sample(users, { numRuns: 1, seed: 20_261_125 })[0] ?? []));
      const resources = resourcesIn(await connection.get('/Users?count=100')) as (JsonObject & { id: string })[];
      let matched = 0;

      await fc.assert(
        fc.asyncProperty(filterArbitrary(SCHEMA), async (filter) => {
          const expected = resources.filter((resource) => evaluate(filter, SCHEMA, resource)).map(({ id }) => id);
          expect(await found(connection, printFilter(filter)), printFilter(filter)).to.deep.equal(expected);
          matched += expected.length;
        }),
        { numRuns: count },
      );

      // Filters that match everything or nothing would prove little.
      expect(matched / (count * resources.length)).to.be.within(0.1, 0.9);
    }).timeout(0);
  });
});
