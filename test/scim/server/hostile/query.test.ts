import { expect } from 'chai';
import { ACCESS_URN, USER_URN } from '../../../../src/domain/scim.js';
import { forEachEngine } from '../../../support/engines.js';
import { expectStillThere, type Hostile, hostileTable } from '../../../support/hostile.js';
import { type Connection, serverOf } from '../../../support/running-server.js';
import { resourcesIn, userNamesIn } from '../../../support/scim-client.js';

const query = (label: string, text: string, status: number, scimType?: string): Hostile => ({
  label,
  method: 'GET',
  path: `/Users?${text}`,
  status,
  ...(scimType === undefined ? {} : { scimType }),
});
const filter = (label: string, text: string): Hostile =>
  query(`${label} ${JSON.stringify(text.slice(0, 60))}`, `filter=${encodeURIComponent(text)}`, 400, 'invalidFilter');
const value = (label: string, text: string): Hostile => query(`${label} ${text.slice(0, 60)}`, text, 400, 'invalidValue');

const TABLE: readonly Hostile[] = [
  filter('D1 filter empty', ''),
  filter('D1 filter blank', '   '),
  ...[
    'userName eq',
    'eq "a"',
    'userName "a"',
    'userName eq "a" and',
    'userName eq "a" or',
    'and',
    'not',
    'not (',
    '()',
    'userName',
    'pr',
    'userName eq "a" "b"',
  ].map((text) => filter('D2/L22', text)),
  ...[
    'userName eq "a',
    '(userName eq "a"',
    'emails[type eq "a"',
    'userName eq "a")',
    'emails[type eq "a"]]',
    'emails[]',
    'userName eq "a"]',
  ].map((text) => filter('D3', text)),
  ...[
    'userName xx "a"',
    'userName regex ".*"',
    'userName == "a"',
    'userName = "a"',
    'userName eq K()',
    'userName eq nul',
    'userName eq undefined',
  ].map((text) => filter('D4', text)),
  ...[
    'nope eq "a"',
    'name.nope eq "a"',
    'urn:x:userName eq "a"',
    'toString eq "a"',
    'emails[nope eq "a"]',
    `${ACCESS_URN}:nope eq "a"`,
  ].map((text) => filter('D5/L27', text)),
  ...['password eq "x"', 'password pr', `${ACCESS_URN}:pin eq "1234"`, `${ACCESS_URN}:pin pr`, `not (${ACCESS_URN}:pin pr)`].map((text) =>
    filter('D-F4', text),
  ),
  filter('D6/L30 40 newlines', `userName eq "${'\n'.repeat(40)}`),
  filter('D6/L30 40 backslashes', `userName eq "${'\\'.repeat(41)}`),
  filter('D6 4,000 backslashes and a quote', `userName eq "${'\\'.repeat(4001)}"`),
  filter(
    'D9/L29 18 groups joined by and',
    Array.from({ length: 120 }, (_, index) => `(userName eq "${index}" or title eq "${index}")`).join(' and '),
  ),
  filter('D9 310 and', Array.from({ length: 310 }, () => 'active pr').join(' and ')),
  filter('D9 4,000 parentheses', `${'('.repeat(2000)}userName pr${')'.repeat(2000)}`),
  filter('D9 4,000 not', `${'not('.repeat(1000)}userName pr${')'.repeat(1000)}`),
  filter('D9 33 deep', `${'('.repeat(33)}userName pr${')'.repeat(33)}`),
  filter('D-F3 4,097 characters', `userName eq "${'a'.repeat(4083)}"`),
  ...[
    'active gt true',
    'active le "true"',
    'meta.created co "2026"',
    'meta.created sw "2026"',
    'x509Certificates.value gt "a"',
    'active eq "x"',
    'active co true',
    'userName eq 1',
    'userName gt true',
  ].map((text) => filter('D10/F3', text)),
  ...['meta.created gt "not-a-date"', 'meta.created gt 1e999', 'meta.created eq "2026-13-01T00:00:00Z"', 'userName eq 1e999'].map((text) =>
    filter('D11', text),
  ),
  ...['userName eq "\\x"', 'userName eq "\\u12"', 'userName eq "a\u0001b"'].map((text) => filter('D13', text)),
  query('D14 filter twice', 'filter=userName%20pr&filter=userName%20pr', 400, 'invalidFilter'),
  query('D14/L28 filter[a]=b', 'filter[a]=b', 400, 'invalidFilter'),
  query('D14 filter[]=x', 'filter[]=x', 400, 'invalidFilter'),
  query('D14 FILTER and filter', 'FILTER=userName%20pr&filter=userName%20pr', 400, 'invalidFilter'),
  ...[
    'count=abc',
    'count=1.5',
    'count=Infinity',
    'count=1e9',
    'count=',
    'count=1&count=2',
    'count[]=1',
    'count=0x10',
    'count=%2B',
    'count=1%20000',
  ].map((text) => value('D16', text)),
  ...['startIndex=abc', 'startIndex=1.5', 'startIndex=', 'startIndex=1&startIndex=2', 'startIndex=NaN'].map((text) => value('D17', text)),
  query('D17 startIndex=1e18 as digits', 'startIndex=1000000000000000000', 200),
  query('D17 startIndex of 40 digits', `startIndex=${'9'.repeat(40)}`, 200),
  ...[
    'sortBy=nope',
    'sortBy=__proto__',
    'sortBy=constructor',
    `sortBy=${ACCESS_URN}:pin`,
    'sortBy=password',
    'sortBy=name',
    'sortBy=',
    'sortBy=userName;drop',
    'sortBy=userName&sortOrder=up',
    'sortOrder=',
    'sortBy=a&sortBy=b',
  ].map((text) => value('D18', text)),
  query('D19 attributes unknown', 'attributes=nope,userName', 200),
  query('D19/L38 attributes=__proto__', 'attributes=__proto__', 200),
  query('D19 attributes=constructor.prototype', 'attributes=constructor.prototype,userName', 200),
  query('D19/L38 2,500 empty items', `attributes=${'a,'.repeat(2500)}`, 400, 'invalidValue'),
  query('D19 5,000 items of nothing', `attributes=${','.repeat(5000)}userName`, 200),
  query('D19 excludedAttributes=__proto__', 'excludedAttributes=__proto__', 200),
  query('D20 attributes and excludedAttributes', 'attributes=userName&excludedAttributes=name', 400, 'invalidValue'),
  query('R8 __proto__ as a parameter', '__proto__=x&__proto__[polluted]=1&constructor[prototype][polluted]=1', 200),
  ...[
    '__proto__.status eq "418"',
    'emails[__proto__.zz eq "1"]',
    'constructor.prototype.x eq 1',
    'prototype eq "x"',
    '__proto__ pr',
    'name.__proto__ pr',
    'name.constructor.prototype pr',
    `${USER_URN}:__proto__ pr`,
  ].map((text) => filter('R8/L31', text)),
];

