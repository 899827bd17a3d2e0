import { expect } from 'chai';
import { sameHash, sha256Hex } from '../../src/credentials/hash.js';
import { createToken, hashToken, hasTokenShape, isToken, TOKEN_PREFIXES, type TokenKind } from '../../src/credentials/tokens.js';

const KINDS = Object.keys(TOKEN_PREFIXES) as TokenKind[];

describe('tokens', () => {
  for (const kind of KINDS) {
    it(`of kind ${kind} have their prefix and 43 characters of base62, never the same twice`, () => {
      const tokens = new Set(Array.from({ length: 200 }, () => createToken(kind).token.expose()));

      expect(tokens.size).to.equal(200);
      for (const token of tokens) expect(token).to.match(new RegExp(`^${TOKEN_PREFIXES[kind]}[0-9A-Za-z]{43}$`));
    });
  }

  it('carry 256 bits: every value of the first character that 256 bits can give, and all of the last', () => {
    const tokens = Array.from({ length: 3_000 }, () => createToken('scim').token.expose());

    expect(new Set(tokens.map((token) => token.at(-1))).size).to.equal(62);
    expect(new Set(tokens.map((token) => token.at(4))).size).to.be.within(55, 62);
  });

  it('are known again by their hash', () => {
    const { token, hash } = createToken('api');

    expect(hash).to.equal(hashToken(token.expose()));
    expect(hash).to.match(/^[0-9a-f]{64}$/);
    expect(isToken('api', token.expose(), hash)).to.equal(true);
    expect(isToken('api', createToken('api').token.expose(), hash)).to.equal(false);
  });

  it('hide in whatever prints them', () => {
    const made = createToken('api');

    expect(JSON.stringify(made)).to.not.include(made.token.expose());
  });

  it('of one kind are not tokens of another', () => {
    for (const kind of KINDS) {
      const { token, hash } = createToken(kind);
      for (const other of KINDS.filter((one) => one !== kind)) expect(isToken(other, token.expose(), hash)).to.equal(false);
    }
  });

  const body = 'a'.repeat(43);
  for (const presented of [
    '',
    ' ',
    'undefined',
    'null',
    'lks_',
    `lks_${body}a`,
    `lks_${body.slice(1)}`,
    `LKS_${body}`,
    ` lks_${body}`,
    `lks_${body}\n`,
    `lks_${body.slice(1)}-`,
    `lks_${body.slice(1)}é`,
    body,
  ]) {
    it(`refuses ${JSON.stringify(presented)} before any look-up, even where its hash is stored`, () => {
      expect(hasTokenShape('scim', presented)).to.equal(false);
      expect(isToken('scim', presented, hashToken(presented))).to.equal(false);
    });
  }

  it('takes what has the shape', () => {
    expect(hasTokenShape('scim', `lks_${body}`)).to.equal(true);
  });
});

describe('hashes', () => {
  it('are SHA-256', () => {
    expect(sha256Hex('abc')).to.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('compare equal only when every character is', () => {
    const hash = sha256Hex('abc');

    expect(sameHash(hash, sha256Hex('abc'))).to.equal(true);
    for (const at of [0, 31, 63]) expect(sameHash(hash, `${hash.slice(0, at)}x${hash.slice(at + 1)}`)).to.equal(false);
    for (const other of ['', hash.slice(1), `${hash}0`, 'é'.repeat(32)]) expect(sameHash(hash, other)).to.equal(false);
  });
});
