import { expect } from 'chai';
import { ACCESS_URN, ENTERPRISE_URN, GROUP_URN, USER_URN } from '../../../src/domain/scim.js';
import { checkUser } from '../../../src/scim/model/check-user.js';
import { accessBody, enterpriseBody, expectRefused, part, user, userBody } from '../../support/scim-bodies.js';

describe('checkUser', () => {
  describe('keeps a User in canonical form', () => {
    it('keeps what Entra creates (E3), with booleans, lists and read-only attributes in order', () => {
      const checked = user({
        schemas: [USER_URN, ENTERPRISE_URN],
        externalId: 'e-ann-0001',
        userName: 'ann@example.com',
        active: true,
        emails: [{ primary: true, type: 'work', value: 'ann@example.com' }],
        meta: { resourceType: 'User' },
        name: { formatted: 'Ann Example', familyName: 'Example', givenName: 'Ann' },
        roles: [],
      });

      expect(checked.document).to.deep.equal({
        schemas: [USER_URN],
        externalId: 'e-ann-0001',
        userName: 'ann@example.com',
        name: { formatted: 'Ann Example', familyName: 'Example', givenName: 'Ann' },
        active: true,
        emails: [{ value: 'ann@example.com', type: 'work', primary: true }],
      });
      expect(checked).to.include({
        externalId: 'e-ann-0001',
        userName: 'ann@example.com',
        userNameKey: 'ann@example.com',
        active: true,
        pin: undefined,
      });
    });

    it('keeps what Okta assigns, without the password', () => {
      const checked = user({
        schemas: [USER_URN],
        userName: 'ann@example.com',
        name: { givenName: 'Ann', familyName: 'Example' },
        emails: [{ primary: true, value: 'ann@example.com', type: 'work' }],
        displayName: 'Ann Example',
        locale: 'en-US',
        externalId: 'okta-ann-0001',
        groups: [],
        password: 'random-Pw-9',
        active: true,
      });

      expect(JSON.stringify(checked)).not.to.contain('random-Pw-9');
      expect(checked.document).to.have.all.keys('schemas', 'externalId', 'userName', 'name', 'displayName', 'locale', 'active', 'emails');
    });

    it('writes attributes in the order of the schema, whatever the order of the body', () => {
      const forwards = user(userBody({ displayName: 'Ann', title: 'Chef', emails: [{ value: 'a@b', type: 'work' }] }));
      const backwards = user({
        emails: [{ type: 'work', value: 'a@b' }],
        title: 'Chef',
        displayName: 'Ann',
        userName: 'ann@example.com',
        schemas: [USER_URN],
      });

      expect(JSON.stringify(backwards)).to.equal(JSON.stringify(forwards));
    });

    it('understands names in any case at every depth', () => {
      const checked = user({
        SCHEMAS: [USER_URN],
        USERNAME: 'ann',
        Name: { GIVENNAME: 'Ann' },
        [ENTERPRISE_URN.toUpperCase()]: { Department: 'Sales' },
      });

      expect(checked.document).to.include({ userName: 'ann' });
      expect(checked.document['name']).to.deep.equal({ givenName: 'Ann' });
      expect(checked.document[ENTERPRISE_URN]).to.deep.equal({ department: 'Sales' });
    });

    it('ignores what the server owns: id, meta, groups, syncStatus, skipReason, manager.displayName (B11)', () => {
      const checked = user({
        ...accessBody({ syncStatus: 'synced', skipReason: 'none', card: '04AA' }),
        id: 'mine',
        meta: { version: 'W/"9"' },
        groups: [{ value: 'admins' }],
        [ENTERPRISE_URN]: { manager: { value: 'm1', displayName: 'Boss', $ref: 'https://evil.example' } },
      });

      expect(checked.document).not.to.have.any.keys('id', 'meta', 'groups');
      expect(checked.document[ACCESS_URN]).to.deep.equal({ card: '04AA' });
      expect(checked.document[ENTERPRISE_URN]).to.deep.equal({ manager: { value: 'm1' } });
    });

    it('ignores and does not store unknown attributes at any depth (B12)', () => {
      const checked = user(
        userBody({ isAdmin: true, tenantId: 't', name: { givenName: 'Ann', sudo: true }, emails: [{ value: 'a@b', owner: 'x' }] }),
      );

      expect(checked.document).to.deep.equal({
        schemas: [USER_URN],
        userName: 'ann@example.com',
        name: { givenName: 'Ann' },
        active: true,
        emails: [{ value: 'a@b' }],
      });
    });

    it('takes null, [] and absence for the same', () => {
      const bare = user(userBody());

      expect(
        user(userBody({ emails: null, title: null, name: null, roles: [], addresses: [{}], [ENTERPRISE_URN]: null })).document,
      ).to.deep.equal(bare.document);
      expect(
        user(userBody({ name: { givenName: null }, [ENTERPRISE_URN]: {}, [ACCESS_URN]: { accessPeriods: [] } })).document,
      ).to.deep.equal(bare.document);
    });

    it('takes one object for a list of one', () => {
      expect(user(userBody({ emails: { value: 'a@b' } })).document['emails']).to.deep.equal([{ value: 'a@b' }]);
    });

    it('accepts any type for roles, certificates and e-mails, because canonical values are suggestions (L39)', () => {
      const checked = user(
        userBody({
          roles: [{ value: 'chef', type: 'kitchen' }],
          emails: [{ value: 'a@b', type: 'alias' }],
          x509Certificates: [{ value: 'MIIDQzCC', type: 'tls' }],
        }),
      );

      expect(checked.document).to.have.all.keys('schemas', 'userName', 'active', 'roles', 'emails', 'x509Certificates');
    });

    it('stores values as they were sent', () => {
      const sent = {
        phoneNumbers: [{ value: '+1 (555) 0100', type: 'Mobile' }],
        profileUrl: 'javascript:alert(1)',
        photos: [{ value: 'http://169.254.169.254/' }],
      };

      expect(user(userBody(sent)).document).to.include.keys(Object.keys(sent));
      expect(user(userBody(sent)).document['phoneNumbers']).to.deep.equal(sent.phoneNumbers);
    });

    it('does not change the body', () => {
      const body = userBody({ active: 'True', emails: [{ VALUE: 'a@b' }], [ACCESS_URN]: { pin: '4711' } });
      const before = structuredClone(body);

      user(body);

      expect(body).to.deep.equal(before);
    });

    it('is stable: what it has made passes through unchanged', () => {
      const { document } = user(userBody({ active: 'true', emails: { value: 'A@b' }, [ENTERPRISE_URN]: { manager: 'm1' } }));

      expect(user(document).document).to.deep.equal(document);
    });
  });

  describe('schemas', () => {
    const refused: ReadonlyArray<readonly [string, unknown]> = [
      ['missing (B1)', undefined],
      ['null', null],
      ['a string', USER_URN],
      ['empty', []],
      ['a list with a number', [USER_URN, 1]],
      ['a duplicate', [USER_URN, USER_URN]],
      ['a duplicate in other case', [USER_URN, USER_URN.toUpperCase()]],
      ['of a Group', [GROUP_URN]],
      ['unknown alone', ['urn:example:nothing']],
      ['an extension alone', [ENTERPRISE_URN]],
    ];
    for (const [label, schemas] of refused) {
      it(`refuses ${label}`, () => expectRefused(() => user({ schemas, userName: 'ann' }), 'invalidSyntax'));
    }

    it('derives them where the connection allows it, and only when they are missing', () => {
      const options = { missingSchemas: 'derive', activeWhenAbsent: true } as const;

      expect(checkUser({ userName: 'ann' }, options).document['schemas']).to.deep.equal([USER_URN]);
      expectRefused(() => checkUser({ schemas: [GROUP_URN], userName: 'ann' }, options), 'invalidSyntax');
    });

    it('accepts an unknown URN beside the right one and drops it (D-L4)', () => {
      expect(user({ schemas: [USER_URN, 'http://example.com/x'], userName: 'ann' }).document['schemas']).to.deep.equal([USER_URN]);
    });

    it('accepts an extension that is listed without data (B3)', () => {
      expect(user({ schemas: [USER_URN, ENTERPRISE_URN], userName: 'ann' }).document['schemas']).to.deep.equal([USER_URN]);
    });

    it('adds the URN of an extension that has data', () => {
      expect(user(enterpriseBody({ department: 'Sales' })).document['schemas']).to.deep.equal([USER_URN, ENTERPRISE_URN]);
    });

    for (const body of [null, 'text', 7, true, [], [{}]]) {
      it(`refuses ${JSON.stringify(body)} as a body`, () => expectRefused(() => user(body), 'invalidSyntax'));
    }
  });

  describe('active', () => {
    for (const [sent, kept] of [
      ['True', true],
      ['true', true],
      ['TRUE', true],
      ['False', false],
      ['false', false],
      [true, true],
      [false, false],
    ] as const) {
      it(`reads ${JSON.stringify(sent)} as ${kept} (B14)`, () => {
        expect(user(userBody({ active: sent }))).to.include({ active: kept });
        expect(user(userBody({ active: sent })).document['active']).to.equal(kept);
      });
    }
    for (const wrong of ['maybe', '', ' true', 1, 0, null, [], {}, [true]]) {
      it(`refuses ${JSON.stringify(wrong)}`, () => expectRefused(() => user(userBody({ active: wrong })), 'invalidValue'));
    }
    it('takes what the caller gives when the body does not say (D-A1)', () => {
      expect(checkUser(userBody(), { missingSchemas: 'refuse', activeWhenAbsent: false })).to.include({ active: false });
      expect(checkUser(userBody(), { missingSchemas: 'refuse', activeWhenAbsent: false }).document['active']).to.equal(false);
      expect(user(userBody())).to.include({ active: true });
    });
  });

  describe('manager (D-L3)', () => {
    for (const manager of ['m1', ['m1'], [{ value: 'm1' }], { value: 'm1' }]) {
      it(`reads ${JSON.stringify(manager)}`, () => {
        expect(user(enterpriseBody({ manager })).document[ENTERPRISE_URN]).to.deep.equal({ manager: { value: 'm1' } });
      });
    }
    for (const manager of ['', [], null, { value: '' }, {}]) {
      it(`reads ${JSON.stringify(manager)} as none`, () =>
        expect(user(enterpriseBody({ manager })).document).not.to.have.property(ENTERPRISE_URN));
    }
    for (const manager of [['a', 'b'], 7, [7]]) {
      it(`refuses ${JSON.stringify(manager)}`, () => expectRefused(() => user(enterpriseBody({ manager })), 'invalidValue'));
    }
  });

  describe('PIN and password', () => {
    it('hands the PIN over beside the document and never inside', () => {
      const checked = user(accessBody({ pin: '471199', card: 'c' }));

      expect(checked.pin).to.equal('471199');
      expect(JSON.stringify([checked.document, checked.match]))
        .not.to.contain('471199')
        .and.not.to.contain('pin');
    });
    it('tells "take it away" from "not said"', () => {
      expect(user(accessBody({ pin: null })).pin).to.equal(null);
      expect(user(accessBody({ card: 'c' })).pin).to.equal(undefined);
      expect(user(userBody()).pin).to.equal(undefined);
    });
    it('leaves no trace of an extension that held only the PIN', () => {
      expect(user(accessBody({ pin: '4711' })).document).to.deep.equal(user(userBody()).document);
    });
    for (const pin of ['0000', '1234', '12345678901234567890']) {
      it(`accepts ${pin}: whether it is easy to guess is not for the protocol to say`, () =>
        expect(user(accessBody({ pin })).pin).to.equal(pin));
    }
    for (const pin of [
      '',
      '123',
      '123456789012345678901',
      '12a4',
      '١٢٣٤',
      '１２３４',
      ' 1234',
      '12 34',
      '1234\n',
      1234,
      ['1234'],
      { value: '1234' },
      true,
    ]) {
      it(`refuses the PIN ${JSON.stringify(pin)} (B24)`, () => expectRefused(() => user(accessBody({ pin })), 'invalidValue'));
    }
    for (const password of ['secret', 7, null, { a: 1 }]) {
      it(`ignores the password ${JSON.stringify(password)}`, () =>
        expect(user(userBody({ password })).document).not.to.have.property('password'));
    }
  });

  describe('comparison form', () => {
    it('folds what is not caseExact and leaves what is', () => {
      const { match } = user({
        ...accessBody({ card: 'Ab' }),
        userName: 'Bjensen',
        externalId: 'Ab',
        name: { familyName: 'STRASSE' },
        emails: [{ value: 'Ann@Example.com', primary: 'true' }],
      });

      expect(match).to.include({ userName: 'bjensen', externalId: 'Ab', active: true });
      expect(match['name']).to.deep.equal({ familyName: 'strasse' });
      expect(match['emails']).to.deep.equal([{ value: 'ann@example.com', primary: true }]);
      expect(match[ACCESS_URN]).to.deep.equal({ card: 'Ab' });
    });
    it('gives one key to names that differ only in case, composition or width (B7, B8)', () => {
      const keys = ['Straße', 'STRASSE', 'ｓｔｒａｓｓｅ'].map((userName) => user(userBody({ userName })).userNameKey);

      expect(new Set(keys).size).to.equal(1);
      expect(user(userBody({ userName: 'e\u0301cole' })).userNameKey).to.equal(user(userBody({ userName: 'ÉCOLE' })).userNameKey);
    });
    it('makes instants of dates, and keeps the text that was sent', () => {
      const { document, match } = user(accessBody({ validFrom: '2026-11-25T15:00:00.1234567+01:00' }));

      expect(part(document, ACCESS_URN)['validFrom']).to.equal('2026-11-25T15:00:00.1234567+01:00');
      expect(part(match, ACCESS_URN)['validFrom']).to.equal('2026-11-25T14:00:00.123Z');
    });
    it('lists each e-mail key once', () => {
      const { emailKeys } = user(
        userBody({ emails: [{ value: 'A@b', type: 'work' }, { value: 'a@B', type: 'home' }, { value: 'c@d' }, { type: 'other' }] }),
      );

      expect(emailKeys).to.deep.equal(['a@b', 'c@d']);
    });
  });
});
