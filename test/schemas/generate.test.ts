import { expect } from 'chai';
import { generate, stale } from '../../scripts/generate/all.js';
import { schemaPaths } from '../../scripts/generate/types.js';

describe('generated files', function () {
  this.timeout(60_000);

  it('are what the schemas say now', async () => {
    const files = await generate();

    expect(files.length).to.equal(schemaPaths().length + 2);
    expect(stale(files)).to.deep.equal([]);
  });

  it('are called out of date when one was edited, is missing, or has lost its schema', async () => {
    const files = await generate();
    const [first, second, ...others] = files;
    if (first === undefined || second === undefined) throw new Error('nothing generated');

    expect(stale([{ ...first, text: `${first.text}\n` }, second, ...others])).to.deep.equal([first.path]);
    expect(stale([...files, { path: 'docs/gone.md', text: '' }])).to.deep.equal(['docs/gone.md']);
    expect(stale([second, ...others])).to.deep.equal([first.path]);
  });

  it('hold no type that accepts everything by mistake', async () => {
    for (const { path, text } of await generate()) expect(text, path).to.not.match(/\bany\b(?=[;,)\]])/);
  });
});
