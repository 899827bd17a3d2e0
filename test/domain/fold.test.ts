import { expect } from 'chai';
import fc from 'fast-check';
import { fold } from '../../src/domain/fold.js';
import { anyText } from '../support/any-text.js';
import { runs } from '../support/runs.js';

const SAME: readonly (readonly string[])[] = [
  ['bjensen', 'Bjensen', 'BJENSEN'],
  ['straße', 'STRASSE', 'strasse', 'STRAẞE', 'Straſſe'],
  ['οδος', 'ΟΔΟΣ', 'οδοσ'],
  ['İ', 'i̇', 'I\u0307'],
  ['é', 'e\u0301', 'É', 'E\u0301'],
  ['alice', 'Ａｌｉｃｅ', 'ＡＬＩＣＥ'],
  ['ﬁ', 'fi', 'FI'],
  ['K', 'k', 'K'],
  ['ŉ', 'ʼn'],
  ['Ꭰ', 'ꭰ'],
  ['ᾳ', 'ᾼ', 'αι', 'ΑΙ'],
  ['№1', 'no1'],
];

const DIFFERENT: readonly (readonly [string, string])[] = [
  ['İ', 'i'],
  ['ı', 'i'],
  ['é', 'e'],
  ['а', 'a'],
  ['0', 'O'],
  ['a', 'a '],
];

describe('fold', () => {
  for (const [first = '', ...others] of SAME) {
    for (const other of others) it(`takes ${first} and ${other} for the same`, () => expect(fold(other)).to.equal(fold(first)));
  }

  for (const [left, right] of DIFFERENT) {
    it(`keeps ${left} (${left.codePointAt(0)?.toString(16)}) and ${right} apart`, () => expect(fold(left)).not.to.equal(fold(right)));
  }

  it('folds a sigma at the end of a word like every other', () => {
    expect(fold('ΣΟΦΟΣ ΣΟΦΟΣ')).to.equal('σοφοσ σοφοσ');
  });

  it('changes nothing when it is done twice', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(fold(fold(text))).to.equal(fold(text));
      }),
      { numRuns: runs(2_000, 500_000) },
    );
  });

  it('changes nothing when it is done twice, for every single character', () => {
    const changing: string[] = [];
    for (let code = 0; code <= 0x1ffff; code += 1) {
      const once = fold(String.fromCodePoint(code));
      if (fold(once) !== once) changing.push(code.toString(16));
    }

    expect(changing).to.deep.equal([]);
  });

  it('does not depend on upper and lower case or on composition', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aÄßẞΣςσéÉﬁKŉᾳ\u0301\u0345\u0308') }), (text) => {
        expect(fold(text.normalize('NFD'))).to.equal(fold(text));
        // Composed first: a capital for U+0345 stands before the accents that follow it, whatever their order was.
        expect(fold(text.normalize('NFC').toUpperCase())).to.equal(fold(text));
      }),
      { numRuns: runs(1_000, 500_000) },
    );
  });
});
