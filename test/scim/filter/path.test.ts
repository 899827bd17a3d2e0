import { expect } from 'chai';
import fc from 'fast-check';
import { ACCESS_URN, ENTERPRISE_URN, USER_URN } from '../../../src/domain/scim.js';
import { parsePath } from '../../../src/scim/filter/parse.js';
import { resolvePath } from '../../../src/scim/filter/resolve.js';
import type { ResolvedPath } from '../../../src/scim/filter/resolved.js';
import { anyText } from '../../support/any-text.js';
import { refusal } from '../../support/refusal.js';
import { SAMPLE_SCHEMA } from '../../support/sample-schema.js';
import { runs } from '../../support/runs.js';

const resolved = (text: string, bareValues = false): ResolvedPath => resolvePath(parsePath(text, { bareValues }), SAMPLE_SCHEMA);

describe('the path of a PATCH operation leads to', () => {
  const table: readonly (readonly [string, string, (string | null)[]])[] = [
    ['an attribute', 'userName', [null, 'userName', null, null]],
    ['an attribute in any case', 'DISPLAYNAME', [null, 'displayName', null, null]],
    ['an attribute between blanks', ' userName ', [null, 'userName', null, null]],
    ['a sub-attribute', 'name.familyName', [null, 'name', null, 'familyName']],
    ['a list', 'emails', [null, 'emails', null, null]],
    ['values of a list', 'emails[type eq "work"]', [null, 'emails', 'compare', null]],
    ['a sub-attribute of values', 'emails[type eq "work"].value', [null, 'emails', 'compare', 'value']],
    ['values by several conditions', 'emails[type eq "work" and primary eq "True"].value', [null, 'emails', 'and', 'value']],
    ['an attribute behind the core URN (L50)', `${USER_URN}:displayName`, [null, 'displayName', null, null]],
    ['values behind the core URN', `${USER_URN}:emails[type eq "work"].value`, [null, 'emails', 'compare', 'value']],
    ['an attribute of an extension', `${ENTERPRISE_URN}:department`, [ENTERPRISE_URN, 'department', null, null]],
    ['a sub-attribute of an extension', `${ENTERPRISE_URN}:manager.value`, [ENTERPRISE_URN, 'manager', null, 'value']],
    ['values of an extension', `${ACCESS_URN}:accessPeriods[group eq "g1"].startsAt`, [ACCESS_URN, 'accessPeriods', 'compare', 'startsAt']],
    ['the core attributes (L50)', USER_URN, [null, null, null, null]],
    ['the core attributes in another case', USER_URN.toLowerCase(), [null, null, null, null]],
    ['an extension (L51)', ENTERPRISE_URN, [ENTERPRISE_URN, null, null, null]],
    ['an extension in another case', ACCESS_URN.toUpperCase(), [ACCESS_URN, null, null, null]],
    ['a secret, which may be written', `${ACCESS_URN}:pin`, [ACCESS_URN, 'pin', null, null]],
  ];
  for (const [label, text, expected] of table) {
    it(label, () => {
      const path = resolved(text);

      expect([path.urn, path.attribute?.name ?? null, path.filter?.kind ?? null, path.sub?.name ?? null]).to.deep.equal(expected);
    });
  }

  it('values whose condition is known both folded and as written', () => {
    expect(resolved('emails[type eq "Work"]').filter).to.include({ kind: 'compare', operator: 'eq', value: 'work', literal: 'Work' });
  });

  it('values whose condition has a boolean written as a text (D-L1)', () => {
    expect(resolved('roles[primary eq "True"].value').filter).to.include({ value: true, literal: true });
  });

  it('values whose condition has no quotes, where that is allowed', () => {
    expect(resolved('groups[value eq 2819c223]', true).filter).to.include({ value: '2819c223' });
  });
});

