import { expect } from 'chai';
import fc from 'fast-check';
import type { AttributePath, Filter } from '../../../src/scim/filter/ast.js';
import { COMPARISON_OPERATORS } from '../../../src/scim/filter/ast.js';
import { InvalidFilter } from '../../../src/scim/filter/errors.js';
import { FILTER_COMPARISONS_MAX, FILTER_DEPTH_MAX, FILTER_LENGTH_MAX, parseFilter } from '../../../src/scim/filter/parse.js';
import { anyText } from '../../support/any-text.js';
import { withoutPositions } from '../../support/filter-print.js';
import { refusal } from '../../support/refusal.js';
import { runs } from '../../support/runs.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';

function path(attribute: string, more: Partial<AttributePath> = {}): AttributePath {
  return { urn: null, attribute, sub: null, filter: null, at: 0, ...more };
}
function eq(attribute: string | AttributePath, value: string | number | boolean | null): Filter {
  return { kind: 'compare', path: typeof attribute === 'string' ? path(attribute) : attribute, operator: 'eq', value, bare: null, at: 0 };
}
function pr(attribute: string): Filter {
  return { kind: 'present', path: path(attribute) };
}
function parsed(text: string): Filter {
  return withoutPositions(parseFilter(text));
}
function chain(count: number, joint = ' and '): string {
  return Array.from({ length: count }, () => 'a pr').join(joint);
}

describe('the filter parser understands', () => {
  const accepted: readonly (readonly [string, string, Filter])[] = [
    ['a text', 'userName eq "bjensen"', eq('userName', 'bjensen')],
    ['names as written', 'UserName eq "x"', eq('UserName', 'x')],
    ['operators in any case', 'userName EQ "x"', eq('userName', 'x')],
    ['presence', 'title pr', pr('title')],
    ['PR in capitals', 'title PR', pr('title')],
    ['true', 'active eq true', eq('active', true)],
    ['false', 'active eq false', eq('active', false)],
    ['null', 'title eq null', eq('title', null)],
    ['an integer', 'n eq 12', eq('n', 12)],
    ['a negative fraction with exponent', 'n eq -1.5e2', eq('n', -150)],
    ['minus zero as zero', 'n eq -0', eq('n', 0)],
    ['a sub-attribute', 'name.familyName eq "x"', eq(path('name', { sub: 'familyName' }), 'x')],
    ['$ref', 'members.$ref eq "x"', eq(path('members', { sub: '$ref' }), 'x')],
    ['a URN before the name (L24)', `${CORE}:userName eq "x"`, eq(path('userName', { urn: CORE }), 'x')],
    ['a URN and a sub-attribute', `${CORE}:name.familyName eq "x"`, eq(path('name', { urn: CORE, sub: 'familyName' }), 'x')],
    ['escaped quotes (L23)', 'userName eq "a\\"b"', eq('userName', 'a"b')],
    ['brackets in a text (L23)', '(a eq "x)y")', eq('a', 'x)y')],
    ['every JSON escape', String.raw`a eq "\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00"`, eq('a', '"\\/\b\f\n\r\té😀')],
    ['the empty text', 'a eq ""', eq('a', '')],
    ['an emoji', 'a eq "😀"', eq('a', '😀')],
    ['keywords in a text', 'a eq "x or y pr"', eq('a', 'x or y pr')],
    ['attributes named like operators', 'eq eq "x"', eq('eq', 'x')],
    ['no blank after a text', 'a eq"x"and b pr', { kind: 'and', filters: [eq('a', 'x'), pr('b')] }],
    ['any blanks between', ' \t a\r\npr ', pr('a')],
    ['a chain as one list', 'a pr and b pr AND c pr', { kind: 'and', filters: [pr('a'), pr('b'), pr('c')] }],
    ['and before or', 'a pr or b pr and c pr', { kind: 'or', filters: [pr('a'), { kind: 'and', filters: [pr('b'), pr('c')] }] }],
    ['parentheses before and', '(a pr or b pr) and c pr', { kind: 'and', filters: [{ kind: 'or', filters: [pr('a'), pr('b')] }, pr('c')] }],
    [
      'a nest on the left (L23)',
      '((a pr) and (b pr)) or c pr',
      { kind: 'or', filters: [{ kind: 'and', filters: [pr('a'), pr('b')] }, pr('c')] },
    ],
    ['not over a group (L20)', 'not (a pr or b pr)', { kind: 'not', filter: { kind: 'or', filters: [pr('a'), pr('b')] } }],
    ['not without blank', 'not(a pr)', { kind: 'not', filter: pr('a') }],
    ['not before and', 'NOT (a pr) and b pr', { kind: 'and', filters: [{ kind: 'not', filter: pr('a') }, pr('b')] }],
    [
      'a value path with groups in it (L21)',
      'emails[type eq "work" and (value co "x" or primary eq true)]',
      {
        kind: 'valuePath',
        path: path('emails'),
        filter: {
          kind: 'and',
          filters: [eq('type', 'work'), { kind: 'or', filters: [{ ...eq('value', 'x'), operator: 'co' } as Filter, eq('primary', true)] }],
        },
      },
    ],
    [
      'a value path before a sub-attribute',
      'emails[type eq "work"].value eq "x"',
      eq(path('emails', { sub: 'value', filter: eq('type', 'work') }), 'x'),
    ],
    ['presence after a value path', 'emails[a pr].value pr', { kind: 'present', path: path('emails', { sub: 'value', filter: pr('a') }) }],
    [
      'two value paths',
      'a[b pr] and c[d pr]',
      {
        kind: 'and',
        filters: [
          { kind: 'valuePath', path: path('a'), filter: pr('b') },
          { kind: 'valuePath', path: path('c'), filter: pr('d') },
        ],
      },
    ],
  ];
  for (const [label, text, expected] of accepted) it(label, () => expect(parsed(text)).to.deep.equal(expected));

  for (const operator of COMPARISON_OPERATORS) {
    it(`the operator ${operator}`, () => expect(parsed(`a ${operator} "x"`)).to.deep.equal({ ...eq('a', 'x'), operator }));
  }

  it('where its parts stand in the text', () => {
    expect(parseFilter('a pr and  bc eq "x"')).to.deep.nested.include({
      'filters[0].path.at': 0,
      'filters[1].path.at': 10,
      'filters[1].at': 16,
    });
  });
});

