import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { sourceFiles } from '../../scripts/architecture/files.js';
import { checkImports, type ImportReport } from '../../scripts/architecture/imports.js';

const markdown = readFileSync('ARCHITECTURE.md', 'utf8');

describe('imports of src', function () {
  this.timeout(120_000);

  it('follow the import table of ARCHITECTURE.md', async () => {
    const report = await checkImports(markdown);

    expect(report.cruised, 'modules cruised').to.be.at.least(sourceFiles().length);
    expect(report.imports, 'imports seen').to.be.greaterThan(0);
    expect(report.violations).to.deep.equal([]);
  });
});

describe('the import check', function () {
  this.timeout(120_000);
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'latchkey-arch-'));
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function check(files: Readonly<Record<string, string>>): Promise<ImportReport> {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkImports(markdown, root);
  }

  it('is content with a tree that keeps the rules', async () => {
    const report = await check({
      'src/domain/words.ts': 'export type Word = string;\n',
      'src/reconcile/desired.ts': "import type { Word } from '../domain/words.js';\nexport const word = (w: Word): Word => w;\n",
      'src/reconcile/reconcile.ts': "import { word } from './desired.js';\nexport const result = word('a');\n",
      'src/app.ts': "import express from 'express';\nimport { result } from './reconcile/reconcile.js';\nexport const app = [express, result];\n",
    });

    expect(report).to.deep.include({ cruised: 4, imports: 3, violations: [] });
  });

  const planted: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    [
      'an adapter that imports the core',
      { 'src/adapters/guesty/adapter.ts': "import { a } from '../../reconcile/apply.js';\nexport const b = a;\n", 'src/reconcile/apply.ts': 'export const a = 1;\n' },
      'src/adapters/guesty/adapter.ts → src/reconcile/apply.ts: adapters ← domain, errors',
    ],
    [
      'a type import, which leaves no trace at run time',
      { 'src/domain/a.ts': "import type { B } from '../db/b.js';\nexport type A = B;\n", 'src/db/b.ts': 'export type B = string;\n' },
      'src/domain/a.ts → src/db/b.ts: domain ← nothing',
    ],
    [
      'a pure file that imports its own shell',
      { 'src/reconcile/plan.ts': "import { a } from './apply.js';\nexport const b = a;\n", 'src/reconcile/apply.ts': 'export const a = 1;\n' },
      'src/reconcile/plan.ts → src/reconcile/apply.ts: reconcile/plan* ← domain',
    ],
    [
      'a dynamic import',
      { 'src/events/a.ts': "export const b = import('../scim/c.js');\n", 'src/scim/c.ts': 'export const c = 1;\n' },
      'src/events/a.ts → src/scim/c.ts: events ← domain, db, errors',
    ],
    [
      'a re-export',
      { 'src/errors.ts': "export * from './db/b.js';\n", 'src/db/b.ts': 'export const b = 1;\n' },
      'src/errors.ts → src/db/b.ts: errors ← domain',
    ],
    [
      'an adapter that imports another',
      { 'src/adapters/guesty/a.ts': "export { b } from '../nexudus/b.js';\n", 'src/adapters/nexudus/b.ts': 'export const b = 1;\n' },
      'src/adapters/guesty/a.ts → src/adapters/nexudus/b.ts: no adapter imports another',
    ],
    ['a file that no row names', { 'src/stray/a.ts': 'export const a = 1;\n' }, 'src/stray/a.ts: no row of the import table names it'],
    [
      'a cycle',
      { 'src/db/a.ts': "export { b } from './b.js';\n", 'src/db/b.ts': "import type { b as c } from './a.js';\nexport const b = 1;\nexport type B = typeof c;\n" },
      'src/db/a.ts → src/db/b.ts: no cycles',
    ],
    ['an import that leads nowhere', { 'src/db/a.ts': "import './gone.js';\n" }, 'src/db/a.ts → ./gone.js: every import exists'],
  ];
  for (const [name, files, violation] of planted) {
    it(`reports ${name}`, async () => {
      expect((await check(files)).violations).to.include(violation);
    });
  }

  const packages: readonly (readonly [string, string, string])[] = [
    ['scimmy', "import SCIMMY from 'scimmy';\nexport const a = SCIMMY;\n", 'scimmy only in scim'],
    ['a type of express', "import type { Request } from 'express';\nexport type A = Request;\n", 'express only in scim, webhooks, http, app'],
    ['knex', "import knex from 'knex';\nexport const a = knex;\n", 'knex only in db, **/store, **/*-store'],
    ['pg', "import pg from 'pg';\nexport const a = pg;\n", 'pg only in db'],
  ];
  for (const [name, text, rule] of packages) {
    it(`reports ${name} outside its wall, and not inside`, async () => {
      const inside = rule.split(' only in ')[1]?.split(',')[0] ?? '';

      const report = await check({ 'src/events/a.ts': text, [`src/${inside}/a.ts`]: text });

      expect(report.violations.filter((violation) => violation.endsWith(rule))).to.have.length(1);
      expect(report.violations.join('\n')).to.match(/^src\/events\/a\.ts/);
    });
  }

  it('reports a package and I/O in a pure file, and lets it compare deeply', async () => {
    const report = await check({
      'src/domain/a.ts': "import { readFileSync } from 'node:fs';\nimport { isDeepStrictEqual } from 'node:util';\nimport ajv from 'ajv';\nexport const b = [readFileSync, isDeepStrictEqual, ajv];\n",
    });

    expect(report.violations.map((violation) => violation.replace(/ → .*node_modules/, ' → node_modules'))).to.have.members([
      'src/domain/a.ts → fs: pure files use no package and no I/O',
      'src/domain/a.ts → node_modules/ajv/dist/ajv.js: pure files use no package and no I/O',
    ]);
  });

  it('refuses a page without its table', async () => {
    const refused = await checkImports('# nothing here\n', root).catch((error: unknown) => error);

    expect(refused).to.be.instanceOf(Error).with.property('message', 'ARCHITECTURE.md has no block imports');
  });
});
