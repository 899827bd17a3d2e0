import { expect } from 'chai';
import {
  generatePin,
  isTrivialPin,
  isValidPin,
  PIN_LENGTH_DEFAULT,
  PIN_LENGTH_MAX,
  PIN_LENGTH_MIN,
} from '../../src/credentials/pin-rules.js';

describe('PIN rules', () => {
  for (const pin of [
    '0000',
    '999999',
    '1234',
    '0123456789',
    '6543',
    '9876543210',
    '7890',
    '8901',
    '0987',
    '2109',
    '890123',
    '1'.repeat(20),
  ]) {
    it(`calls ${pin} trivial`, () => {
      expect(isTrivialPin(pin)).to.equal(true);
    });
  }

  for (const pin of ['1235', '1233', '0001', '1357', '1212', '4320', '9899', '1324', '2580']) {
    it(`does not call ${pin} trivial`, () => {
      expect(isTrivialPin(pin)).to.equal(false);
    });
  }

  it('finds the thirty trivial PINs among all of four digits', () => {
    const all = Array.from({ length: 10_000 }, (_, number) => String(number).padStart(4, '0'));

    expect(all.filter(isTrivialPin)).to.have.length(30);
  });

  it('takes 4 to 20 ASCII digits and nothing else', () => {
    for (const pin of ['1234', '0000', '7'.repeat(20)]) expect(isValidPin(pin), pin).to.equal(true);
    for (const pin of [
      '',
      '123',
      '7'.repeat(21),
      '12 34',
      ' 1234',
      '1234\n',
      '12a4',
      '-123',
      '\u0661\u0662\u0663\u0664',
      '\uff11\uff12\uff13\uff14',
      '12.34',
      '1234\u0000',
    ]) {
      expect(isValidPin(pin), JSON.stringify(pin)).to.equal(false);
    }
  });
});

describe('generated PINs', () => {
  it('have the length asked for, the default one without', () => {
    expect(generatePin()).to.have.length(PIN_LENGTH_DEFAULT);
    for (const length of [PIN_LENGTH_MIN, 7, PIN_LENGTH_MAX]) expect(generatePin(length)).to.match(new RegExp(`^[0-9]{${length}}$`));
  });

  it('refuse any other length', () => {
    for (const length of [PIN_LENGTH_MIN - 1, PIN_LENGTH_MAX + 1, 4.5, Number.NaN, -6]) {
      expect(() => generatePin(length)).to.throw(RangeError);
    }
  });

  it('draw again when the digits are trivial', () => {
    const digits = [1, 2, 3, 4, 5, 5, 5, 5, 8, 9, 0, 1, 4, 7, 1, 1];

    expect(generatePin(4, () => digits.shift() ?? 0)).to.equal('4711');
  });

  it('use every digit at every place about equally often', () => {
    const drawn = 20_000;
    const counts = Array.from({ length: 6 }, () => new Array<number>(10).fill(0));
    for (let index = 0; index < drawn; index += 1) {
      for (const [place, digit] of [...generatePin(6)].map(Number).entries()) {
        const row = counts[place] ?? [];
        row[digit] = (row[digit] ?? 0) + 1;
      }
    }

    // Expected 2,000 each with a deviation of 42; six deviations are never passed by chance.
    for (const row of counts) for (const count of row) expect(count).to.be.within(2_000 - 260, 2_000 + 260);
  });
});