describe('the filter parser refuses', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['D1 nothing', ''],
    ['D1 blanks', ' \t\r\n '],
    ['D2 no value', 'userName eq'],
    ['D2 no attribute', 'eq "a"'],
    ['D2 no operator', 'userName "a"'],
    ['D2 a name alone', 'userName'],
    ['D3 an open quote', 'userName eq "a'],
    ['D3 an open quote after a backslash', 'userName eq "a\\'],
    ['D3 a quote closed by an escape', 'userName eq "a\\"'],
    ['D3 an open parenthesis', '(userName eq "a"'],
    ['D3 an open bracket', 'emails[type eq "a"'],
    ['D3 one parenthesis too many', 'userName eq "a")'],
    ['D3 one bracket too many', 'emails[type eq "a"]]'],
    ['D3 the wrong closing', 'emails[type eq "a")'],
    ['D3 empty parentheses', '()'],
    ['D3 empty brackets', 'emails[]'],
    ['D4 an unknown operator', 'userName xx "a"'],
    ['D4 regex', 'userName regex "a"'],
    ['D4 ==', 'userName == "a"'],
    ['D4 == without blanks', 'userName=="a"'],
    ['D4 an operator of JavaScript', 'userName toString "a"'],
    ['L22 a dangling or', 'userName eq "x" or'],
    ['L22 a dangling and', 'userName eq "a" and'],
    ['L22 a leading and', 'and userName eq "a"'],
    ['L22 two ands', 'a pr and and b pr'],
    ['L26 pr alone', 'pr'],
    ['L26 a call', 'userName eq K()'],
    ['two filters side by side', 'a pr b pr'],
    ['a value after pr', 'a pr "x"'],
    ['not without parentheses', 'not a pr'],
    ['not alone', 'not'],
    ['not as a value', 'a eq not'],
    ['a number as attribute', '1 eq 1'],
    ['a text as attribute', '"a" eq "a"'],
    ['a dot at the end', 'name. eq "x"'],
    ['a dot at the start', '.name eq "x"'],
    ['three parts', 'a.b.c eq "x"'],
    ['a URN without attribute', 'urn:a:b: eq "x"'],
    ['a URN that is none', 'foo:bar:baz eq "x"'],
    ['brackets inside brackets', 'a[b[c pr]]'],
    ['brackets after a blank', 'emails [type eq "x"]'],
    ['an operator after brackets', 'emails[type eq "x"] eq "y"'],
    ['pr after brackets', 'emails[type eq "x"] pr'],
    ['brackets after a sub-attribute', 'a.b[c pr]'],
    ['a sub-attribute before and after brackets', 'a.b[c pr].d pr'],
    ['two sub-attributes after brackets', 'a[b pr].c.d pr'],
    ['a sub-attribute after a blank', 'a[b pr] .c pr'],
    ['text after brackets', 'a[b pr]c pr'],
    ['a word without quotes', 'userName eq bjensen'],
    ['single quotes', "userName eq 'a'"],
    ['True without quotes', 'active eq True'],
    ['an array', 'a eq ["x"]'],
    ['an object', 'a eq {"$gt":""}'],
    ['D11 a number too large', 'n eq 1e999'],
    ['a number with leading zero', 'n eq 01'],
    ['a number with plus', 'n eq +1'],
    ['a fraction without digits', 'n eq 1.'],
    ['hexadecimal', 'n eq 0x10'],
    ['NaN', 'n eq NaN'],
    ['Infinity', 'n eq Infinity'],
    ['D13 NUL as it is', 'a eq "\0"'],
    ['D13 NUL escaped', 'a eq "\\u0000"'],
    ['D13 half a pair', 'a eq "\ud83d"'],
    ['D13 half a pair escaped', 'a eq "\\ud83d"'],
    ['D13 the other half', 'a eq "x\\ude00"'],
    ['an escape that is none', 'a eq "\\x"'],
    ['an escape cut short', 'a eq "\\u12"'],
    ['a line break in a text', 'a eq "x\ny"'],
    ['D6 L30 40 line breaks after a quote', `userName eq "${'\n'.repeat(40)}`],
    ['D6 L30 40 backslashes after a quote', `userName eq "${'\\'.repeat(40)}`],
    ['L31 __proto__', '__proto__.status eq "418"'],
    ['L31 __proto__ in brackets', 'emails[__proto__.zz eq "1"]'],
    ['L31 __proto__ as sub-attribute', 'name.__proto__ eq "1"'],
    ['L31 __proto__ after brackets', 'a[b pr].__proto__ eq "1"'],
    ['L31 constructor', 'constructor.prototype.x eq 1'],
    ['L31 constructor alone', 'constructor eq 1'],
    ['L31 Constructor in capitals', 'CONSTRUCTOR pr'],
    ['L31 prototype', 'prototype pr'],
    ['L31 toString', 'name.toString eq "1"'],
    ['L31 __proto__ in a URN', 'urn:x:__proto__:y pr'],
    ['letters that only look like ASCII', 'uѕerName pr'],
  ];
  for (const [label, text] of refused) it(label, () => expect(refusal(() => parseFilter(text))).to.equal('InvalidFilter syntax'));

  it('and says where', () => {
    expect(() => parseFilter('a pr and b xx "c"'))
      .to.throw(InvalidFilter, 'expected a comparison operator (character 12)')
      .with.property('position', 11);
  });

  it('and never echoes a long text', () => {
    for (const text of [`a eq "${'x'.repeat(3000)}`, `${'x'.repeat(3000)} xx`, `a eq ${'x'.repeat(3000)}`]) {
      expect(() => parseFilter(text)).to.throw(InvalidFilter, /^.{1,100}$/);
    }
  });
});