/** Words of other languages: each is a text like any other, so it matches who is called that and nobody else. */
const LITERALS = [
  `' OR 1=1 --`,
  `"; DROP TABLE users; --`,
  '%',
  '_',
  '\\',
  'a%b_c',
  '*)(uid=*))',
  '{"$gt":""}',
  '?',
  '$1',
  ':name',
  `a"b`,
  '\u{1F511}',
  'é',
  '[0-9]*',
  '/*x*/',
];

forEachEngine((engine) => {
  describe('hostile requests, D: filter, paging, sort, projection', () => {
    const server = serverOf(engine);
    let scim: Connection;
    before(async () => {
      scim = await server().connect();
      for (const name of [...LITERALS, 'ann', 'bob'])
        await scim.addUser(name, { title: `title ${name}`, emails: [{ value: 'x@x.example', type: 'work', display: name }] });
    });
    afterEach(() => expectStillThere(scim));

    hostileTable('one request each', TABLE, async () => {
      const connection = await server().connect();
      return { connection, user: await connection.addUser('ann'), group: await connection.addGroup('Cleaners') };
    });

    for (const literal of LITERALS) {
      it(`D7/D8/D13 ${JSON.stringify(literal)} is a text, whatever compares it`, async () => {
        const quoted = JSON.stringify(literal);
        for (const text of [
          `userName eq ${quoted}`,
          `emails.display eq ${quoted}`,
          `emails[display eq ${quoted}]`,
          `title eq ${JSON.stringify(`title ${literal}`)}`,
        ]) {
          expect(userNamesIn(await scim.find('/Users', text)), text).to.deep.equal([literal]);
        }
        for (const operator of ['co', 'sw', 'ew']) {
          const found = userNamesIn(await scim.find('/Users', `userName ${operator} ${quoted}`));
          const wanted = [...LITERALS, 'ann', 'bob'].filter((name) =>
            operator === 'co' ? name.includes(literal) : operator === 'sw' ? name.startsWith(literal) : name.endsWith(literal),
          );
          expect(found, operator).to.have.members(wanted).and.to.have.length(wanted.length);
        }
      });
    }

    it('D12/L25 names and operators in any case', async () => {
      for (const text of [
        'UserName EQ "ANN"',
        'USERNAME eq "ann"',
        `${USER_URN.toUpperCase()}:USERNAME Eq "Ann"`,
        'NOT (userName NE "ann")',
      ]) {
        expect(userNamesIn(await scim.find('/Users', text)), text).to.deep.equal(['ann']);
      }
    });

    it('D13 an escaped NUL matches nobody, or is refused, and is no error of ours', async () => {
      for (const text of ['userName eq "a\\u0000b"', 'userName co "\\u0000"', 'userName eq "\\ud800"', 'title sw "\\udc00x"']) {
        const answer = await scim.find('/Users', text);
        expect(answer.status, answer.text).to.be.oneOf([200, 400]);
        if (answer.status === 200) expect(resourcesIn(answer), text).to.deep.equal([]);
      }
    });

    it('L32 an id that looks like a filter is an id that is not there', async () => {
      for (const id of ['x" or userName pr or id eq "y', '*', '%', '" or "1" eq "1', 'ann']) {
        expect((await scim.get(`/Users/${encodeURIComponent(id)}`)).status, id).to.equal(404);
      }
    });

    it('the longest and the widest filter that is allowed', async () => {
      expect((await scim.find('/Users', `userName eq "${'a'.repeat(4082)}"`)).status).to.equal(200);
      const many = Array.from({ length: 100 }, (_, index) => `(userName eq "${index}")`).join(' or ');
      expect((await scim.find('/Users', many)).status).to.equal(200);
      const deep = `${'('.repeat(31)}userName eq "ann"${')'.repeat(31)}`;
      expect(userNamesIn(await scim.find('/Users', deep))).to.deep.equal(['ann']);
    });
  });
});
