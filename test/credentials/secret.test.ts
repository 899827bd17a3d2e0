import { inspect } from 'node:util';
import { expect } from 'chai';
import { Secret } from '../../src/credentials/secret.js';

describe('Secret', () => {
  const secret = new Secret('hunter2-4711');

  it('gives its text to whoever asks for it by name', () => {
    expect(secret.expose()).to.equal('hunter2-4711');
  });

  const PRINTS: readonly [string, () => string][] = [
    ['String()', () => String(secret)],
    ['a template', () => `${secret}`],
    ['joining texts', () => ['', secret].join('')],
    ['JSON', () => JSON.stringify({ pin: secret })],
    ['inspect', () => inspect({ deep: [secret] }, { depth: 9, showHidden: true })],
    ['an error message', () => String(new Error(`no ${secret}`))],
    ['a list of its keys', () => JSON.stringify([Object.keys(secret), Object.entries(secret), { ...secret }])],
  ];
  for (const [what, print] of PRINTS) {
    it(`stays hidden in ${what}`, () => {
      expect(print()).to.not.include('4711');
    });
  }

  it('shows that there is a secret', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).to.deep.equal(['[secret]', '"[secret]"', '[secret]']);
  });
});
