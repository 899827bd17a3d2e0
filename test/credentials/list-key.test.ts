import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { accessListHash, accessListKey } from '../../src/credentials/list-key.js';

/** What follows a label in the table of the page. */
function vectorOf(label: string): string {
  const [, value] = new RegExp(`^\\| ${label} \\| \`(\\w+)\` \\|$`, 'm').exec(readFileSync('docs/doors.md', 'utf8')) ?? [];
  if (value === undefined) throw new Error(`docs/doors.md has no test vector for ${label}`);
  return value;
}

describe('the hashes of the offline list', () => {
  const token = vectorOf('token');

  it('are those of the test vector in docs/doors.md', () => {
    const key = accessListKey(token);
    expect(key.toString('hex')).to.equal(vectorOf('key'));
    expect(accessListHash(key, '482913')).to.equal(vectorOf('PIN `482913`'));
    expect(accessListHash(key, '04:A1:B2')).to.equal(vectorOf('card `04:A1:B2`'));
  });

  it('are another thing under another token, and for another PIN', () => {
    const key = accessListKey(token);
    expect(accessListHash(accessListKey(`${token}x`), '482913')).not.to.equal(accessListHash(key, '482913'));
    expect(accessListHash(key, '0482913')).not.to.equal(accessListHash(key, '482913'));
  });
});
