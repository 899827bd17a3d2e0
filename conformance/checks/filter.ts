import type { Check } from '../check.js';
import { NotOffered } from '../verdict.js';
import { expectEqual, expectError, expectList, expectNoBreakdown, expectThat, totalOf } from '../expect.js';
import { objectAt } from '../json.js';
import { GROUP, USER } from '../names.js';
import type { World } from '../world.js';

/** Who of the crowd (see `World.crowd`) a filter matches, in alphabetical order. */
type Matching = (world: World) => readonly [filter: string, letters: string];

function matching(id: string, title: string, filter: Matching, more: Partial<Check> & { readonly needs?: readonly string[] } = {}): Check {
  const { needs = [], ...rest } = more;
  return {
    id: `filter.${id}`,
    section: '7644 3.4.2.2',
    title,
    level: 'MUST',
    feature: 'filter',
    ...rest,
    run: async (client, world) => {
      world.needs(USER, ...needs);
      const [text, letters] = filter(world);
      await world.crowd();
      const answer = await client.get('/Users', { filter: text });
      const found = await world.lettersIn(expectList(answer));
      expectEqual(answer, 'the Users found', [...found].sort().join(''), letters);
      expectEqual(answer, 'totalResults', totalOf(answer), letters.length);
    },
  };
}

const name = (world: World, letter: 'a' | 'b' | 'c' | 'd' | 'e'): string => world.crowdValue(letter).userName;
const titled = (world: World, title: string): string => `title eq "${world.tag} ${title}"`;
const ours = (world: World, rest: string): string => `userName sw "${world.crowdPrefix}" and ${rest}`;

const OPERATORS: readonly Check[] = [
  matching('eq', 'eq finds the value', (world) => [`userName eq "${name(world, 'b')}"`, 'b']),
  matching('ne', 'ne finds other values', (world) => [ours(world, `userName ne "${name(world, 'b')}"`), 'acde']),
  matching('co', 'co finds a part of the value', (world) => [`userName co "${world.crowdPrefix.slice(2)}d"`, 'd']),
  matching('sw', 'sw finds the beginning of the value', (world) => [`userName sw "${world.crowdPrefix}"`, 'abcde']),
  matching('ew', 'ew finds the end of the value', (world) => [`userName ew "${name(world, 'e').slice(4)}"`, 'e']),
  matching('pr', 'pr finds who has a value', (world) => [ours(world, 'title pr'), 'abd'], { needs: ['title'] }),
  matching('gt', 'gt finds greater texts', (world) => [ours(world, `userName gt "${name(world, 'b')}"`), 'cde']),
  matching('ge', 'ge finds greater and equal texts', (world) => [ours(world, `userName ge "${name(world, 'b')}"`), 'bcde']),
  matching('lt', 'lt finds smaller texts', (world) => [ours(world, `userName lt "${name(world, 'b')}"`), 'a']),
  matching('le', 'le finds smaller and equal texts', (world) => [ours(world, `userName le "${name(world, 'b')}"`), 'ab']),
  matching('boolean', 'a boolean compares with true and false', (world) => [ours(world, 'active eq false'), 'b'], { needs: ['active'] }),
  matching('null', 'eq null finds who has no value', (world) => [ours(world, 'title eq null'), 'ce'], {
    needs: ['title'],
    level: 'SHOULD',
  }),
];