describe('the path of a PATCH operation is refused', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['when it is empty', '', 'InvalidPath syntax'],
    ['when it is blank', '  ', 'InvalidPath syntax'],
    ['with an operator', 'userName eq "x"', 'InvalidPath syntax'],
    ['with two names', 'userName displayName', 'InvalidPath syntax'],
    ['with a text', '"userName"', 'InvalidPath syntax'],
    ['with three parts', 'a.b.c', 'InvalidPath syntax'],
    ['with a dot at the end', 'name.', 'InvalidPath syntax'],
    ['with a slash', 'name/familyName', 'InvalidPath syntax'],
    ['with an index', 'emails[0]', 'InvalidFilter syntax'],
    ['with empty brackets', 'emails[]', 'InvalidFilter syntax'],
    ['with an open bracket', 'emails[type eq "work"', 'InvalidFilter syntax'],
    ['with an open quote', 'emails[type eq "work].value', 'InvalidFilter syntax'],
    ['with an open quote after the brackets', 'emails[type eq "work"]"', 'InvalidPath syntax'],
    ['with a bracket too many', 'emails[type eq "work"]]', 'InvalidPath syntax'],
    ['with text after the brackets', 'emails[type eq "work"]value', 'InvalidPath syntax'],
    ['with two sub-attributes', 'emails[type eq "work"].value.x', 'InvalidPath syntax'],
    ['with brackets twice', 'emails[type eq "work"][primary eq true]', 'InvalidPath syntax'],
    ['with a sub-attribute before brackets', 'emails.value[type eq "work"].type', 'InvalidPath syntax'],
    ['with brackets after a sub-attribute', 'emails.value[type eq "work"]', 'InvalidPath syntax'],
    ['with brackets after a plain attribute', 'userName[value eq "x"]', 'InvalidPath type'],
    ['with brackets after a single value', 'name[familyName eq "x"]', 'InvalidPath type'],
    ['with brackets after a schema', `${ENTERPRISE_URN}[department eq "x"]`, 'InvalidPath unknownAttribute'],
    ['with an unknown attribute', 'nickname', 'InvalidPath unknownAttribute'],
    ['with an unknown sub-attribute', 'name.nick', 'InvalidPath unknownAttribute'],
    ['with an unknown sub-attribute after brackets', 'emails[type eq "work"].nick', 'InvalidPath unknownAttribute'],
    ['with an unknown schema', 'urn:example:params:1.0:User', 'InvalidPath unknownAttribute'],
    ['with an unknown attribute in brackets', 'emails[nick eq "x"]', 'InvalidFilter unknownAttribute'],
    ['with a secret in brackets', `${ACCESS_URN}:accessPeriods[code eq "1"]`, 'InvalidFilter secret'],
    ['with a wrong value in brackets', 'emails[primary eq "yes"]', 'InvalidFilter type'],
    ['with __proto__', '__proto__.x', 'InvalidPath syntax'],
    ['with constructor', 'constructor.prototype', 'InvalidPath syntax'],
    ['with toString', 'toString', 'InvalidPath syntax'],
    ['with prototype as sub-attribute', 'name.prototype', 'InvalidPath syntax'],
    ['with __proto__ in brackets', 'emails[__proto__.zz eq "1"]', 'InvalidFilter syntax'],
    ['with __proto__ after brackets', 'emails[type eq "work"].__proto__', 'InvalidPath syntax'],
    ['with 34 backslashes in brackets', `emails[type eq "${'\\'.repeat(34)}`, 'InvalidFilter syntax'],
    ['when it is too long', `emails[type eq "${'x'.repeat(4096)}"]`, 'InvalidPath limit'],
    ['with 32 levels in brackets', `emails[${'('.repeat(32)}type pr${')'.repeat(32)}]`, 'InvalidFilter limit'],
    ['with 101 comparisons', `emails[${Array.from({ length: 101 }, () => 'type pr').join(' or ')}]`, 'InvalidFilter limit'],
  ];
  for (const [label, text, expected] of table) it(label, () => expect(refusal(() => resolved(text))).to.equal(expected));

  it('or understood, whatever the text, and leaves no trace', () => {
    const parts = fc.constantFrom(
      'emails',
      '[',
      ']',
      '.value',
      'type eq "x"',
      '"',
      '\\',
      '__proto__',
      'constructor',
      USER_URN,
      ':',
      '.',
      ' ',
    );
    const soup = fc.array(parts, { maxLength: 8 }).map((words) => words.join(''));
    fc.assert(
      fc.property(fc.oneof(soup, anyText), (text) => {
        expect(refusal(() => resolved(text))).to.match(/^(accepted|Invalid(Path|Filter) (syntax|limit|type|unknownAttribute))$/);
      }),
      { numRuns: runs(2_000, 500_000) },
    );

    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  });
});
