import { expect } from 'chai';
import { ACCESS_URN, ENTERPRISE_URN, USER_URN } from '../../../src/domain/scim.js';
import { InvalidFilter } from '../../../src/scim/filter/errors.js';
import { parseFilter } from '../../../src/scim/filter/parse.js';
import { resolveFilter } from '../../../src/scim/filter/resolve.js';
import type { ResolvedFilter } from '../../../src/scim/filter/resolved.js';
import { refusal } from '../../support/refusal.js';
import { SAMPLE_SCHEMA } from '../../support/sample-schema.js';

const resolved = (text: string, bareValues = false): ResolvedFilter => resolveFilter(parseFilter(text, { bareValues }), SAMPLE_SCHEMA);
const withoutValue = (text: string): ResolvedFilter => resolveFilter(parseFilter(text), SAMPLE_SCHEMA, { unknown: 'novalue' });

/** The filter in one line: canonical names, comparison form of the values. */
function line(filter: ResolvedFilter): string {
  switch (filter.kind) {
    case 'constant':
      return String(filter.value);
    case 'and':
    case 'or':
      return `(${filter.filters.map(line).join(` ${filter.kind} `)})`;
    case 'not':
      return `not ${line(filter.filter)}`;
    default: {
      const { urn, attribute, sub } = filter.on;
      const name = [urn?.includes('enterprise') === true ? 'ent' : urn === null ? null : 'ext', attribute.name, sub?.name]
        .filter((part) => part != null)
        .join('.');
      if (filter.kind === 'valuePath') return `${name}[${line(filter.filter)}]`;
      return filter.kind === 'present' ? `${name} pr` : `${name} ${filter.operator} ${JSON.stringify(filter.value)}`;
    }
  }
}

describe('a name leads to its attribute', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['in any case', 'USERNAME eq "x"', 'userName eq "x"'],
    ['sub-attributes too', 'NAME.FAMILYNAME pr', 'name.familyName pr'],
    ['behind the core URN', `${USER_URN}:userName eq "x"`, 'userName eq "x"'],
    ['behind the core URN in capitals', `${USER_URN.toUpperCase()}:meta.created pr`, 'meta.created pr'],
    ['of an extension', `${ENTERPRISE_URN}:department pr`, 'ent.department pr'],
    ['of an extension in another case', `${ENTERPRISE_URN.toLowerCase()}:MANAGER.value pr`, 'ent.manager.value pr'],
    ['the value of a list (D-F2)', 'emails eq "x"', 'emails.value eq "x"'],
    ['the value of a list with co', 'emails co "x"', 'emails.value co "x"'],
    ['a list for pr', 'emails pr', 'emails pr'],
    ['a complex attribute for pr', 'name pr', 'name pr'],
    ['a complex attribute for eq null', 'name eq null', 'not name pr'],
    ['a list of plain values', `${ACCESS_URN}:tags eq "VIP"`, 'ext.tags eq "vip"'],
    ['in brackets', 'emails[TYPE eq "Work"]', 'emails[emails.type eq "work"]'],
    ['after brackets', 'emails[type eq "work"].value eq "X"', 'emails[(emails.type eq "work" and emails.value eq "x")]'],
    [
      'after brackets with ne',
      'emails[type eq "a"].value ne "b"',
      '(emails[(emails.type eq "a" and emails.value ne "b")] or not emails[emails.type eq "a"])',
    ],
    ['after brackets with null', 'emails[type eq "a"].value eq null', 'not emails[(emails.type eq "a" and emails.value pr)]'],
    ['in brackets of a single value', 'name[familyName eq "x"]', '(name pr and name.familyName eq "x")'],
    [
      'after brackets of a single value',
      'name[familyName eq "x"].givenName pr',
      '(name pr and (name.familyName eq "x" and name.givenName pr))',
    ],
  ];
  for (const [label, text, expected] of table) it(label, () => expect(line(resolved(text))).to.equal(expected));
});

describe('a value gets the type of its attribute', () => {
  const table: readonly (readonly [string, string, string | number | boolean, string | number | boolean])[] = [
    ['text is folded', 'userName eq "STRASSE"', 'strasse', 'STRASSE'],
    ['text that is caseExact is not', 'externalId eq "ABC"', 'ABC', 'ABC'],
    ['true', 'active eq true', true, true],
    ['"True" of Entra (D-L1)', 'active eq "True"', true, true],
    ['"FALSE"', 'active eq "FALSE"', false, false],
    ['a date', 'meta.created gt "2026-11-25T01:33:58.1234567+01:00"', '2026-11-25T00:33:58.123Z', '2026-11-25T01:33:58.1234567+01:00'],
    ['an integer', `${ACCESS_URN}:guests ge 2`, 2, 2],
    ['a decimal', `${ACCESS_URN}:rating lt 2.5`, 2.5, 2.5],
    ['binary with co', 'x509Certificates.value co "MII"', 'MII', 'MII'],
  ];
  for (const [label, text, value, literal] of table) it(label, () => expect(resolved(text)).to.include({ value, literal }));

  it('a word without quotes is a text, whatever it looks like', () => {
    expect(resolved('externalId eq 007', true)).to.include({ value: '007' });
    expect(resolved('externalId eq 1.50', true)).to.include({ value: '1.50' });
    expect(resolved('displayName eq TRUE', true)).to.include({ value: 'true', literal: 'TRUE' });
    expect(resolved('displayName eq true', true)).to.include({ value: 'true', literal: 'true' });
  });

  it('a word without quotes is still a boolean or number where one belongs', () => {
    expect(resolved('active eq True', true)).to.include({ value: true });
    expect(resolved(`${ACCESS_URN}:guests eq 2`, true)).to.include({ value: 2 });
  });

  it('eq null asks for absence, ne null for presence', () => {
    expect(line(resolved('displayName eq null'))).to.equal('not displayName pr');
    expect(line(resolved('displayName ne null'))).to.equal('displayName pr');
  });
});