const LOGIC: readonly Check[] = [
  matching('and', 'and finds who matches both', (world) => [`userName eq "${name(world, 'a')}" and ${titled(world, 'Engineer')}`, 'a'], {
    needs: ['title'],
  }),
  matching(
    'and-neither',
    'and finds nobody who matches one only',
    (world) => [`userName eq "${name(world, 'b')}" and ${titled(world, 'Engineer')}`, ''],
    { needs: ['title'] },
  ),
  matching('or', 'or finds who matches either', (world) => [`userName eq "${name(world, 'c')}" or ${titled(world, 'Engineer')}`, 'ac'], {
    needs: ['title'],
  }),
  matching('not', 'not finds who does not match', (world) => [ours(world, 'not (title pr)'), 'ce'], { needs: ['title'] }),
  matching(
    'precedence',
    'and binds stronger than or',
    (world) => [`userName eq "${name(world, 'c')}" or userName eq "${name(world, 'a')}" and ${titled(world, 'Clerk')}`, 'c'],
    { needs: ['title'] },
  ),
  matching(
    'grouping',
    'parentheses bind strongest',
    (world) => [`(userName eq "${name(world, 'c')}" or userName eq "${name(world, 'a')}") and ${titled(world, 'Engineer')}`, 'a'],
    { needs: ['title'] },
  ),
  matching(
    'not-group',
    'not of a group with or is neither',
    (world) => [ours(world, `not (${titled(world, 'Engineer')} or ${titled(world, 'Clerk')})`), 'cde'],
    { needs: ['title'] },
  ),
  matching(
    'nested-groups',
    'groups nest',
    (world) => [`((userName eq "${name(world, 'a')}") and (title pr)) or userName eq "${name(world, 'e')}"`, 'ae'],
    { needs: ['title'] },
  ),
];

const NAMES: readonly Check[] = [
  matching('attribute-case', 'attribute names count in any case', (world) => [`USERNAME eq "${name(world, 'a')}"`, 'a']),
  matching('operator-case', 'operators count in any case', (world) => [
    `userName EQ "${name(world, 'a')}" OR userName Eq "${name(world, 'b')}"`,
    'ab',
  ]),
  matching('urn', 'an attribute may be named with the URN of its schema', (world) => [`${USER}:userName eq "${name(world, 'a')}"`, 'a'], {
    section: '7644 3.10',
  }),
  matching('sub-attribute', 'a sub-attribute is named with a dot', (world) => [`name.familyName eq "${world.tag} Echo"`, 'b'], {
    needs: ['name.familyName'],
  }),
  matching(
    'user-name-case',
    'userName is not caseExact: any case finds it',
    (world) => [`userName eq "${name(world, 'b').toUpperCase()}"`, 'b'],
    { section: '7643 4.1.1' },
  ),
  matching(
    'display-name-case',
    'displayName is not caseExact: any case finds it',
    (world) => [`displayName eq "${world.crowdValue('b').displayName.toUpperCase()}"`, 'b'],
    { needs: ['displayName'], section: '7643 2.2' },
  ),
  matching('external-id', 'externalId finds its User', (world) => [`externalId eq "${world.crowdValue('c').externalId}"`, 'c'], {
    section: '7643 3.1',
  }),
  matching(
    'external-id-case',
    'externalId is caseExact: another case does not find it',
    (world) => [`externalId eq "${world.crowdValue('c').externalId.toLowerCase()}"`, ''],
    { section: '7643 3.1' },
  ),
];

const VALUES: readonly Check[] = [
  matching(
    'any-value',
    'a multi-valued attribute matches when any of its values does',
    (world) => [`emails.value eq "${world.crowdEmail(1)}"`, 'a'],
    { needs: ['emails.value'] },
  ),
  matching(
    'value-path',
    'a value path looks at one value at a time',
    (world) => [`emails[type eq "work" and value eq "${world.crowdEmail(5)}"]`, 'a'],
    { needs: ['emails.type'] },
  ),
  matching(
    'value-path-apart',
    'a value path does not mix the parts of two values',
    (world) => [`emails[type eq "home" and value eq "${world.crowdEmail(5)}"]`, ''],
    { needs: ['emails.type'] },
  ),
  matching(
    'value-path-or',
    'a value path may hold or and parentheses',
    (world) => [`emails[type eq "work" and (value eq "${world.crowdEmail(5)}" or value eq "${world.crowdEmail(4)}")]`, 'ab'],
    { needs: ['emails.type'] },
  ),
  matching(
    'value-path-more',
    'a value path may stand beside other comparisons',
    (world) => [ours(world, `emails[type eq "work"] and ${titled(world, 'Clerk')}`), 'b'],
    { needs: ['emails.type', 'title'] },
  ),
  matching('no-sub-attribute', 'emails alone is compared by its value', (world) => [`emails co "${world.crowdEmail(4)}"`, 'b'], {
    needs: ['emails.value'],
    level: 'SHOULD',
  }),
  matching(
    'escapes',
    'a text is a JSON string: \\" is a quote and \\\\ a backslash',
    (world) => [
      `displayName eq ${JSON.stringify(world.crowdValue('a').displayName)} or displayName eq ${JSON.stringify(world.crowdValue('c').displayName)}`,
      'ac',
    ],
    { needs: ['displayName'] },
  ),
  matching('unicode-escapes', '\\u0065 is an e', (world) => [`displayName eq "${world.tag} \\u0065ve"`, 'e'], { needs: ['displayName'] }),
  matching(
    'parenthesis-in-text',
    'a parenthesis in a text is text',
    (world) => [`(displayName co "(or)" and displayName sw "${world.tag}")`, 'a'],
    { needs: ['displayName'] },
  ),
  matching('no-wildcards', '% and _ and * are themselves', (world) => [
    `userName eq "%" or userName eq "*" or userName sw "${world.tag}_crowd" or userName co "${world.tag}%"`,
    '',
  ]),
  matching('injection', 'a text is never a query', (world) => [
    `userName eq "x' OR '1'='1" or userName eq "*)(uid=*))" or userName eq "${world.tag}'--"`,
    '',
  ]),
];