describe('the limits of a filter', () => {
  const padded = (length: number): string => `a eq "${'x'.repeat(length - 7)}"`;
  const nested = (depth: number): string => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`;

  it('allow the longest text and no character more', () => {
    expect(refusal(() => parseFilter(padded(FILTER_LENGTH_MAX)))).to.equal('accepted');
    expect(refusal(() => parseFilter(padded(FILTER_LENGTH_MAX + 1)))).to.equal('InvalidFilter limit');
  });

  it('allow the deepest nest and no level more', () => {
    expect(refusal(() => parseFilter(nested(FILTER_DEPTH_MAX)))).to.equal('accepted');
    expect(refusal(() => parseFilter(nested(FILTER_DEPTH_MAX + 1)))).to.equal('InvalidFilter limit');
  });

  it('count not and brackets as levels', () => {
    const nots = (depth: number): string => `${'not ('.repeat(depth)}a pr${')'.repeat(depth)}`;
    const inBrackets = (depth: number): string => `a[${'('.repeat(depth)}b pr${')'.repeat(depth)}]`;

    expect(refusal(() => parseFilter(nots(FILTER_DEPTH_MAX)))).to.equal('accepted');
    expect(refusal(() => parseFilter(nots(FILTER_DEPTH_MAX + 1)))).to.equal('InvalidFilter limit');
    expect(refusal(() => parseFilter(inBrackets(FILTER_DEPTH_MAX - 1)))).to.equal('accepted');
    expect(refusal(() => parseFilter(inBrackets(FILTER_DEPTH_MAX)))).to.equal('InvalidFilter limit');
  });

  it('count a level only while it is open', () => {
    expect(refusal(() => parseFilter(Array.from({ length: 90 }, () => '(a pr)').join(' or ')))).to.equal('accepted');
  });

  it('allow the most comparisons and not one more, in brackets too', () => {
    expect(refusal(() => parseFilter(chain(FILTER_COMPARISONS_MAX)))).to.equal('accepted');
    expect(refusal(() => parseFilter(chain(FILTER_COMPARISONS_MAX + 1)))).to.equal('InvalidFilter limit');
    expect(refusal(() => parseFilter(`x[${chain(FILTER_COMPARISONS_MAX + 1, ' or ')}]`))).to.equal('InvalidFilter limit');
  });

  const shapes: readonly (readonly [string, string])[] = [
    ['D9 10,000 and', chain(10_000)],
    ['D9 10,000 parentheses', nested(10_000)],
    ['D9 4,096 parentheses', '('.repeat(FILTER_LENGTH_MAX)],
    ['D9 10,000 not', 'not ('.repeat(10_000)],
    ['D9 as many not as fit', 'not('.repeat(FILTER_LENGTH_MAX / 4)],
    ['L29 groups that multiply', Array.from({ length: 60 }, () => '(a pr or b pr)').join(' and ')],
    ['L30 backslashes up to the limit', `a eq "${'\\'.repeat(4000)}`],
    ['L30 line breaks up to the limit', `a eq "${'\n'.repeat(4000)}`],
    ['L30 a number up to the limit', `a eq ${'1'.repeat(4000)}x`],
    ['L30 a fraction up to the limit', `a eq 1.${'1'.repeat(4000)}e`],
    ['L30 colons up to the limit', `urn${':a'.repeat(2000)}. pr`],
    ['L30 dots up to the limit', `${'a.'.repeat(2000)} pr`],
    ['blanks up to the limit', ' '.repeat(FILTER_LENGTH_MAX)],
  ];
  for (const [label, text] of shapes)
    it(`answer at once: ${label}`, () => expect(refusal(() => parseFilter(text))).to.match(/^InvalidFilter/));
});

