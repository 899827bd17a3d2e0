import { gzipSync } from 'node:zlib';
import { USER_URN } from '../../../src/domain/scim.js';
import type { Hostile } from './request.js';

const USER = { schemas: [USER_URN], userName: 'new@example.com' };
const LIMIT = 1_048_576;
const post = (label: string, body: unknown, status: number, scimType?: string, headers: Record<string, string> = {}): Hostile => ({
  label,
  method: 'POST',
  path: '/Users',
  body,
  headers,
  status,
  ...(scimType === undefined ? {} : { scimType }),
});
const get = (label: string, path: string, status: number, scimType?: string, headers: Record<string, string> = {}): Hostile => ({
  label,
  method: 'GET',
  path,
  headers,
  status,
  ...(scimType === undefined ? {} : { scimType }),
});
const type = (value: string): Record<string, string> => ({ 'content-type': value });
const nested = (depth: number): string => `{"schemas":["${USER_URN}"],"userName":"deep","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const keyed = (name: string): string => `{"schemas":["${USER_URN}"],"userName":"k","${name}":{"polluted":1}}`;
const deepKey = (name: string): string => `{"schemas":["${USER_URN}"],"userName":"k","x":[{"y":{"${name}":{"polluted":1}}}]}`;
const nameKey = (name: string): string => `{"schemas":["${USER_URN}"],"userName":"k","name":{"${name}":{"polluted":1}}}`;
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

/** Catalogue A: transport. */
export const TRANSPORT_REQUESTS: readonly Hostile[] = [
  post('A11 broken JSON', '{"schemas":', 400, 'invalidSyntax'),
  ...['POST /Users', 'PUT /Users/{user}', 'PATCH /Users/{user}', 'PUT /Groups/{group}', 'PATCH /Groups/{group}', 'POST /Groups'].map(
    (on) => {
      const [method = '', path = ''] = on.split(' ');
      return { label: `A12 empty body on ${on}`, method, path, body: '', status: 400, scimType: 'invalidSyntax' };
    },
  ),
  post('A13 text/plain', USER, 415, undefined, type('text/plain')),
  post('A13 an unknown type', USER, 415, undefined, type('application/octet-stream')),
  post('A13 a form', 'userName=x', 415, undefined, type('application/x-www-form-urlencoded')),
  post('A13 multipart', '--x--', 415, undefined, type('multipart/form-data; boundary=x')),
  post('A13 text that only begins like JSON', USER, 415, undefined, type('application/jsonp')),
  post('A14 charset utf-7', USER, 415, undefined, type('application/scim+json; charset=utf-7')),
  post('A14 charset utf-16', USER, 415, undefined, type('application/json; charset=utf-16')),
  post('A14 charset utf-8 in quotes', { ...USER, userName: 'quoted' }, 201, undefined, type('application/json; charset="UTF-8"')),
  post(
    'A15 invalid UTF-8',
    Buffer.from([...Buffer.from(`{"schemas":["${USER_URN}"],"userName":"a`), 0xff, 0xfe, 0x22, 0x7d]),
    400,
    'invalidSyntax',
  ),
  post('A15 a byte order mark is passed over', `\ufeff${JSON.stringify({ ...USER, userName: 'bom' })}`, 201),
  post('A16 plain body that says gzip', JSON.stringify(USER), 400, 'invalidSyntax', { 'content-encoding': 'gzip' }),
  post('A16 gzip that is cut', gzipSync(JSON.stringify(USER)).subarray(0, 20), 400, 'invalidSyntax', { 'content-encoding': 'gzip' }),
  post('gzip body', gzipSync(JSON.stringify({ ...USER, userName: 'gzip' })), 201, undefined, { 'content-encoding': 'gzip' }),
  post('A18 content encoding br', USER, 415, undefined, { 'content-encoding': 'br' }),
  post('A18 content encoding unknown', USER, 415, undefined, { 'content-encoding': 'snappy' }),
  post('A18 two content encodings', USER, 415, undefined, { 'content-encoding': 'gzip, gzip' }),
  post('body one byte over the limit', ' '.repeat(LIMIT + 1), 413),
  post('A22 JSON 33 deep', nested(33), 400, 'invalidValue'),
  post('A22 JSON 100,000 deep', nested(100_000), 400, 'invalidValue'),
  post('A22 broken JSON 100,000 deep', '['.repeat(100_000), 400, 'invalidValue'),
  post('A22 broken JSON 999 deep', '['.repeat(999), 400, 'invalidSyntax'),
  ...['1e400', '-0', '9007199254740993'].flatMap((number) => [
    post(`A23 number ${number} as active`, `{"schemas":["${USER_URN}"],"userName":"n","active":${number}}`, 400, 'invalidValue'),
    post(`A23 number ${number} as userName`, `{"schemas":["${USER_URN}"],"userName":${number}}`, 400, 'invalidValue'),
  ]),
  post('A24 NaN', `{"schemas":["${USER_URN}"],"userName":NaN}`, 400, 'invalidSyntax'),
  post('A24 comment', `{"schemas":["${USER_URN}"],/* x */"userName":"c"}`, 400, 'invalidSyntax'),
  post('A24 trailing comma', `{"schemas":["${USER_URN}"],"userName":"c",}`, 400, 'invalidSyntax'),
  post('A24 single quotes', `{'schemas':['${USER_URN}'],'userName':'c'}`, 400, 'invalidSyntax'),
  post('A24 two values', `${JSON.stringify(USER)}${JSON.stringify(USER)}`, 400, 'invalidSyntax'),
  ...['null', '[]', '"text"', '1', 'true', '[{}]'].map((body) => post(`a body that is ${body}`, body, 400, 'invalidSyntax')),
  ...FORBIDDEN.flatMap((name) => [
    post(`A25 key ${name}`, keyed(name), 400, 'invalidValue'),
    post(`A25 key ${name} in an unknown attribute`, deepKey(name), 400, 'invalidValue'),
    post(`A25 key ${name} in a complex attribute`, nameKey(name), 400, 'invalidValue'),
  ]),
  get('A26 Accept: application/xml', '/Users', 406, undefined, { accept: 'application/xml' }),
  get('A26 Accept with scim+json refused', '/Users', 406, undefined, { accept: 'application/scim+json;q=0, application/json;q=0' }),
  get('Accept with a wildcard', '/Users', 200, undefined, { accept: 'text/html, */*;q=0.1' }),
  { label: 'A27 OPTIONS', method: 'OPTIONS', path: '/Users', status: 405 },
  get('A29 path %ZZ', '/Users/%ZZ', 400, 'invalidSyntax'),
  get('A29 path %00', '/Users/%00', 404),
  get('A29 path %2e%2e%2f', '/Users/%2e%2e%2fGroups', 404),
  get('A29 path with encoded slash', '/Users%2f{user}', 404),
  get('A29 path //Users', '//Users', 404),
  get('A29 path /users', '/users', 404),
  get('A29 path of three', '/Users/{user}/emails', 404),
  get('unknown endpoint', '/Devices', 404),
  get('the base itself', '', 200),
];
