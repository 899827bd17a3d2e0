import { expect } from 'chai';
import { DEFAULT_SCIM_SWITCHES } from '../../../src/domain/integration.js';
import { ACCESS_URN, ENTERPRISE_URN, PATCH_OP_URN, USER_URN } from '../../../src/domain/scim.js';
import type { ScimType } from '../../../src/scim/errors.js';
import { parsePatch } from '../../../src/scim/patch/parse-patch.js';
import type { PatchOperation } from '../../../src/scim/patch/operation.js';
import { GROUP_SCHEMA, USER_SCHEMA } from '../../../src/scim/schema/schemas.js';
import { expectCleanPrototype, expectRefused, patchBody, wire } from '../../support/scim-bodies.js';

const parse = (body: unknown): PatchOperation[] => parsePatch(body, USER_SCHEMA, DEFAULT_SCIM_SWITCHES);
const names = (...operations: readonly unknown[]): string[] =>
  parse(patchBody(...operations)).map(({ op, target }) =>
    [op, target.urn, target.attribute.name, target.sub?.name].filter((part) => part !== null && part !== undefined).join(' '),
  );
const replace = (path: string, value: unknown): object => ({ op: 'replace', path, value });

describe('parsePatch', () => {
  const schemas = [PATCH_OP_URN];
  const Operations = [replace('title', 'x')];
  const refused: ReadonlyArray<readonly [label: string, body: unknown, scimType: ScimType]> = [
    ['a body that is null', null, 'invalidSyntax'],
    ['a body that is a list', [], 'invalidSyntax'],
    ['C1 no schemas', { Operations }, 'invalidSyntax'],
    ['C1 wrong schemas', { schemas: [USER_URN], Operations }, 'invalidSyntax'],
    ['C1 schemas as a text', { schemas: PATCH_OP_URN, Operations }, 'invalidSyntax'],
    ...[undefined, null, {}, [], 'x', [null], ['x'], [1], [[]]].map((operations): [string, unknown, ScimType] => [
      `C2 Operations ${JSON.stringify(operations)}`,
      { schemas, Operations: operations },
      'invalidSyntax',
    ]),
    ['Operations in two spellings', { schemas, Operations, operations: Operations }, 'invalidSyntax'],
    ['no op', patchBody({ path: 'title', value: 'x' }), 'invalidSyntax'],
    ['op move', patchBody({ op: 'move', path: 'title', value: 'x' }), 'invalidSyntax'],
    ['op as a number', patchBody({ op: 1, path: 'title', value: 'x' }), 'invalidSyntax'],
    ['C3 add without a value', patchBody({ op: 'add', path: 'title' }), 'invalidValue'],
    ['C3 replace without a value', patchBody({ op: 'replace', path: 'title' }), 'invalidValue'],
    ['C3 pathless add without a value', patchBody({ op: 'add' }), 'invalidValue'],
    ['C4 remove without a path', patchBody({ op: 'remove' }), 'noTarget'],
    ['C4 remove without a path but with a value', patchBody({ op: 'remove', value: { title: 'x' } }), 'noTarget'],
    ['C4 remove with a blank path', patchBody({ op: 'remove', path: ' ' }), 'noTarget'],
    ...['x', 7, null, [], [{ title: 'x' }], true].map((value): [string, unknown, ScimType] => [
      `C5 pathless replace with ${JSON.stringify(value)}`,
      patchBody({ op: 'replace', value }),
      'invalidValue',
    ]),
    ['path as a number', patchBody({ op: 'replace', path: 7, value: 'x' }), 'invalidPath'],
    ...[
      'nope',
      'name.nope',
      'title.nope',
      `${ENTERPRISE_URN}:nope`,
      'urn:example:x:title',
      'title[type eq "x"]',
      'name.givenName.x',
      '.',
      'a b',
    ].map((path): [string, unknown, ScimType] => [`C6 path ${path}`, patchBody(replace(path, 'x')), 'invalidPath']),
    ...['__proto__.x', 'constructor.prototype.x', '__proto__', 'toString', 'prototype', 'name.__proto__'].map(
      (path): [string, unknown, ScimType] => [`C7 path ${path}`, patchBody(replace(path, 'x')), 'invalidPath'],
    ),
    ['C7 path with a forbidden name in the filter', patchBody(replace('emails[__proto__ eq "x"].value', 'a@b')), 'invalidFilter'],
    ['unknown attribute in the filter', patchBody(replace('emails[nope eq "x"].value', 'a@b')), 'invalidFilter'],
    ['a path that ends inside its filter', patchBody(replace('emails[', 'a@b')), 'invalidFilter'],
    ['a filter without its end', patchBody(replace('emails[type eq "work].value', 'a@b')), 'invalidFilter'],
    ...[
      'id',
      'meta',
      'meta.created',
      'groups',
      'groups[value eq "x"]',
      'schemas',
      `${ACCESS_URN}:syncStatus`,
      `${ENTERPRISE_URN}:manager.displayName`,
    ].flatMap((path): [string, unknown, ScimType][] => [
      [`C15 replace ${path}`, patchBody(replace(path, 'x')), 'mutability'],
      [`C15 add ${path}`, patchBody({ op: 'add', path, value: 'x' }), 'mutability'],
      [`C15 remove ${path}`, patchBody({ op: 'remove', path }), 'mutability'],
    ]),
    ['remove userName', patchBody({ op: 'remove', path: 'userName' }), 'mutability'],
    ['remove userName behind its URN', patchBody({ op: 'remove', path: `${USER_URN}:userName` }), 'mutability'],
    ['remove active', patchBody({ op: 'remove', path: 'active' }), 'mutability'],
    ['remove everything', patchBody({ op: 'remove', path: USER_URN }), 'mutability'],
    ['remove the Group of a period', patchBody({ op: 'remove', path: `${ACCESS_URN}:accessPeriods.value` }), 'mutability'],
    ['C17 10,000 operations', patchBody(...Array.from({ length: 10_000 }, () => replace('title', 'x'))), 'invalidSyntax'],
    ['C18 title as a number', patchBody(replace('title', 7)), 'invalidValue'],
    ['C18 active as a word', patchBody(replace('active', 'maybe')), 'invalidValue'],
    ['C18 active null', patchBody(replace('active', null)), 'invalidValue'],
    ['C18 emails as a text', patchBody(replace('emails', 'a@b')), 'invalidValue'],
    ['C18 an e-mail that is none', patchBody(replace('emails[type eq "work"].value', 'ann')), 'invalidValue'],
    ['C18 name as a text', patchBody(replace('name', 'Ann')), 'invalidValue'],
    ['C18 an extension as a text', patchBody(replace(ENTERPRISE_URN, 'x')), 'invalidValue'],
    [
      'C18 a value path with two objects',
      patchBody(replace('emails[type eq "work"]', [{ value: 'a@b' }, { value: 'c@d' }])),
      'invalidValue',
    ],
    ['a PIN of letters', patchBody(replace(`${ACCESS_URN}:pin`, 'abcd')), 'invalidValue'],
    [
      'two primary values',
      patchBody({
        op: 'add',
        path: 'emails',
        value: [
          { value: 'a@b', primary: true },
          { value: 'c@d', primary: true },
        ],
      }),
      'invalidValue',
    ],
    ['one name in two spellings', patchBody({ op: 'replace', value: { title: 'a', TITLE: 'b' } }), 'invalidValue'],
    [
      '1,001 values',
      patchBody({ op: 'add', path: 'roles', value: Array.from({ length: 1001 }, (_, n) => ({ value: `r${n}` })) }),
      'invalidValue',
    ],
  ];
  for (const [label, body, scimType] of refused) it(`refuses ${label}`, () => expectRefused(() => parse(body), scimType));

  const keys = [
    '__proto__',
    'constructor',
    'prototype',
    '__proto__.polluted',
    'constructor.prototype.polluted',
    'name.__proto__',
    'emails[__proto__ eq "x"]',
    `${ENTERPRISE_URN}:__proto__`,
  ];
  const bodies: ReadonlyArray<readonly [string, (key: string) => string]> = [
    [
      'beside the operations',
      (key) => `{"schemas":["${PATCH_OP_URN}"],"Operations":[{"op":"add","path":"title","value":"x"}],${key}:{"polluted":1}}`,
    ],
    [
      'in an operation',
      (key) => `{"schemas":["${PATCH_OP_URN}"],"Operations":[{"op":"add","path":"title","value":"x",${key}:{"polluted":1}}]}`,
    ],
    ['in a pathless value', (key) => `{"schemas":["${PATCH_OP_URN}"],"Operations":[{"op":"add","value":{${key}:{"polluted":1}}}]}`],
    [
      'in a value of an extension',
      (key) => `{"schemas":["${PATCH_OP_URN}"],"Operations":[{"op":"add","path":"${ENTERPRISE_URN}","value":{${key}:{"polluted":1}}}]}`,
    ],
    ['behind the core URN', (key) => `{"schemas":["${PATCH_OP_URN}"],"Operations":[{"op":"add","value":{"${USER_URN}":{${key}:1}}}]}`],
  ];
  for (const [place, body] of bodies) {
    for (const key of place.startsWith('in a') && !place.includes('operation') ? keys : keys.slice(0, 3)) {
      it(`C8 refuses the key ${key} ${place}`, () => {
        expectRefused(() => parse(wire(body(JSON.stringify(key)))), 'invalidValue');
        expectCleanPrototype();
      });
    }
  }
  for (const value of ['{"__proto__":{"polluted":1}}', '{"x":{"constructor":{"prototype":1}}}']) {
    for (const path of ['name', 'emails', 'password', 'title']) {
      it(`C8 refuses ${value} for ${path}`, () => {
        expectRefused(() => parse(patchBody({ op: 'add', path, value: wire(value) })), 'invalidValue');
        expectCleanPrototype();
      });
    }
  }

  it('C11 refuses a path made for backtracking', () => {
    for (const unit of ['\\', '\n', '\\\\', '(']) {
      const path = `emails[type eq "${unit.repeat(4000 / unit.length)}`;
      expectRefused(() => parse(patchBody(replace(path, 'x'))), 'invalidFilter');
    }
  });

  it('takes the core URN inside itself apart without end of stack', () => {
    const nested = `${`{"${USER_URN}":`.repeat(5000)}{}${'}'.repeat(5000)}`;

    expectRefused(() => parse(patchBody({ op: 'add', value: wire(nested) })), 'invalidValue');
  });

  it('takes as many operations as authentik sends for a chunk', () => {
    expect(parse(patchBody(...Array.from({ length: 1000 }, () => replace('title', 'x'))))).to.have.length(1000);
  });

  it('reads op in any case and the names of the message too', () => {
    expect(parse({ SCHEMAS: [PATCH_OP_URN.toUpperCase()], operations: [{ OP: 'Replace', Path: 'TITLE', VALUE: 'x' }] })).to.have.length(1);
    expect(names({ op: 'ADD', path: 'title', value: 'x' }, { op: 'Remove', path: 'title' })).to.deep.equal(['add title', 'remove title']);
  });

  it('takes objects apart: pathless values, URNs, dotted keys, complex attributes', () => {
    expect(
      names({
        op: 'replace',
        value: {
          displayName: 'Ann',
          'name.familyName': 'New',
          name: { givenName: 'A', formatted: null },
          [`${ENTERPRISE_URN}:department`]: 'Sales',
          [ENTERPRISE_URN]: { division: 'North', manager: 'm1' },
          [USER_URN]: { title: 'Chef' },
          [`${USER_URN}:nickName`]: 'An',
        },
      }),
    ).to.deep.equal([
      'replace displayName',
      'replace name familyName',
      'replace name givenName',
      'replace name formatted',
      `replace ${ENTERPRISE_URN} department`,
      `replace ${ENTERPRISE_URN} division`,
      `replace ${ENTERPRISE_URN} manager value`,
      'replace title',
      'replace nickName',
    ]);
  });

  it('ignores unknown and read-only names inside an object (D-P2, D-L6)', () => {
    const value = {
      id: 'x',
      meta: { version: '1' },
      groups: [],
      schemas: [],
      nope: 1,
      'name.nope': 1,
      'nope[x eq 1].y': 1,
      'meta.created': 'x',
      [`${ENTERPRISE_URN}:nope`]: 1,
      'urn:x:y': {},
      title: 'x',
    };

    expect(names({ op: 'replace', value })).to.deep.equal(['replace title']);
  });

  it('takes a password and throws it away (D-T2)', () => {
    expect(names(replace('password', 'x'), { op: 'replace', value: { password: 'y' } }, { op: 'remove', path: 'password' })).to.deep.equal(
      [],
    );
  });

  it('takes a value without quotes only where the connection allows it (D-L2)', () => {
    const body = patchBody(replace('emails[type eq work].value', 'a@b'));

    expectRefused(() => parse(body), 'invalidFilter');
    expect(parsePatch(body, USER_SCHEMA, { ...DEFAULT_SCIM_SWITCHES, bareFilterValue: 'string' })).to.have.length(1);
  });

  it('refuses to remove the name of a Group', () => {
    expectRefused(() => parsePatch(patchBody({ op: 'remove', path: 'displayName' }), GROUP_SCHEMA, DEFAULT_SCIM_SWITCHES), 'mutability');
  });
});