describe('values without quotes, where they are allowed (D-L2)', () => {
  const BARE = { bareValues: true };
  const accepted: readonly (readonly [string, string | number | boolean | null])[] = [
    ['bjensen', 'bjensen'],
    ['bjensen@example.com', 'bjensen@example.com'],
    ['2819c223-7f76-453a-919d-413861904646', '2819c223-7f76-453a-919d-413861904646'],
    ['True', 'True'],
    ['true', true],
    ['null', null],
    ['701984', 701984],
    ['1e999', '1e999'],
    ['"quoted still"', 'quoted still'],
  ];
  for (const [text, value] of accepted) {
    it(`takes ${text}`, () => expect(parseFilter(`a eq ${text}`, BARE)).to.include({ value, bare: text.startsWith('"') ? null : text }));
  }

  for (const text of ['or', 'AND', 'not', '', '(x)', 'a\\b', 'a\u0007b', '\ud83d', 'two words', '[x]']) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(refusal(() => parseFilter(`a eq ${text}`, BARE))).to.equal('InvalidFilter syntax'));
  }

  it('take them in brackets too', () => {
    expect(parseFilter('members[value eq 2819c223]', BARE)).to.have.nested.property('filter.value', '2819c223');
  });
});

describe('any text at all', () => {
  const words = fc.constantFrom(
    'a',
    'and',
    'or',
    'not',
    'pr',
    'eq',
    'co',
    '(',
    ')',
    '[',
    ']',
    '"x"',
    '"',
    '\\',
    'true',
    '1',
    '.b',
    '__proto__',
    'constructor.prototype.x',
    'urn:a:b',
    ':',
    ' ',
    '\n',
    '\0',
    '\ud800',
  );
  const soup = fc.array(words, { maxLength: 40 }).map((parts) => parts.join(' '));

  it('is parsed or refused, and leaves no trace', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          anyText,
          soup.map((text) => text.replaceAll(' ', '')),
        ),
        fc.boolean(),
        (text, bareValues) => {
          expect(refusal(() => parseFilter(text, { bareValues }))).to.be.oneOf(['accepted', 'InvalidFilter syntax', 'InvalidFilter limit']);
        },
      ),
      { numRuns: runs(5_000, 1_000_000) },
    );

    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  });
});
