import { expect } from 'chai';
import fc from 'fast-check';
import { ACCESS_URN, PATCH_OP_URN } from '../../../src/domain/scim.js';
import { BODY_KEPT, REDACTED, redactAnswer, redactBody, redactText, redactUrl } from '../../../src/scim/transport/redact.js';

const SECRET = '48205911';
const TOKEN = `lks_${'aB3'.repeat(14)}x`;

describe('redaction of kept requests', () => {
  describe('of a body', () => {
    for (const [label, body] of [
      ['a User', { userName: 'ann', [ACCESS_URN]: { pin: SECRET, card: SECRET } }],
      ['a name in another case', { PassWord: SECRET, PIN: SECRET }],
      ['a name with its URN', { [`${ACCESS_URN}:pin`]: SECRET, [`${ACCESS_URN}.card`]: SECRET }],
      ['a value that is no text', { pin: Number(SECRET), card: [SECRET], password: { value: SECRET } }],
      ['a PATCH with a path', { schemas: [PATCH_OP_URN], Operations: [{ op: 'replace', path: `${ACCESS_URN}:pin`, value: SECRET }] }],
      ['a PATCH with a path in odd case', { Operations: [{ VALUE: [SECRET], Path: 'PASSWORD' }] }],
      ['a PATCH whose path says it', { Operations: [{ op: 'remove', path: `${ACCESS_URN}[pin eq "${SECRET}"]` }] }],
      ['a PATCH without a path', { Operations: [{ op: 'add', value: { [`${ACCESS_URN}:pin`]: SECRET } }] }],
      ['a Bulk operation', { Operations: [{ method: 'POST', path: '/Users', data: { password: SECRET } }] }],
      ['a search', { filter: `${ACCESS_URN}:card eq "${SECRET}"` }],
    ] as const) {
      it(`${label}: the value goes`, () => {
        const kept = redactBody(body);
        expect(kept).not.to.include(SECRET);
        expect(kept).to.include(REDACTED);
        expect(JSON.parse(kept)).to.be.an('object');
      });
    }

    it('all else stays as it came', () => {
      const body = {
        schemas: ['urn:x'],
        userName: 'ann "x" \u2028',
        active: true,
        n: [1, null, {}, [], { a: 'pin' }],
        shopping: 'spinning discard',
        Operations: [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'ann@example.com' }],
      };
      expect(JSON.parse(redactBody(body))).to.deep.equal(body);
      for (const value of [null, true, 3, 'x', [], {}]) expect(JSON.parse(redactBody(value))).to.deep.equal(value);
    });

    it('a token that somebody put into it goes', () => {
      expect(redactBody({ displayName: `see ${TOKEN}.` })).to.equal(`{"displayName":"see ${REDACTED}."}`);
    });

    it('is no longer than what is kept, however large or deep, and what is not kept is not looked at', () => {
      let looks = 0;
      const member = (n: number) => ({
        get value() {
          looks += 1;
          return `id-${n}`;
        },
      });
      expect(redactBody({ members: Array.from({ length: 200_000 }, (_, n) => member(n)) })).to.have.length(BODY_KEPT + 1);
      expect(looks).to.be.within(1, BODY_KEPT);
      expect(redactBody({ x: 'y'.repeat(1_000_000) }).length).to.be.at.most(BODY_KEPT + 1);
      expect(redactBody(JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`))).to.include('too deep');
    });

    it('an object of more names than any message has is not listed', () => {
      const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`name${n}`, 'secret']));
      expect(redactBody({ userName: 'ann', x: wide })).to.equal('{"userName":"ann","x":"[too many names]"}');
    });

    it('never shows a secret, whatever stands around it', () => {
      const names = fc.constantFrom('pin', 'Password', `${ACCESS_URN}:card`, 'tokens', 'secret');
      const around = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
      fc.assert(
        fc.property(around, names, fc.integer({ min: 0, max: 5 }), (other, name, depth) => {
          let body: unknown = { ...other, [name]: SECRET };
          for (let n = 0; n < depth; n += 1) body = n % 2 === 0 ? [body] : { inner: body };
          expect(redactBody(body)).not.to.include(SECRET);
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('of an answer', () => {
    it('cards go, in one User and in a list; a text that only looks like one stays', () => {
      const user = { [ACCESS_URN]: { card: 'a"b\\', validFrom: 'x' }, displayName: '"card":"y"' };
      const shown = { ...user, [ACCESS_URN]: { card: REDACTED, validFrom: 'x' } };
      expect(JSON.parse(redactAnswer(JSON.stringify(user)))).to.deep.equal(shown);
      expect(JSON.parse(redactAnswer(JSON.stringify({ Resources: [user, user] })))).to.deep.equal({ Resources: [shown, shown] });
    });

    it('a card at the place where the text is cut goes too', () => {
      for (let before = BODY_KEPT - 40; before <= BODY_KEPT; before += 1) {
        const text = `{"x":"${'y'.repeat(before - 10)}","card":"${SECRET.repeat(20)}"}`;
        expect(redactAnswer(text)).not.to.include(SECRET);
        expect(redactAnswer(text).length).to.be.at.most(BODY_KEPT + 1);
      }
    });

    it('of any card', () => {
      fc.assert(
        fc.property(fc.string(), (card) => {
          expect(JSON.parse(redactAnswer(JSON.stringify({ card, a: 1 })))).to.deep.equal({ card: REDACTED, a: 1 });
        }),
      );
    });
  });

  describe('of a URL', () => {
    for (const [url, kept] of [
      ['/scim/v2/Users/1', '/scim/v2/Users/1'],
      ['/scim/v2/Users?filter=userName%20eq%20%22ann%22&count=1', '/scim/v2/Users?filter=userName%20eq%20%22ann%22&count=1'],
      ['/scim/v2/Users?access_token=abc&a=', `/scim/v2/Users?access_token=${REDACTED}&a=`],
      ['/scim/v2/Users?aadOptscim062020', '/scim/v2/Users?aadOptscim062020'],
      ['/scim/v2/Users?FILTER=urn%3Ax%3Apin+eq+%221234%22', `/scim/v2/Users?FILTER=${REDACTED}`],
      ['/scim/v2/Users?filter=p%69n%20eq%20%221234%22', `/scim/v2/Users?filter=${REDACTED}`],
      ['/scim/v2/Users?attributes=urn:x:card', '/scim/v2/Users?attributes=urn:x:card'],
      [`/scim/v2/Users/${TOKEN}`, `/scim/v2/Users/${REDACTED}`],
      ['/scim/v2/Users?%zz=%zz', `/scim/v2/Users?%zz=${REDACTED}`],
    ] as const) {
      it(`${url.replace(TOKEN, 'a token')} → ${kept}`, () => {
        expect(redactUrl(url)).to.equal(kept);
      });
    }

    it('other text loses tokens and what no database takes, and is cut', () => {
      expect(redactText(`agent ${TOKEN}\u0000`)).to.equal(`agent ${REDACTED}\ufffd`);
      expect(redactText('x'.repeat(9_000))).to.have.length(2_000);
    });
  });
});
