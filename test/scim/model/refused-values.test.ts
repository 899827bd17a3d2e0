import { expect } from 'chai';
import { ACCESS_URN, ENTERPRISE_URN, USER_URN } from '../../../src/domain/scim.js';
import {
  accessBody,
  expectCleanPrototype,
  expectRefused,
  group,
  groupBody,
  refusal,
  user,
  userBody,
  wire,
} from '../../support/scim-bodies.js';

const NUL = '\0';
const LONE = '\ud800';
const OVERRIDE = '\u202e';

const refused: ReadonlyArray<readonly [label: string, body: object]> = [
  ['B4 userName missing', { schemas: [USER_URN] }],
  ['B4 userName null', userBody({ userName: null })],
  ['B4 userName empty', userBody({ userName: '' })],
  ['B4 userName blank', userBody({ userName: '   ' })],
  ['B4 userName of characters without a shape', userBody({ userName: '\u200b\u200d\ufeff' })],
  ['B5 userName number', userBody({ userName: 5 })],
  ['B5 userName boolean', userBody({ userName: true })],
  ['B5 userName list', userBody({ userName: ['ann'] })],
  ['B5 userName object', userBody({ userName: { $ne: null } })],
  ['B6 userName of 256 characters', userBody({ userName: 'a'.repeat(256) })],
  ['B6 userName of 100,000 characters', userBody({ userName: 'a'.repeat(100_000) })],
  ['B13 one attribute in two spellings', userBody({ USERNAME: 'ann' })],
  ['B13 an ignored attribute in two spellings', userBody({ id: '1', ID: '2' })],
  ['B13 a part in two spellings', userBody({ name: { givenName: 'A', GivenName: 'B' } })],
  ['B13 an extension in two spellings', userBody({ [ENTERPRISE_URN]: {}, [ENTERPRISE_URN.toUpperCase()]: {} })],
  [
    'B15 two primary e-mails',
    userBody({
      emails: [
        { value: 'a@b', primary: true },
        { value: 'c@d', primary: 'True' },
      ],
    }),
  ],
  ['B16 e-mail without @', userBody({ emails: [{ value: 'ann' }] })],
  ['B16 e-mail with a newline', userBody({ emails: [{ value: 'a@b\r\nBcc: x@y' }] })],
  ['B16 e-mail with NUL', userBody({ emails: [{ value: `a@b${NUL}` }] })],
  ['B16 e-mail with a blank', userBody({ emails: [{ value: 'a b@c' }] })],
  ['B16 e-mail of 320 characters', userBody({ emails: [{ value: `${'a'.repeat(308)}@example.com` }] })],
  ['B16 e-mail without a domain', userBody({ emails: [{ value: 'ann@' }] })],
  ['B16 e-mail without a name', userBody({ emails: [{ value: '@example.com' }] })],
  ['B16 e-mail with two @', userBody({ emails: [{ value: 'a@b@c' }] })],
  ['B16 e-mail as a number', userBody({ emails: [{ value: 7 }] })],
  ['B16 e-mails as a text', userBody({ emails: 'a@b' })],
  ['B16 e-mails as a list of texts', userBody({ emails: ['a@b'] })],
  ['B16 e-mails with null', userBody({ emails: [null] })],
  ['B17 10,000 e-mails', userBody({ emails: Array.from({ length: 10_000 }, (_, n) => ({ value: `u${n}@example.com` })) })],
  ['1,001 roles', userBody({ roles: Array.from({ length: 1001 }, (_, n) => ({ value: `r${n}` })) })],
  ['B18 time zone Mars/Phobos', userBody({ timezone: 'Mars/Phobos' })],
  ['B18 time zone as an offset', userBody({ timezone: '+01:00' })],
  ['B18 time zone empty', userBody({ timezone: '' })],
  ['B18 locale xx-ÿ', userBody({ locale: 'xx-ÿ' })],
  ['B18 locale empty', userBody({ locale: '' })],
  ['B20 window that ends before it begins', accessBody({ validFrom: '2026-02-02T00:00:00Z', validUntil: '2026-02-01T00:00:00Z' })],
  [
    'B20 window that ends as it begins, in two zones',
    accessBody({ validFrom: '2026-02-01T01:00:00+01:00', validUntil: '2026-02-01T00:00:00Z' }),
  ],
  [
    'B20 period that ends as it begins',
    accessBody({ accessPeriods: [{ value: 'g', validFrom: '2026-02-01T00:00:00Z', validUntil: '2026-02-01T00:00:00Z' }] }),
  ],
  ['period without a Group', accessBody({ accessPeriods: [{ validFrom: '2026-02-01T00:00:00Z' }] })],
  ['B21 validity without an offset', accessBody({ validFrom: '2026-02-01T00:00:00' })],
  ['B21 validity as a date', accessBody({ validFrom: '2026-02-01' })],
  ['B21 validity as seconds', accessBody({ validFrom: 1_770_000_000 })],
  ['B22 validity in the year 0000', accessBody({ validFrom: '0000-01-01T00:00:00Z' })],
  ['B22 validity in the year 9999', accessBody({ validUntil: '9999-12-31T23:59:59Z' })],
  ['B22 period in the year 9999', accessBody({ accessPeriods: [{ value: 'g', validUntil: '9999-01-01T00:00:00Z' }] })],
  ['B22 validity in the year 275760', accessBody({ validUntil: '+275760-09-13T00:00:00Z' })],
  ['30 February', accessBody({ validFrom: '2026-02-30T00:00:00Z' })],
  ['24:00:00', accessBody({ validFrom: '2026-02-01T24:00:00Z' })],
  ['a leap second', accessBody({ validFrom: '2016-12-31T23:59:60Z' })],
  ['an empty date', accessBody({ validUntil: '' })],
  ['title as a number', userBody({ title: 7 })],
  ['name as a text', userBody({ name: 'Ann' })],
  ['name as a list', userBody({ name: [{ givenName: 'Ann' }] })],
  ['an extension as a text', userBody({ [ENTERPRISE_URN]: 'x' })],
  ['primary as a number', userBody({ emails: [{ value: 'a@b', primary: 1 }] })],
  ['a text of 8,193 characters', userBody({ title: 'x'.repeat(8193) })],
  ['externalId of 1,025 characters', userBody({ externalId: 'x'.repeat(1025) })],
  ['externalId of more bytes than an index takes', userBody({ externalId: '😀'.repeat(513) })],
  ['userName that folds to more bytes than an index takes', userBody({ userName: '\ufdfa'.repeat(255) })],
  ['e-mail that folds to more bytes than an index takes', userBody({ emails: [{ value: `${'\ufdfa'.repeat(250)}@x` }] })],
  ['a certificate that is not Base64', userBody({ x509Certificates: [{ value: 'né' }] })],
  ...[NUL, LONE].map((bad): [string, object] => [`${JSON.stringify(bad)} in a title`, userBody({ title: `x${bad}y` })]),
  ...[NUL, LONE].map((bad): [string, object] => [`${JSON.stringify(bad)} in externalId`, userBody({ externalId: `x${bad}y` })]),
  ...[NUL, LONE, OVERRIDE, '\u0007', '\u0085', '\u2066', '\n'].flatMap((bad): [string, object][] => [
    [`${JSON.stringify(bad)} in userName`, userBody({ userName: `an${bad}n` })],
    [`${JSON.stringify(bad)} in displayName`, userBody({ displayName: `an${bad}n` })],
    [`${JSON.stringify(bad)} in name.familyName`, userBody({ name: { familyName: `an${bad}n` } })],
  ]),
];

