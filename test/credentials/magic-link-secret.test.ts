import { expect } from 'chai';
import { createMagicLinkSecret, hashMagicLinkSecret, isMagicLinkSecret } from '../../src/credentials/magic-link-secret.js';

describe('Magic Link secrets', () => {
  it('are 192 bits in base64url, never the same twice', () => {
    const secrets = new Set(Array.from({ length: 500 }, () => createMagicLinkSecret().expose()));

    expect(secrets.size).to.equal(500);
    for (const secret of secrets) {
      expect(secret).to.match(/^[A-Za-z0-9_-]{32}$/);
      expect(Buffer.from(secret, 'base64url')).to.have.length(24);
    }
  });

  it('are known again by their hash, which does not contain them', () => {
    const secret = createMagicLinkSecret().expose();
    const hash = hashMagicLinkSecret(secret);

    expect(hash).to.match(/^[0-9a-f]{64}$/);
    expect(hash).to.not.include(secret);
    expect(isMagicLinkSecret(secret, hash)).to.equal(true);
  });

  it('refuse another secret, a changed one, and what cannot be one', () => {
    const secret = createMagicLinkSecret().expose();
    const hash = hashMagicLinkSecret(secret);
    const changed = (secret.startsWith('A') ? 'B' : 'A') + secret.slice(1);

    for (const presented of [
      createMagicLinkSecret().expose(),
      changed,
      secret.slice(1),
      `${secret}A`,
      `${secret}\n`,
      ` ${secret}`,
      '',
      'undefined',
      hash,
    ]) {
      expect(isMagicLinkSecret(presented, hash), presented).to.equal(false);
    }
    expect(isMagicLinkSecret('', hashMagicLinkSecret(''))).to.equal(false);
  });

  it('refuse everything when the stored hash is not one', () => {
    const secret = createMagicLinkSecret().expose();

    for (const hash of ['', 'null', secret, hashMagicLinkSecret(secret).toUpperCase()])
      expect(isMagicLinkSecret(secret, hash)).to.equal(false);
  });
});
