import { expect } from 'chai';
import fc from 'fast-check';
import { ACCESS_URN, INVALID_PIN, type JsonObject, USER_URN } from '../../../src/domain/scim.js';
import { OPEN_WINDOW } from '../../../src/domain/time.js';
import { InvalidInput } from '../../../src/errors.js';
import { sourceModel, type SourceUserParts } from '../../../src/scim/model/source-resource.js';
import { anyText } from '../../support/any-text.js';
import { runs } from '../../support/runs.js';

const WINDOW = { startsAt: '2026-12-01T15:00:00.000Z', endsAt: '2026-12-04T11:00:00.000Z' };
const GROUPS = new Map([['room-1', 'grp_1']]);

const source = (changes: Partial<SourceUserParts> = {}): SourceUserParts => ({
  externalId: 'r-1',
  attributes: { userName: 'reservation-r-1', displayName: 'Ada Park' },
  ...{ skipReason: null, window: OPEN_WINDOW, periods: [], pin: null, card: null },
  ...changes,
});
const check = (changes: Partial<SourceUserParts> = {}) => sourceModel.user(source(changes), (externalId) => GROUPS.get(externalId));
const shown = (displayName: string, more: JsonObject = {}) =>
  check({ attributes: { userName: 'reservation-r-1', displayName, ...more } }).document;

