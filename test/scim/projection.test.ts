import { expect } from 'chai';
import { ACCESS_URN, ENTERPRISE_URN, USER_URN } from '../../src/domain/scim.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { parseProjection, project } from '../../src/scim/projection.js';
import { USER_SCHEMA } from '../../src/scim/schema/schemas.js';
import { expectCleanPrototype, expectRefused } from '../support/scim-bodies.js';

const ANN: JsonObject = {
  schemas: [USER_URN, ENTERPRISE_URN],
  id: 'u1',
  externalId: 'e1',
  meta: { resourceType: 'User', version: 'W/"1"', location: 'https://x/Users/u1' },
  userName: 'ann',
  name: { givenName: 'Ann', familyName: 'Example' },
  active: true,
  emails: [{ value: 'a@x', type: 'work', primary: true }, { value: 'b@x' }],
  groups: [{ value: 'g1', display: 'Cleaners' }],
  [ENTERPRISE_URN]: { department: 'Sales', manager: { value: 'm1' } },
};

function shown(attributes: string | undefined, excluded?: string): JsonObject {
  const projection = parseProjection(attributes, excluded, USER_SCHEMA);
  return projection === null ? ANN : project(ANN, projection);
}
const without = (...names: readonly string[]): object => Object.fromEntries(Object.entries(ANN).filter(([name]) => !names.includes(name)));
const only = (more: object): object => ({ schemas: ANN['schemas'], id: 'u1', ...more });

describe('attributes', () => {
  const cases: ReadonlyArray<readonly [names: string, expected: object]> = [
    ['userName', only({ userName: 'ann' })],
    ['USERNAME', only({ userName: 'ann' })],
    [' userName , active ', only({ userName: 'ann', active: true })],
    [`${USER_URN}:userName`, only({ userName: 'ann' })],
    ['name.givenName', only({ name: { givenName: 'Ann' } })],
    ['name,name.givenName', only({ name: ANN['name'] })],
    ['name.givenName,name', only({ name: ANN['name'] })],
    ['name.givenName,name.familyName', only({ name: ANN['name'] })],
    ['emails.type', only({ emails: [{ type: 'work' }] })],
    [`${USER_URN}:emails.value`, only({ emails: [{ value: 'a@x' }, { value: 'b@x' }] })],
    ['meta.version', only({ meta: { version: 'W/"1"' } })],
    ['groups.display', only({ groups: [{ display: 'Cleaners' }] })],
    [ENTERPRISE_URN, only({ [ENTERPRISE_URN]: ANN[ENTERPRISE_URN] })],
    [`${ENTERPRISE_URN}:department`, only({ [ENTERPRISE_URN]: { department: 'Sales' } })],
    [`${ENTERPRISE_URN.toUpperCase()}:MANAGER.VALUE`, only({ [ENTERPRISE_URN]: { manager: { value: 'm1' } } })],
    ['name.middleName', only({})],
    [`${ENTERPRISE_URN}:division`, only({})],
    [ACCESS_URN, only({})],
    ['nope,name.nope,name.givenName.x', only({})],
    ['id', only({})],
    ['__proto__,constructor,prototype.x,toString,name.__proto__', only({})],
    [USER_URN, without(ENTERPRISE_URN)],
    ['', ANN],
    [' , ,,', ANN],
    [','.repeat(5000), ANN],
  ];
  for (const [names, expected] of cases) {
    it(`shows what ${JSON.stringify(names.slice(0, 90))} asks for, with schemas and id`, () => {
      expect(shown(names)).to.deep.equal(expected);
      expectCleanPrototype();
    });
  }
});

describe('excludedAttributes', () => {
  const cases: ReadonlyArray<readonly [names: string, expected: object]> = [
    ['emails', without('emails')],
    ['EMAILS,groups', without('emails', 'groups')],
    ['id,schemas', ANN],
    ['emails.type', { ...ANN, emails: [{ value: 'a@x', primary: true }, { value: 'b@x' }] }],
    ['name.givenName,name.familyName', without('name')],
    ['name.givenName,name', without('name')],
    [ENTERPRISE_URN, without(ENTERPRISE_URN)],
    [`${ENTERPRISE_URN}:department`, { ...ANN, [ENTERPRISE_URN]: { manager: { value: 'm1' } } }],
    [`${ENTERPRISE_URN}:department,${ENTERPRISE_URN}:manager`, without(ENTERPRISE_URN)],
    [`${USER_URN}:name`, without('name')],
    [USER_URN, only({ [ENTERPRISE_URN]: ANN[ENTERPRISE_URN] })],
    ['nope,__proto__,members', ANN],
    ['', ANN],
  ];
  for (const [names, expected] of cases) {
    it(`hides ${JSON.stringify(names)}, but never schemas and id`, () => {
      expect(shown(undefined, names)).to.deep.equal(expected);
    });
  }
});

describe('a projection', () => {
  it('of both kinds is refused (D20)', () => expectRefused(() => shown('userName', 'emails'), 'invalidValue'));
  it('of both kinds is fine while one of them names nothing', () =>
    expect(shown('userName', ' ,')).to.deep.equal(only({ userName: 'ann' })));
  it('names at most 200 attributes (D19)', () => {
    expect(shown('userName,'.repeat(200))).to.deep.equal(only({ userName: 'ann' }));
    expectRefused(() => shown('a,'.repeat(201)), 'invalidValue');
    expectRefused(() => shown(undefined, 'a,'.repeat(5000)), 'invalidValue');
  });
  it('never shows what is never returned, even if it were there', () => {
    const leaking: JsonObject = { ...ANN, password: 'secret', [ACCESS_URN]: { pin: '4711', card: 'c' } };
    for (const [attributes, excluded] of [
      [`password,${ACCESS_URN}:pin,${ACCESS_URN}:card`, undefined],
      [ACCESS_URN, undefined],
      [undefined, 'emails'],
      [undefined, `${ACCESS_URN}:card`],
    ] as const) {
      const projection = parseProjection(attributes, excluded, USER_SCHEMA);
      expect(JSON.stringify(projection === null ? leaking : project(leaking, projection))).not.to.match(/secret|4711/);
    }
  });
  it('shows what is returned on request only when it is asked for', () => {
    const title = USER_SCHEMA.attributes.get('title');
    if (title === undefined) throw new Error('the schema has a title');
    const schema = {
      ...USER_SCHEMA,
      attributes: new Map([...USER_SCHEMA.attributes, ['title', { ...title, returned: 'request' as const }] as const]),
    };
    const resource: JsonObject = { ...ANN, title: 'Chef' };
    const view = (attributes?: string, excluded?: string): JsonObject => {
      const projection = parseProjection(attributes, excluded, schema);
      return projection === null ? resource : project(resource, projection);
    };

    expect(view('title')).to.deep.equal(only({ title: 'Chef' }));
    expect(view(undefined, 'emails')).not.to.have.property('title');
  });
  it('does not change the resource', () => {
    const before = structuredClone(ANN);

    shown('emails.value,name.givenName');
    shown(undefined, 'emails.value,name.givenName');

    expect(ANN).to.deep.equal(before);
  });
});
