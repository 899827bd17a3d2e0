import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expect } from 'chai';
import { DEFAULT_SCIM_SWITCHES } from '../src/domain/integration.js';

const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'docs/operations.md',
  'docs/scim.md',
  'docs/api.md',
  'docs/guest-page.md',
];

const headingsOf = (page: string) =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );

describe('documentation', () => {
  it('opens with the two commands that everybody runs first', () => {
    const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text);
    expect(blocks.slice(0, 2)).to.deep.equal(['npm install && npm run demo\n', 'npm install && npm test\n']);
  });

  for (const page of PAGES) {
    it(`has no conflict left in ${page}`, () => {
      expect(readFileSync(page, 'utf8')).not.to.match(/^(?:<{7}|>{7}) /m);
    });

    it(`has no dead link in ${page}`, () => {
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
      const dead = links
        .filter((target) => !target.startsWith('http'))
        .filter((target) => {
          const [path = '', heading] = target.split('#');
          const file = path === '' ? page : resolve(dirname(page), path);
          return !existsSync(file) || (heading !== undefined && !headingsOf(file).includes(heading));
        });
      expect(dead).to.deep.equal([]);
    });
  }

  it('names every switch of a SCIM connection with its default', () => {
    const rows = [...readFileSync('docs/scim.md', 'utf8').matchAll(/^\| `(\w+)` \| `(\w+)` \| `\w+` \|/gm)];
    const told = Object.fromEntries(rows.map(([, name, value]) => [name, value]));
    const real = Object.fromEntries(Object.entries(DEFAULT_SCIM_SWITCHES).map(([name, value]) => [name, String(value)]));
    expect(told).to.deep.equal(real);
  });

  it('maps the folders that there are, and no other', () => {
    const [, map = ''] = readFileSync('ARCHITECTURE.md', 'utf8').split('## 2. The map');
    const told = [...(map.split('### Data')[0] ?? '').matchAll(/`(src\/\w+)\/`/g)].map(([, folder]) => folder);
    const real = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(told.sort()).to.deep.equal(real.map(({ name }) => `src/${name}`).sort());
  });
});
