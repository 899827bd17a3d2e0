import { expect } from 'chai';
import fc from 'fast-check';
import { generateKeyRing } from '../../src/credentials/key-ring.js';
import { KeyRing, Unsealable } from '../../src/credentials/sealed.js';
import { Secret } from '../../src/credentials/secret.js';

const OLD = 'old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const NEW = 'new:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=';

const ring = KeyRing.parse(OLD);
const rotated = KeyRing.parse(`${NEW},${OLD}`);

describe('sealed texts', () => {
  it('open again to what was sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (text, table, rowId) => {
        expect(ring.open(ring.seal(text, table, rowId), table, rowId).expose()).to.equal(text);
      }),
    );
  });

  it('have the documented form, and never the same twice', () => {
    const sealed = new Set(Array.from({ length: 200 }, () => ring.seal('4711', 'pins', 'pin_1')));

    expect(sealed.size).to.equal(200);
    for (const text of sealed) expect(text).to.match(/^v1\.old\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{27}$/);
  });

  it('take a Secret as well as a text', () => {
    expect(ring.open(ring.seal(new Secret('4711'), 'pins', 'pin_1'), 'pins', 'pin_1').expose()).to.equal('4711');
  });

  it('open for their own table and row only, however the names are cut', () => {
    const sealed = ring.seal('4711', 'pins', 'pin_1');

    for (const [table, rowId] of [
      ['pins', 'pin_2'],
      ['links', 'pin_1'],
      ['pin', 'spin_1'],
      ['pins","pin_1', ''],
      ['', 'pinspin_1'],
    ] as const) {
      expect(() => ring.open(sealed, table, rowId)).to.throw(Unsealable);
    }
  });

  it('do not open after any one character was changed, dropped or added', () => {
    const sealed = ring.seal('471123', 'pins', 'pin_1');
    const changed = [...sealed].flatMap((character, at) => {
      const swap = (other: string) => sealed.slice(0, at) + other + sealed.slice(at + 1);
      return [character === 'A' ? 'B' : 'A', character === '_' ? '-' : '_', '.', '=', ' ', ''].filter((one) => one !== character).map(swap);
    });

    expect(changed.length).to.be.greaterThan(250);
    for (const text of [...changed, `${sealed}A`, `${sealed}.`, ` ${sealed}`, `${sealed}\n`]) {
      expect(() => ring.open(text, 'pins', 'pin_1'), text).to.throw(Unsealable);
    }
  });

  it('do not open after any one bit of the bytes was turned', () => {
    const [version, id, nonce = '', body = ''] = ring.seal('471123', 'pins', 'pin_1').split('.');
    const flipped = (text: string) => {
      const bytes = Buffer.from(text, 'base64url');
      return Array.from({ length: bytes.length * 8 }, (_, bit) => {
        const copy = Buffer.from(bytes);
        copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return copy.toString('base64url');
      });
    };
    const texts = [...flipped(nonce).map((one) => [version, id, one, body]), ...flipped(body).map((one) => [version, id, nonce, one])];

    expect(texts).to.have.length((12 + 6 + 16) * 8);
    for (const parts of texts) expect(() => ring.open(parts.join('.'), 'pins', 'pin_1')).to.throw(Unsealable);
  });

  it('refuse what never was a sealed text', () => {
    for (const text of [
      '',
      'v1',
      'v1.old..',
      'v1.old.AAAAAAAAAAAAAAAA.',
      'v2.old.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA',
      '4711',
      'null',
    ]) {
      expect(() => ring.open(text, 'pins', 'pin_1'), text).to.throw(Unsealable);
    }
  });

  it('show neither text nor key in the error', () => {
    const sealed = ring.seal('471123', 'pins', 'pin_1');

    expect(() => ring.open(sealed, 'pins', 'pin_2')).to.throw(Unsealable, /^A stored secret was changed, or belongs to another row/);
  });
});

describe('key rotation', () => {
  it('opens old texts with the new ring and seals with its first key', () => {
    const old = ring.seal('4711', 'pins', 'pin_1');

    expect(rotated.open(old, 'pins', 'pin_1').expose()).to.equal('4711');
    expect(rotated.isCurrent(old)).to.equal(false);
    expect(rotated.isCurrent(rotated.seal('4711', 'pins', 'pin_1'))).to.equal(true);
  });

  it('names the key that is missing', () => {
    const sealed = rotated.seal('4711', 'pins', 'pin_1');

    expect(() => ring.open(sealed, 'pins', 'pin_1')).to.throw(Unsealable, 'key "new", which LATCHKEY_SECRET_KEYS does not have');
  });

  it('does not open with another key of the same id', () => {
    const impostor = KeyRing.parse(generateKeyRing().replace(/^[^:]*/, 'old'));

    expect(() => impostor.open(ring.seal('4711', 'pins', 'pin_1'), 'pins', 'pin_1')).to.throw(Unsealable);
  });

  it('does not open a text that was renamed to another key of the ring', () => {
    const renamed = rotated.seal('4711', 'pins', 'pin_1').replace('.new.', '.old.');

    expect(() => rotated.open(renamed, 'pins', 'pin_1')).to.throw(Unsealable);
  });

  it('keeps look-up hashes as long as the oldest key stays last', () => {
    expect(rotated.keyedHash('4711', 'pin')).to.equal(ring.keyedHash('4711', 'pin'));
    expect(KeyRing.parse(`${OLD},${NEW}`).keyedHash('4711', 'pin')).to.not.equal(ring.keyedHash('4711', 'pin'));
  });
});

describe('keyed hashes', () => {
  it('are 64 hex characters, the same every time and in every release', () => {
    // Computed apart from this program: HKDF-SHA256 (RFC 5869), then HMAC of the purpose, then HMAC of the text.
    expect(ring.keyedHash('4711', 'pin')).to.equal('181e03af498251e94ad50ba545ca9af1c3fc1ccd6f77ab3fafa112bab8436f12');
  });

  it('differ by text, by purpose and by where one ends and the other begins', () => {
    const hashes = [
      ['4711', 'pin'],
      ['4712', 'pin'],
      ['4711', 'card'],
      ['n4711', 'pi'],
      ['', 'pin4711'],
      ['', ''],
    ] as const;

    expect(new Set(hashes.map(([text, purpose]) => ring.keyedHash(text, purpose))).size).to.equal(hashes.length);
  });
});

describe('a KeyRing', () => {
  it('prints nothing of its keys', () => {
    expect(JSON.stringify(ring)).to.equal('{}');
    expect(Object.getOwnPropertyNames(ring)).to.deep.equal([]);
  });
});