describe('values that are refused with invalidValue', () => {
  for (const [label, body] of refused) it(label, () => expectRefused(() => user(body), 'invalidValue'));

  const names = ['__proto__', 'constructor', 'prototype', '__PROTO__'];
  const places: ReadonlyArray<readonly [string, (name: string) => string]> = [
    ['at the top', (name) => `{"schemas":["${USER_URN}"],"userName":"ann","${name}":{"polluted":1}}`],
    ['in name', (name) => `{"schemas":["${USER_URN}"],"userName":"ann","name":{"${name}":{"polluted":1}}}`],
    ['in an e-mail', (name) => `{"schemas":["${USER_URN}"],"userName":"ann","emails":[{"value":"a@b","${name}":1}]}`],
    ['in an extension', (name) => `{"schemas":["${USER_URN}"],"userName":"ann","${ENTERPRISE_URN}":{"${name}":1}}`],
    ['in an unknown attribute', (name) => `{"schemas":["${USER_URN}"],"userName":"ann","x":{"y":[{"${name}":1}]}}`],
    ['in a read-only attribute', (name) => `{"schemas":["${USER_URN}"],"userName":"ann","meta":{"${name}":1}}`],
    ['in the password', (name) => `{"schemas":["${USER_URN}"],"userName":"ann","password":{"${name}":1}}`],
  ];
  for (const [place, body] of places) {
    for (const name of names) {
      it(`A25 the name ${name} ${place}`, () => {
        expectRefused(() => user(wire(body(name))), 'invalidValue');
        expectCleanPrototype();
      });
    }
  }

  it('an unknown attribute that nests too deep', () => {
    expectRefused(() => user(wire(`{"schemas":["${USER_URN}"],"userName":"ann","x":${'['.repeat(40)}${']'.repeat(40)}}`)), 'invalidValue');
  });

  it('B17 without looking at the values', () => {
    let looks = 0;
    const email = {
      get value() {
        looks += 1;
        return 'ann@example.com';
      },
    };
    const body = userBody({ emails: Array.from({ length: 100_000 }, () => email) });

    expectRefused(() => user(body), 'invalidValue');

    expect(looks).to.equal(0);
  });

  it('with words that name the attribute and never repeat the value', () => {
    const { publicMessage } = refusal(() => user(accessBody({ pin: '12ab34' })));

    expect(publicMessage).to.contain('pin').and.not.to.contain('12ab34');
  });
});

