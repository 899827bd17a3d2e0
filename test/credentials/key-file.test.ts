import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { keysInDataDir } from '../../src/credentials/key-file.js';
import { parseKeys } from '../../src/credentials/key-ring.js';
import { spawnScript } from '../support/processes.js';

describe('the keys of an installation', () => {
  let folder: string;
  const made: string[] = [];
  const keys = (of: string) => keysInDataDir(of, (path) => made.push(path));
  const file = () => join(folder, 'secret-keys');

  beforeEach(() => {
    made.length = 0;
    folder = join(mkdtempSync(join(tmpdir(), 'latchkey-keys-')), 'data');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  it('are made at the first start, with the folder, for their owner alone, and it is told where', () => {
    const first = keys(folder);

    expect(parseKeys(first)).to.have.length(1);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    expect(readFileSync(file(), 'utf8')).to.equal(`${first}\n`);
    expect(made).to.deep.equal([file()]);
  });

  it('are the same at every later start, and nothing else is left in the folder', () => {
    const first = keys(folder);

    expect(keys(folder)).to.equal(first);
    expect(readdirSync(folder)).to.deep.equal(['secret-keys']);
    expect(made).to.have.length(1);
  });

  it('are others in another folder', () => {
    expect(keys(folder)).not.to.equal(keys(`${folder}-other`));
  });

  it('are those of the file, whoever wrote it: an operator may put his own there', () => {
    mkdirSync(folder);
    writeFileSync(file(), '  mine:key  \n', { mode: 0o640 });

    expect(keys(folder)).to.equal('mine:key');
    expect(statSync(file()).mode & 0o777).to.equal(0o640);
  });

  it('are the same for several processes that start for the first time together', async () => {
    const children = [1, 2, 3, 4].map(() => spawnScript('test/support/children/keys.ts', [folder]));
    await Promise.all(children.map((child) => child.line((line) => line === 'ready')));
    for (const { child } of children) child.stdin?.write('go\n');

    const found = await Promise.all(children.map((child) => child.line((line) => line !== 'ready')));

    expect(new Set(found).size).to.equal(1);
    expect(found[0]).to.equal(keys(folder));
    expect(readdirSync(folder)).to.deep.equal(['secret-keys']);
    expect(await Promise.all(children.map(({ ended }) => ended))).to.deep.equal([0, 0, 0, 0]);
  }).timeout(60_000);

  it('are not made over a draft that a process left when it died', () => {
    mkdirSync(folder);
    writeFileSync(`${file()}.${process.pid}`, 'torn');

    const first = keys(folder);
    expect(parseKeys(first)).to.have.length(1);
    expect(existsSync(`${file()}.${process.pid}`)).to.equal(false);
  });

  it('that cannot be read are an error with the path, never new ones', () => {
    mkdirSync(file(), { recursive: true });

    expect(() => keys(folder)).to.throw('EISDIR');
    expect(readdirSync(folder)).to.deep.equal(['secret-keys']);
  });

  it('in a folder that may not be written are an error', function () {
    // Root may write anywhere.
    if (process.getuid?.() === 0) this.skip();
    mkdirSync(folder);
    chmodSync(folder, 0o500);

    expect(() => keys(folder)).to.throw('EACCES');
  });

  it('in a folder whose place is taken by a file are an error', () => {
    writeFileSync(folder, '');

    expect(() => keys(folder)).to.throw('EEXIST');
  });
});
