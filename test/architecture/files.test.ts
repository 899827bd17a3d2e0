import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { checkFile, checkFiles, sourceFiles } from '../../scripts/architecture/files.js';

const markdown = readFileSync('ARCHITECTURE.md', 'utf8');

describe('files of src', function () {
  this.timeout(120_000);

  it('keep the walls and house numbers of ARCHITECTURE.md', () => {
    expect(sourceFiles()).to.have.length.greaterThan(0);
    expect(checkFiles(markdown)).to.deep.equal([]);
  });
});

describe('the file check', () => {
  const words: readonly (readonly [string, string])[] = [
    ['process.env', 'const a = process.env.HOME;'],
    ['process.env', "const a = process['env'];"],
    ['process.env', 'const { env } = process;'],
    ['process.env', 'const { env: mine } = process;'],
    ['process.env', "import { env as mine } from 'node:process';"],
    ['new Date()', 'const a = new Date();'],
    ['new Date()', 'const a = new Date;'],
    ['Date.now', 'const a = Date.now();'],
    ['Date.now', 'const clock = Date.now;'],
    ['Math.random', 'const a = Math.random();'],
    ['randomUUID', "import { randomUUID as id } from 'node:crypto';"],
    ['randomUUID', 'const a = crypto.randomUUID();'],
    ['fetch', "await fetch('https://example.org');"],
    ['fetch', "await globalThis.fetch('https://example.org');"],
    ['any', 'const a: any = 1;'],
    ['any', 'const a = b as any;'],
    ['as unknown as', 'const a = b as unknown as string;'],
  ];
  for (const [word, line] of words) {
    it(`reports ${word} in: ${line}`, () => {
      const [violation, ...others] = checkFile('src/events/a.ts', `// why\n${line}\n`, markdown);

      expect(violation)
        .to.match(/^src\/events\/a\.ts:2: /)
        .and.include(`: ${word} only in `);
      expect(others).to.deep.equal([]);
    });
  }

  it('lets a word through behind its wall', () => {
    expect(checkFile('src/config.ts', 'const a = process.env;\n', markdown)).to.deep.equal([]);
    expect(checkFile('src/db/clock.ts', 'const a = new Date();\n', markdown)).to.deep.equal([]);
    expect(checkFile('src/credentials/pins.ts', 'const a = randomUUID();\n', markdown)).to.deep.equal([]);
  });

  it('does not mistake comments, strings and other names for walled words', () => {
    const text = [
      '/** process.env and Date.now() and any fetch() */',
      "const a = 'process.env';",
      'const b = `new Date()`;',
      "const c = new Date('2026-05-01T00:00:00.000Z');",
      'const d = client.fetch(a);',
      "const e = Date.parse('2026-05-01');",
      'const f = x as unknown;',
      'const any = f;',
    ];
    expect(checkFile('src/events/a.ts', `${text.join('\n')}\n`, markdown)).to.deep.equal([]);
  });

  it('reports a file that is too long, and one named for nothing', () => {
    expect(checkFile('src/db/a.ts', 'export {};\n'.repeat(400), markdown)).to.deep.equal([]);
    expect(checkFile('src/db/a.ts', 'export {};\n'.repeat(401), markdown)).to.deep.equal(['src/db/a.ts: 401 lines, at most 400']);
    expect(checkFile('src/db/utils.ts', '', markdown)).to.deep.equal(['src/db/utils.ts: a name that says nothing']);
    expect(checkFile('src/db/helpers/a.ts', '', markdown)).to.deep.equal(['src/db/helpers/a.ts: a name that says nothing']);
  });
});
