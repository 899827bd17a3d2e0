import { expect } from 'chai';
import { sqliteJson } from '../../../src/db/json-sql.js';
import { ACCESS_URN, ENTERPRISE_URN, type JsonObject, USER_URN } from '../../../src/domain/scim.js';
import { compileFilter } from '../../../src/scim/filter/compile.js';
import { parseFilter } from '../../../src/scim/filter/parse.js';
import { resolveFilter } from '../../../src/scim/filter/resolve.js';
import { rowOf, sampleTarget } from '../../support/filter-differential.js';
import { SAMPLE_SCHEMA } from '../../support/sample-schema.js';
import { sqliteSample } from '../../support/sqlite-sample.js';

const PEOPLE: readonly JsonObject[] = [
  {
    schemas: [USER_URN, ENTERPRISE_URN],
    id: 'u-0',
    userName: 'Bjensen',
    externalId: 'Abc',
    displayName: 'Straße 100%',
    active: true,
    name: { familyName: "O'Brien" },
    emails: [
      { value: 'Barbara@Example.com', type: 'work', primary: true },
      { value: 'babs@home.example', type: 'home', primary: false },
    ],
    groups: [{ value: 'g1', display: 'Staff' }],
    meta: { created: '2026-11-25T00:33:58.1234567Z' },
    [ENTERPRISE_URN]: { department: 'Tour_Ops', manager: { value: 'M1' } },
    [ACCESS_URN]: { guests: 2, tags: ['VIP', 'late'], validFrom: '2026-12-01T15:00:00+01:00' },
  },
  {
    schemas: [USER_URN],
    id: 'u-1',
    userName: 'a"b',
    displayName: 'back\\slash',
    active: false,
    emails: [{ value: 'x@y', type: 'other' }],
    meta: { created: '2026-01-01T00:00:00Z' },
  },
  { schemas: [USER_URN], id: 'u-2', userName: '😀', meta: { created: '2025-01-01T00:00:00Z' } },
];

describe('a filter finds', () => {
  const sample = sqliteSample();
  after(() => sample.close());

  async function found(text: string): Promise<string> {
    const condition = compileFilter(resolveFilter(parseFilter(text), SAMPLE_SCHEMA, { unknown: 'novalue' }), sampleTarget(sqliteJson));
    return (await sample.runQuery(PEOPLE.map(rowOf), condition)).join(' ');
  }

  const table: readonly (readonly [string, string, string])[] = [
    ['L25 F2 whatever the case of the value', 'userName eq "bJENSEN"', '0'],
    ['L25 D12 whatever the case of names and operators', 'USERNAME EQ "bjensen"', '0'],
    ['L24 behind the core URN', `${USER_URN}:userName eq "bjensen"`, '0'],
    ['U1 by case where it is exact', 'externalId eq "abc"', ''],
    ['U1 by the exact value', 'externalId eq "Abc"', '0'],
    ['L23 escaped quotes', String.raw`userName eq "a\"b"`, '1'],
    ['L23 grouped conditions', '((active eq true) and (userName pr)) or externalId pr', '0'],
    ['D13 an emoji as escapes', String.raw`userName eq "\ud83d\ude00"`, '2'],
    ['L20 by not over or', 'not (active eq true or userName co "b")', '2'],
    ['L20 by not over an absent value', 'not (active eq true)', '1 2'],
    ['L20 by not over absent values in JSON', 'not (displayName sw "back")', '0 2'],
    ['L20 by not over an absent extension', `not (${ENTERPRISE_URN}:department eq "x")`, '0 1 2'],
    ['L21 by one value for all conditions', 'emails[type eq "work" and (value co "home" or primary eq true)]', '0'],
    ['L21 not by several values together', 'emails[type eq "work" and value co "home"]', ''],
    ['Entra: a sub-attribute of some values', 'emails[type eq "work"].value eq "barbara@example.com"', '0'],
    ['Entra: but not of others', 'emails[type eq "home"].value eq "barbara@example.com"', ''],
    ['Entra: a boolean as text (D-L1)', 'emails[primary eq "True"]', '0'],
    ['L26 the value of a list', 'emails eq "x@y"', '1'],
    ['L26 the value of a list with co', 'emails co "EXAMPLE"', '0'],
    ['L26 groups by id', 'groups eq "g1"', '0'],
    ['F4 any value of a list', 'emails.type eq "home"', '0'],
    ['members of plain lists', `${ACCESS_URN}:tags eq "vip"`, '0'],
    ['schemas', `schemas eq "${ENTERPRISE_URN}"`, '0'],
    ['F5 dates as times', 'meta.created eq "2026-11-25T01:33:58.1239+01:00"', '0'],
    ['F5 dates after', 'meta.created gt "2026-01-01T00:00:00Z"', '0'],
    ['F5 dates in an extension', `${ACCESS_URN}:validFrom le "2026-12-01T14:00:00Z"`, '0'],
    ['F5 composed letters and sharp s', 'displayName co "STRASSE"', '0'],
    ['numbers', `${ACCESS_URN}:guests ge 2`, '0'],
    ['no number where there is none', `${ACCESS_URN}:guests lt 100`, '0'],
    ['manager', `${ENTERPRISE_URN}:manager.value eq "M1"`, '0'],
    ['presence', 'externalId pr', '0'],
    ['presence of complex attributes', 'name pr', '0'],
    ['presence of lists', 'emails pr', '0 1'],
    ['absence by null', 'emails eq null', '2'],
    ['presence by ne null', 'displayName ne null', '0 1'],
    ['ne for an absent value', 'displayName ne "back\\\\slash"', '0 2'],
    ['ne for an absent column', 'externalId ne "Abc"', '1 2'],
    ['ne for lists: one differs, or there is none', 'emails.type ne "other"', '0 2'],
    ['ne for rows', 'groups ne "g1"', '1 2'],
    ['ne after brackets', 'emails[type eq "work"].value ne "barbara@example.com"', '1 2'],
    ['Q3 nothing by an unknown attribute', 'nickName pr', ''],
    ['Q3 everything by not of it', 'not (nickName pr)', '0 1 2'],
    ['D7 % for itself', 'displayName co "%"', '0'],
    ['D7 % and nothing else', 'userName sw "%"', ''],
    ['D7 _ for itself', `${ENTERPRISE_URN}:department co "r_o"`, '0'],
    ['D7 _ and nothing else', 'userName sw "_"', ''],
    ['D7 a backslash for itself', 'displayName co "\\\\"', '1'],
    ['D7 an apostrophe', `name.familyName eq "o'brien"`, '0'],
    ['D7 nothing by OR 1=1', `userName eq "' OR 1=1 --"`, ''],
    ['D7 nothing by DROP TABLE', 'displayName eq "\\"; DROP TABLE sample_users"', ''],
    ['D8 nothing by LDAP', 'userName eq "*)(uid=*))"', ''],
    ['D8 nothing by Mongo', 'displayName eq "{\\"$gt\\":\\"\\"}"', ''],
    ['L32 nothing by an id that is a filter', 'id eq "x\\" or userName pr or id eq \\"y"', ''],
    ['the empty start everywhere', 'displayName sw ""', '0 1'],
    ['the empty end everywhere', 'displayName ew ""', '0 1'],
    ['L29 what groups that multiply say', Array.from({ length: 50 }, () => '(userName pr or active eq true)').join(' and '), '0 1 2'],
  ];
  for (const [label, text, expected] of table) it(label, async () => expect(await found(text)).to.equal(expected));
});
