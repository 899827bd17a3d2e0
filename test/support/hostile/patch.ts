import { ENTERPRISE_URN, PATCH_OP_URN, USER_URN } from '../../../src/domain/scim.js';
import type { Hostile } from './request.js';

const patchUser = (label: string, body: unknown, status: number, scimType?: string): Hostile => ({
  label,
  method: 'PATCH',
  path: '/Users/{user}',
  body,
  status,
  ...(scimType === undefined ? {} : { scimType }),
});
const patchGroup = (label: string, operation: unknown, status: number, scimType?: string): Hostile => ({
  ...patchUser(label, { schemas: [PATCH_OP_URN], Operations: [operation] }, status, scimType),
  path: '/Groups/{group}',
});
const ops = (...operations: unknown[]): object => ({ schemas: [PATCH_OP_URN], Operations: operations });
const one = (label: string, operation: unknown, status: number, scimType?: string): Hostile =>
  patchUser(label, ops(operation), status, scimType);
const json = (text: string): string => `{"schemas":["${PATCH_OP_URN}"],"Operations":[${text}]}`;

/** Catalogue C: PATCH. */
export const PATCH_REQUESTS: readonly Hostile[] = [
  patchUser('C1 no schemas', { Operations: [{ op: 'add', path: 'title', value: 'x' }] }, 400, 'invalidSyntax'),
  patchUser('C1 wrong schemas', { schemas: [USER_URN], Operations: [{ op: 'add', path: 'title', value: 'x' }] }, 400, 'invalidSyntax'),
  patchUser('C2 Operations missing', { schemas: [PATCH_OP_URN] }, 400, 'invalidSyntax'),
  ...[{}, [], null, [null], ['x'], [[]], 'x', [1]].map((Operations) =>
    patchUser(`C2/L55 Operations ${JSON.stringify(Operations)}`, { schemas: [PATCH_OP_URN], Operations }, 400, 'invalidSyntax'),
  ),
  ...['move', 'copy', 'test', '', null, 1, undefined, 'ADDD', '__proto__'].map((op) =>
    one(`C2 op ${JSON.stringify(op)}`, { op, path: 'title', value: 'x' }, 400, 'invalidSyntax'),
  ),
  one('C3 add without value', { op: 'add', path: 'title' }, 400, 'invalidValue'),
  one('C3 replace without value', { op: 'replace', path: 'title' }, 400, 'invalidValue'),
  one('C4 remove without path', { op: 'remove' }, 400, 'noTarget'),
  one('C4 remove with an empty path', { op: 'remove', path: ' ' }, 400, 'noTarget'),
  ...['x', 1, null, ['x'], true].map((value) =>
    one(`C5 replace without path with ${JSON.stringify(value)}`, { op: 'replace', value }, 400, 'invalidValue'),
  ),
  one('C6 path unknown', { op: 'add', path: 'nope', value: 'x' }, 400, 'invalidPath'),
  one('C6 path unknown part', { op: 'add', path: 'name.nope', value: 'x' }, 400, 'invalidPath'),
  one('C6 path unknown URN', { op: 'add', path: 'urn:x:title', value: 'x' }, 400, 'invalidPath'),
  ...[1, null, [], {}].map((path) =>
    one(`C6 path ${JSON.stringify(path)}`, { op: 'remove', path }, 400, path === null ? 'noTarget' : 'invalidPath'),
  ),
  ...[
    'emails[',
    'emails[]',
    'emails[type eq "work"',
    'emails[type eq "work"]x',
    'emails..value',
    '.emails',
    'emails[type eq "work"].value.x',
    'name[familyName eq "x"]',
  ].map((path) => ({
    ...one(`C6 path ${path}`, { op: 'replace', path, value: 'x' }, 400),
    scimType:
      path.includes('[') && !path.includes(']x') && !path.includes('].value.x') && !path.startsWith('name[')
        ? 'invalidFilter'
        : 'invalidPath',
  })),
  ...[
    '__proto__.x',
    'constructor.prototype.x',
    '__proto__',
    'prototype',
    'toString',
    'name.__proto__',
    'name.constructor',
    `${ENTERPRISE_URN}:__proto__`,
  ].map((path) => one(`C7 path ${path}`, { op: 'add', path, value: { polluted: 1 } }, 400, 'invalidPath')),
  ...['emails[__proto__ eq "x"].value', 'emails[__proto__.polluted eq "1"].value', 'emails[constructor.prototype.x eq 1].value'].map(
    (path) => one(`C7 path ${path}`, { op: 'add', path, value: 'x' }, 400, 'invalidFilter'),
  ),
  patchUser('C8 value with __proto__', json('{"op":"add","value":{"__proto__":{"polluted":1}}}'), 400, 'invalidValue'),
  patchUser(
    'C8 value with __proto__ inside name',
    json('{"op":"add","path":"name","value":{"__proto__":{"polluted":1}}}'),
    400,
    'invalidValue',
  ),
  patchUser('C8 a dotted key __proto__.x', json('{"op":"add","value":{"__proto__.polluted":1}}'), 400, 'invalidValue'),
  patchUser('C8 a dotted key name.__proto__', json('{"op":"add","value":{"name.__proto__":1}}'), 400, 'invalidValue'),
  patchUser(
    'C8 a dotted key name.constructor.prototype.x',
    json('{"op":"add","value":{"name.constructor.prototype.x":1}}'),
    400,
    'invalidValue',
  ),
  patchUser(
    'C8 __proto__ in an address',
    json('{"op":"add","path":"emails","value":[{"value":"a@x.example","__proto__":{"polluted":1}}]}'),
    400,
    'invalidValue',
  ),
  patchUser('C8 __proto__ beside op', json('{"op":"add","path":"title","value":"x","__proto__":{"polluted":1}}'), 400, 'invalidValue'),
  one(
    'C11 35 backslashes in a value path',
    { op: 'replace', path: `emails[type eq "${'\\'.repeat(35)}x"].value`, value: 'x' },
    400,
    'invalidFilter',
  ),
  one('C11 40 newlines in a value path', { op: 'replace', path: `emails[type eq "${'\n'.repeat(40)}`, value: 'x' }, 400, 'invalidFilter'),
  one('C12 path with the core URN', { op: 'replace', path: `${USER_URN}:displayName`, value: 'Ann' }, 200),
  ...['id', 'meta', 'meta.created', 'meta.version', 'groups', 'schemas'].map((path) =>
    one(`C15 replace ${path}`, { op: 'replace', path, value: 'x' }, 400, 'mutability'),
  ),
  one('C15 remove userName', { op: 'remove', path: 'userName' }, 400, 'mutability'),
  one('C15 remove active', { op: 'remove', path: 'active' }, 400, 'mutability'),
  patchGroup('C15 remove displayName', { op: 'remove', path: 'displayName' }, 400, 'mutability'),
  patchGroup('C15 replace a member in place', { op: 'replace', path: 'members[value eq "{user}"].value', value: 'x' }, 400, 'mutability'),
  patchUser(
    'C17 10,000 operations',
    ops(...Array.from({ length: 10_000 }, () => ({ op: 'replace', path: 'title', value: 'x' }))),
    400,
    'invalidSyntax',
  ),
  ...[
    ['userName', 1],
    ['userName', null],
    ['userName', ''],
    ['active', 'maybe'],
    ['active', null],
    ['active', 1],
    ['emails', 'x'],
    ['emails', [1]],
    ['name', 'x'],
    ['name.familyName', {}],
    ['title', ['x']],
    ['externalId', 1],
    ['timezone', 'Mars/Phobos'],
    [ENTERPRISE_URN, 'x'],
  ].map(([path, value]) => one(`C18 ${String(path)} = ${JSON.stringify(value)}`, { op: 'replace', path, value }, 400, 'invalidValue')),
  patchGroup('C18 members = a text', { op: 'add', path: 'members', value: 'x' }, 400, 'invalidValue'),
  patchGroup(
    'C18 an unknown member',
    { op: 'add', path: 'members', value: [{ value: '2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11' }] },
    400,
    'invalidValue',
  ),
  patchGroup('C18 members with an unfit filter', { op: 'remove', path: 'members[display co "x"]' }, 400, 'invalidPath'),
  {
    label: 'C21 PATCH of what is not there',
    method: 'PATCH',
    path: '/Users/2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11',
    body: ops({ op: 'replace', path: 'title', value: 'x' }),
    status: 404,
  },
];