/** A filter that cannot be read. */
function broken(id: string, title: string, ...filters: readonly string[]): Check {
  return {
    id: `filter.${id}`,
    section: '7644 3.4.2.2',
    title,
    level: 'MUST',
    feature: 'filter',
    run: async (client) => {
      for (const filter of filters) expectError(await client.get('/Users', { filter }), 400, 'invalidFilter');
    },
  };
}

const BROKEN: readonly Check[] = [
  broken(
    'incomplete',
    'a filter that ends too early is 400 invalidFilter',
    'userName eq',
    'userName',
    'userName eq "a" and',
    'userName eq "a" or ',
    'not',
  ),
  broken('no-attribute', 'a filter without an attribute is 400 invalidFilter', 'eq "a"', 'pr', '"a" eq "b"'),
  broken('no-operator', 'a comparison without an operator is 400 invalidFilter', 'userName "a"'),
  broken('unknown-operator', 'an unknown operator is 400 invalidFilter', 'userName xx "a"', 'userName == "a"', 'userName = "a"'),
  broken('unclosed', 'what is opened must be closed', 'userName eq "a', '(userName eq "a"', 'emails[type eq "work"', '(userName pr'),
  broken('not-opened', 'what was not opened cannot be closed', 'userName eq "a")', 'emails type eq "work"]'),
  broken(
    'boolean-order',
    'gt, ge, lt and le on a boolean are 400 invalidFilter',
    'active gt true',
    'active ge true',
    'active lt true',
    'active le false',
  ),
  {
    id: 'filter.empty',
    section: '7644 3.4.2.2',
    title: 'an empty filter is 400, since it is no filter',
    level: 'SHOULD',
    feature: 'filter',
    run: async (client) => {
      for (const filter of ['', ' ']) expectError(await client.get('/Users', { filter }), 400, 'invalidFilter');
    },
  },
  {
    id: 'filter.unknown-attribute',
    section: '7644 3.4.2.2',
    title: 'an attribute that does not exist matches nobody: 400 or no resources',
    level: 'MUST',
    feature: 'filter',
    run: async (client, world) => {
      await world.crowd();
      const answer = await client.get('/Users', { filter: 'noSuchAttribute eq "x"' });
      if (answer.status === 400) expectError(answer, 400, 'invalidFilter', 'invalidPath');
      else expectThat(answer, expectList(answer).length === 0, 'no resources');
    },
  },
  {
    id: 'filter.hostile',
    section: '7644 3.4.2.2',
    title: 'hostile filters are refused or answered, never a breakdown',
    level: 'MUST',
    feature: 'filter',
    run: async (client) => {
      const deep = `${'('.repeat(200)}userName pr${')'.repeat(200)}`;
      const hostile = [
        deep,
        `userName eq "${'\\'.repeat(41)}`,
        `userName eq "${'\n'.repeat(40)}`,
        '__proto__ pr',
        '__proto__.x eq "y"',
        'userName eq 1e999',
        'userName eq {}',
        'userName eq []',
        'userName eq "\\uD800"',
      ];
      for (const filter of hostile) expectNoBreakdown(await client.get('/Users', { filter }));
    },
  },
  {
    id: 'filter.password',
    section: '7643 7',
    title: 'a password cannot be guessed by filtering',
    level: 'SHOULD',
    feature: 'filter',
    run: async (client, world) => {
      world.needs(USER, 'password');
      const password = 'Pw-9f!conformance-Long';
      await world.newUser({ password });
      for (const filter of [`password eq "${password}"`, 'password sw "Pw-9f"']) {
        const answer = await client.get('/Users', { filter });
        expectThat(answer, answer.status === 400 || answer.status === 403 || totalOf(answer) === 0, '400, 403 or nobody');
      }
    },
  },
];

