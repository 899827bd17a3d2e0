import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { generateKeyRing, parseKeys } from '../../src/credentials/key-ring.js';
import { InvalidInput } from '../../src/errors.js';

const key = (): string => randomBytes(32).toString('base64');

function messageOf(text: string): string {
  try {
    parseKeys(text);
  } catch (error) {
    if (error instanceof InvalidInput) return error.publicMessage;
    throw error;
  }
  return 'taken';
}

describe('LATCHKEY_SECRET_KEYS', () => {
  it('reads one key or several, in order', () => {
    const [a, b] = [key(), key()];

    const keys = parseKeys(` new:${a} , old_1:${b}`);

    expect(keys.map(({ id, key: bytes }) => [id, bytes.toString('base64')])).to.deep.equal([
      ['new', a],
      ['old_1', b],
    ]);
  });

  it('reads what generateKeyRing writes, which is different each time', () => {
    const [first, second] = [generateKeyRing(), generateKeyRing()];

    expect(parseKeys(first)).to.have.length(1);
    expect(parseKeys(`${second},${first}`)).to.have.length(2);
  });

  const good = key();
  const REFUSED: readonly [string, string, RegExp][] = [
    ['an empty text', '', /is empty/],
    ['blanks', '   ', /is empty/],
    ['"changeme"', 'changeme', /no key id/],
    ['a placeholder as key', 'k1:changeme', /key "k1" has 6 bytes instead of 32/],
    ['an empty key', 'k1:', /has 0 bytes/],
    ['undefined', 'undefined', /no key id/],
    ['23 bytes', `k1:${randomBytes(23).toString('base64')}`, /not base64|has 23 bytes/],
    ['31 bytes', `k1:${randomBytes(31).toString('base64')}`, /has 31 bytes/],
    ['33 bytes', `k1:${randomBytes(33).toString('base64')}`, /has 33 bytes/],
    ['text that is not base64', `k1:${'!'.repeat(44)}`, /is not base64/],
    ['blanks inside the key', `k1:${good.slice(0, 20)} ${good.slice(21)}`, /is not base64/],
    ['hex instead of base64', `k1:${randomBytes(32).toString('hex')}`, /has 48 bytes/],
    ['zeros', `k1:${Buffer.alloc(32).toString('base64')}`, /not random/],
    ['a word repeated', `k1:${Buffer.from('changeme'.repeat(4)).toString('base64')}`, /not random/],
    ['a sentence', `k1:${Buffer.from('correct horse battery staple yes').toString('base64')}`, /not random/],
    ['no id', `:${good}`, /key id at place 1/],
    ['an id with a dot', `a.b:${good}`, /key id at place 1/],
    ['an id that is too long', `${'a'.repeat(33)}:${good}`, /key id at place 1/],
    ['a trailing comma', `k1:${good},`, /nothing at place 2/],
    ['the same id twice', `k1:${good},k1:${key()}`, /same id/],
    ['the same key twice', `k1:${good},k2:${good}`, /same key twice/],
  ];
  for (const [what, text, message] of REFUSED) {
    it(`refuses ${what} and says why`, () => {
      expect(messageOf(text)).to.match(message);
      expect(messageOf(text)).to.match(/^LATCHKEY_SECRET_KEYS /);
    });
  }

  it('never repeats a key in its message', () => {
    for (const text of [`k1:${good},k1:${good}`, `k1:${good}x`, `k1${good}`, `k1:${good.slice(0, 40)}`]) {
      expect(messageOf(text)).to.not.include(good.slice(0, 12));
    }
  });
});