describe('a record of a source as a User', () => {
  it('has its window, its periods in Groups that are there, and its card', () => {
    const checked = check({
      window: WINDOW,
      periods: [
        { groupExternalId: 'room-1', window: { startsAt: WINDOW.startsAt, endsAt: null } },
        { groupExternalId: 'not there', window: WINDOW },
      ],
      card: '04:A2:1B',
    });
    expect(checked.document).to.deep.equal({
      schemas: [USER_URN, ACCESS_URN],
      externalId: 'r-1',
      userName: 'reservation-r-1',
      displayName: 'Ada Park',
      active: true,
      [ACCESS_URN]: {
        validFrom: WINDOW.startsAt,
        validUntil: WINDOW.endsAt,
        accessPeriods: [{ value: 'grp_1', validFrom: WINDOW.startsAt }],
        card: '04:A2:1B',
      },
    });
  });

  describe('with an odd name', () => {
    for (const [what, name, expected] of [
      ['with line breaks and tabs', 'Ada\r\n\tPark', 'Ada   Park'],
      ['with a NUL', 'Ada\u0000Park', 'Ada Park'],
      ['with half a surrogate pair', 'Ada \ud800Park', 'Ada  Park'],
      ['that is turned round', 'Ada \u202ekraP\u202c', 'Ada  kraP'],
      ['with an emoji', '👩‍🚀 Ada', '👩‍🚀 Ada'],
      ['from right to left', 'نورا عزيز', 'نورا عزيز'],
      ['that looks like a formula', '=HYPERLINK("http://e")', '=HYPERLINK("http://e")'],
      ['that pings', '<!channel> @everyone', '<!channel> @everyone'],
      ['of a JavaScript object', '__proto__', '__proto__'],
    ] as const) {
      it(`${what} gets in`, () => {
        expect(shown(name)['displayName']).to.equal(expected);
      });
    }

    for (const nothing of ['', ' ', '\u0000\u0007', '\u200b', '\u200b \u2060\ufeff', '\ud800']) {
      it(`that shows nothing (${JSON.stringify(nothing)}) gets in without one`, () => {
        expect(shown(nothing, { name: { formatted: nothing, givenName: 'Ada' } })).to.not.have.property('displayName');
        expect(shown(nothing, { name: { formatted: nothing, givenName: 'Ada' } })['name']).to.deep.equal({ givenName: 'Ada' });
      });
    }

    it('that is too long is cut, never within a character', () => {
      const { displayName } = shown('😀'.repeat(5_000));
      expect([...String(displayName)].every((character) => character === '😀')).to.equal(true);
      expect([...String(displayName)].length).to.be.lessThan(5_000);
    });
  });

  describe('with addresses', () => {
    const emails = (...values: unknown[]) => shown('Ada', { emails: values.map((value) => ({ value })) as JsonObject[] })['emails'];

    it('keeps those that can be one, and leaves the others out', () => {
      expect(emails('ada@example.test', 'n/a', '', 'no at', 'a@', '@b', 'a b@c', 'x@y\u0000z', 7, null)).to.deep.equal([
        { value: 'ada@example.test' },
      ]);
    });

    it('has none when none can be one', () => {
      for (const bad of [['-'], [''], [{}]]) expect(emails(...bad)).to.equal(undefined);
      expect(shown('Ada', { emails: ['ada@example.test'] })['emails']).to.equal(undefined);
    });
  });

  describe('and its skip reason', () => {
    it('is kept in document and match form, beside what else its access says', () => {
      const checked = check({ skipReason: 'not_confirmed', window: WINDOW });
      const access = { validFrom: WINDOW.startsAt, validUntil: WINDOW.endsAt, skipReason: 'not_confirmed' };
      expect(checked.document[ACCESS_URN]).to.deep.equal(access);
      expect(checked.match[ACCESS_URN]).to.include({ skipReason: 'not_confirmed' });
      expect(checked.document['schemas']).to.deep.equal([USER_URN, ACCESS_URN]);
    });

    it('is said, with its schema, where nothing else is said of access', () => {
      const checked = check({ skipReason: 'canceled' });
      expect(checked.document[ACCESS_URN]).to.deep.equal({ skipReason: 'canceled' });
      expect(checked.document['schemas']).to.deep.equal([USER_URN, ACCESS_URN]);
    });

    it('cannot come in by the attributes', () => {
      const forged = { userName: 'x', [ACCESS_URN]: { skipReason: 'canceled', pin: '0815' } };
      expect(check({ attributes: forged, window: WINDOW }).document[ACCESS_URN]).to.not.have.property('skipReason');
    });
  });

  describe('and its PIN', () => {
    it('is what the source says, also that there is none any more', () => {
      expect(check({ pin: '483920' }).pin).to.equal('483920');
      expect(check({ pin: null }).pin).to.equal(null);
    });

    it('that cannot be one is marked as such, and is no part of the document', () => {
      const checked = check({ pin: INVALID_PIN });
      expect(checked.pin).to.equal(INVALID_PIN);
      expect(JSON.stringify([checked.document, checked.match])).to.not.include('pin');
    });

    it('stands in neither document nor match form', () => {
      const checked = check({ pin: '483920', window: WINDOW });
      expect(JSON.stringify([checked.document, checked.match])).to.not.include('483920');
    });
  });

  describe('under another name', () => {
    it('is what it was, with its skip reason', () => {
      const before = check({ skipReason: 'tentative', window: WINDOW });
      const renamed = sourceModel.renamed(before.document, 'someone-else');
      expect(renamed.document).to.deep.equal({ ...before.document, userName: 'someone-else' });
      expect(renamed.userNameKey).to.equal('someone-else');
      expect(renamed.match[ACCESS_URN]).to.deep.equal(before.match[ACCESS_URN]);
      expect(renamed.pin, 'nothing is said of a PIN').to.equal(undefined);
    });

    it('has no skip reason that it did not have', () => {
      const renamed = sourceModel.renamed(check({ window: WINDOW }).document, 'someone-else');
      expect(renamed.document[ACCESS_URN]).to.deep.equal({ validFrom: WINDOW.startsAt, validUntil: WINDOW.endsAt });
    });
  });

  it('is refused where even then it cannot be a User', () => {
    for (const attributes of [{}, { userName: '' }, { userName: '\u0000' }, { userName: 7 }, { userName: ['x'] }]) {
      expect(() => check({ attributes }), JSON.stringify(attributes)).to.throw(InvalidInput);
    }
    expect(() => check({ externalId: '' })).to.throw(InvalidInput);
  });

  it('gets in whatever a booking form was filled in with', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, anyText, (displayName, givenName, email, title) => {
        const document = shown(displayName, { name: { givenName }, emails: [{ value: email, primary: true }], title });
        expect(document['userName']).to.equal('reservation-r-1');
      }),
      { numRuns: runs(500, 20_000) },
    );
  });

  it('is never anything but a User or invalid input, whatever JSON the attributes are', () => {
    const key = fc.oneof(
      anyText,
      fc.constantFrom(
        '__proto__',
        'constructor',
        'prototype',
        'userName',
        'emails',
        'name',
        'value',
        'active',
        'groups',
        'meta',
        'id',
        ACCESS_URN,
      ),
    );
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        ...[anyText, fc.double(), fc.boolean(), fc.constant(null), fc.array(tie('json'), { maxLength: 3 })],
        fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
      ),
    }));
    const attributes = fc.array(fc.tuple(key, json), { maxLength: 6 }).map((entries) => Object.fromEntries(entries) as JsonObject);
    fc.assert(
      fc.property(attributes, anyText, fc.option(anyText), fc.option(anyText), (said, externalId, pin, card) => {
        try {
          check({ attributes: { userName: 'x', ...said }, externalId, pin, card });
        } catch (error) {
          expect(error).to.be.instanceOf(InvalidInput);
        }
        expect(Object.keys(Object.prototype)).to.deep.equal([]);
      }),
      { numRuns: runs(1_500, 50_000) },
    );
  });
});

describe('a record of a source as a Group', () => {
  const group = (displayName: string) => sourceModel.group({ externalId: '17', displayName });

  it('has its id and name, and says nothing of members', () => {
    const checked = group('Room 17');
    expect(checked.document).to.deep.include({ externalId: '17', displayName: 'Room 17' });
    expect(checked).to.not.have.property('members');
  });

  for (const nothing of ['', ' \t', '\u0000', '\u200b', '\ufeff\u2060']) {
    it(`whose name shows nothing (${JSON.stringify(nothing)}) is called by its id`, () => {
      expect(group(nothing).document['displayName']).to.equal('17');
    });
  }

  it('is there whatever it is called', () => {
    fc.assert(
      fc.property(anyText, (displayName) => {
        expect(group(displayName).document['externalId']).to.equal('17');
      }),
      { numRuns: runs(500, 20_000) },
    );
  });
});