const DATES: readonly Check[] = [
  {
    id: 'filter.dates',
    section: '7644 3.4.2.2',
    title: 'dates compare as instants, whatever zone they are written in',
    level: 'MUST',
    feature: 'filter',
    run: async (client, world) => {
      const { body, id } = await world.newUser();
      const userName = String(body['userName']);
      const created = Date.parse(String(objectAt(body['meta'])['created']));
      if (Number.isNaN(created)) throw new NotOffered('meta.created is no date');
      // An hour before, written as a local time that sorts as text far behind it.
      const local = `${new Date(created + 13 * 3_600_000).toISOString().slice(0, 19)}+14:00`;
      const later = new Date(created + 3_600_000).toISOString();
      for (const [operator, value, found] of [
        ['gt', local, true],
        ['lt', local, false],
        ['lt', later, true],
        ['ge', later, false],
      ] as const) {
        const answer = await client.get('/Users', { filter: `userName eq "${userName}" and meta.created ${operator} "${value}"` });
        const ids = expectList(answer).map((row) => row['id'] ?? null);
        expectEqual(answer, `the Users with meta.created ${operator} ${value}`, ids, found ? [id] : []);
      }
    },
  },
  {
    id: 'filter.id',
    section: '7644 3.4.2.2',
    title: 'a resource is found by its id',
    level: 'MUST',
    feature: 'filter',
    run: async (client, world) => {
      const { id } = await world.user();
      const answer = await client.get('/Users', { filter: `id eq "${id}"` });
      expectEqual(
        answer,
        'the Users found',
        expectList(answer).map((row) => row['id'] ?? null),
        [id],
      );
    },
  },
];

const GROUPS: readonly Check[] = [
  {
    id: 'filter.group-name',
    section: '7644 3.4.2.2',
    title: 'a Group is found by its displayName',
    level: 'MUST',
    feature: ['filter', 'groups'],
    run: async (client, world) => {
      const { id, body } = await world.newGroup();
      await world.newGroup();
      const answer = await client.get('/Groups', { filter: `displayName eq "${String(body['displayName'])}"` });
      expectEqual(
        answer,
        'the Groups found',
        expectList(answer).map((row) => row['id'] ?? null),
        [id],
      );
    },
  },
  {
    id: 'filter.group-member',
    section: '7644 3.4.2.2',
    title: 'Groups are found by a member, with members.value and with a value path',
    level: 'MUST',
    feature: ['filter', 'groups'],
    run: async (client, world) => {
      world.needs(GROUP, 'members.value');
      const user = await world.newUser();
      const { id } = await world.newGroup({ members: [{ value: user.id }] });
      await world.newGroup();
      for (const filter of [`members.value eq "${user.id}"`, `members[value eq "${user.id}"]`]) {
        const answer = await client.get('/Groups', { filter });
        expectEqual(
          answer,
          'the Groups found',
          expectList(answer).map((row) => row['id'] ?? null),
          [id],
        );
      }
    },
  },
];

export const FILTER: readonly Check[] = [...OPERATORS, ...LOGIC, ...NAMES, ...VALUES, ...DATES, ...GROUPS, ...BROKEN];