describe('a filter is refused', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['D5 L27 for an unknown attribute', 'nickname eq "x"', 'unknownAttribute'],
    ['for an unknown sub-attribute', 'name.nick eq "x"', 'unknownAttribute'],
    ['for a sub-attribute of a plain one', 'userName.value eq "x"', 'unknownAttribute'],
    ['for an unknown attribute in brackets', 'emails[userName eq "x"]', 'unknownAttribute'],
    ['for a dotted name in brackets', 'emails[emails.type eq "x"]', 'unknownAttribute'],
    ['for a URN in brackets', `emails[${USER_URN}:userName eq "x"]`, 'unknownAttribute'],
    ['for an unknown URN', 'urn:example:1.0:User:userName eq "x"', 'unknownAttribute'],
    ['for an attribute of an extension without its URN', 'department eq "x"', 'unknownAttribute'],
    ['for a core attribute behind an extension', `${ENTERPRISE_URN}:userName eq "x"`, 'unknownAttribute'],
    ['for a schema alone', `${ENTERPRISE_URN} pr`, 'unknownAttribute'],
    ['for names of plain objects', 'hasOwnProperty eq "x"', 'unknownAttribute'],
    ['for valueOf as sub-attribute', 'name.valueOf eq "x"', 'unknownAttribute'],
    ['D-F4 for the password', 'password eq "x"', 'secret'],
    ['D-F4 for presence of the password', 'password pr', 'secret'],
    ['D-F4 for absence of the PIN', `${ACCESS_URN}:pin eq null`, 'secret'],
    ['D-F4 for the first digit of the PIN', `${ACCESS_URN}:pin sw "1"`, 'secret'],
    ['D-F4 for a secret in brackets', `${ACCESS_URN}:accessPeriods[code eq "1"]`, 'secret'],
    ['D-F4 for a secret after brackets', `${ACCESS_URN}:accessPeriods[group pr].code pr`, 'secret'],
    ['D10 F3 for gt on a boolean', 'active gt true', 'type'],
    ['D10 for le on a boolean', 'active le "true"', 'type'],
    ['F3 for ge on binary', 'x509Certificates.value ge "x"', 'type'],
    ['D10 for co on a date', 'meta.created co "2026"', 'type'],
    ['D10 for sw on an integer', `${ACCESS_URN}:guests sw 1`, 'type'],
    ['D10 for ew on a boolean', 'active ew "e"', 'type'],
    ['D11 for a date that is none', 'meta.created gt "not-a-date"', 'type'],
    ['for a number as date', 'meta.created gt 5', 'type'],
    ['for a text as number', `${ACCESS_URN}:guests eq "2"`, 'type'],
    ['for a boolean as number', `${ACCESS_URN}:guests eq true`, 'type'],
    ['for a number as text', 'userName eq 5', 'type'],
    ['for a boolean as text', 'userName eq true', 'type'],
    ['for a number as boolean', 'active eq 1', 'type'],
    ['for another word as boolean', 'active eq "yes"', 'type'],
    ['for null with gt', 'userName gt null', 'type'],
    ['for null with co', 'emails co null', 'type'],
    ['F4 for a complex attribute compared', 'name eq "x"', 'type'],
    ['for a list without values compared', 'addresses eq "x"', 'type'],
    ['for brackets after a plain attribute', 'userName[value eq "x"]', 'type'],
    ['for brackets after a plain list', `${ACCESS_URN}:tags[value eq "x"]`, 'type'],
    ['for a list inside a value', 'addresses.lines eq "x"', 'type'],
  ];
  for (const [label, text, reason] of table) it(label, () => expect(refusal(() => resolved(text))).to.equal(`InvalidFilter ${reason}`));

  it('with the name and the place, cut to a length', () => {
    expect(() => resolved('active eq true and foo.bar pr')).to.throw(InvalidFilter, 'there is no attribute foo.bar (character 20)');
    expect(() => resolved(`${'x'.repeat(4000)} pr`)).to.throw(
      InvalidFilter,
      /^Invalid filter: there is no attribute x{59}… \(character 1\)\.$/,
    );
  });
});

describe('where another resource type may have the attribute', () => {
  const table: readonly (readonly [string, string])[] = [
    ['nickName eq "x"', 'false'],
    ['nickName pr', 'false'],
    ['nickName gt 5', 'false'],
    ['nickName ne "x"', 'not false'],
    ['nickName eq null', 'not false'],
    ['nickName ne null', 'false'],
    ['not (nickName eq 1)', 'not false'],
    ['members[value eq "x"]', 'false'],
    ['members[value eq "x"].display ne "y"', '(false or not false)'],
    ['name.nick eq "x"', 'false'],
    ['emails[nick eq "x"]', 'emails[false]'],
    ['hasOwnProperty pr', 'false'],
    ['userName eq "x" or nickName eq "x"', '(userName eq "x" or false)'],
  ];
  for (const [text, expected] of table) it(`${text} has no value`, () => expect(line(withoutValue(text))).to.equal(expected));

  it('secrets stay refused', () => {
    expect(refusal(() => withoutValue('password pr'))).to.equal('InvalidFilter secret');
  });

  it('types stay checked', () => {
    expect(refusal(() => withoutValue('active gt true'))).to.equal('InvalidFilter type');
  });
});