describe('values that are accepted although they look odd', () => {
  const accepted: ReadonlyArray<readonly [label: string, more: object]> = [
    ['userName of 255 characters outside the basic plane', { userName: '😀'.repeat(255) }],
    ['userName in Arabic with a direction mark', { userName: 'آن\u200fة' }],
    ['title of 8,192 characters', { title: 'x'.repeat(8192) }],
    ['1,000 e-mails', { emails: Array.from({ length: 1000 }, (_, n) => ({ value: `u${n}@example.com` })) }],
    ['internationalised e-mail', { emails: [{ value: 'añá@пример.рф' }] }],
    ['e-mail with a quoted name', { emails: [{ value: '"a@b"@example.com' }] }],
    ['linked time zone', { timezone: 'US/Pacific' }],
    ['locale with an underscore', { locale: 'en_US' }],
    ['locale with a script', { locale: 'zh-Hant-TW' }],
    ['a tab in a title', { title: 'a\tb' }],
    ['an empty text', { title: '' }],
    ['B10 externalId of 1,000 characters', { externalId: 'x'.repeat(1000) }],
    ['B10 externalId of 500 emoji', { externalId: '😀'.repeat(500) }],
    ['B10 externalId that looks like a path', { externalId: '../../x' }],
    ['B10 externalId that looks like a number', { externalId: '1' }],
    ['B20 window of a millisecond', { [ACCESS_URN]: { validFrom: '2026-02-01T00:00:00.000Z', validUntil: '2026-02-01T00:00:00.001Z' } }],
    ['B22 window of all years but the last', { [ACCESS_URN]: { validFrom: '0001-01-01T00:00:00Z', validUntil: '9998-12-31T23:59:59Z' } }],
    ['29 February of a leap year', { [ACCESS_URN]: { validFrom: '2024-02-29T00:00:00Z' } }],
    [
      'two periods of one Group',
      {
        [ACCESS_URN]: {
          accessPeriods: [
            { value: 'g', validUntil: '2026-01-01T00:00:00Z' },
            { value: 'g', validFrom: '2026-02-01T00:00:00Z' },
          ],
        },
      },
    ],
  ];
  for (const [label, more] of accepted) {
    it(label, () => {
      const name = Object.keys(more)[0] ?? '';
      expect(user(userBody(more)).document[name]).to.deep.equal(Reflect.get(more, name));
    });
  }

  it('an empty externalId or e-mail says nothing, so that two of them do not collide', () => {
    const checked = user(userBody({ externalId: '', emails: [{ value: '' }] }));

    expect(checked).to.include({ externalId: null });
    expect(checked.document).not.to.have.any.keys('externalId', 'emails');
    expect(group(groupBody({ externalId: '' })).externalId).to.equal(null);
  });
});
