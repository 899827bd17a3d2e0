import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { keysInDataDir } from '../../src/credentials/key-file.js';
import { parseKeys } from '../../src/credentials/key-ring.js';
import { spawnScript } from '../support/processes.js';

const unheard = (): void => undefined;

describe('the keys of an installation', () => {
  let folder: string;
  const file = () => join(folder, 'secret-keys');

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'latchkey-keys-')), 'data');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  it('are made at the first start, with the folder, for their owner alone', () => {
    const keys = keysInDataDir(folder, unheard);

    expect(parseKeys(keys)).to.have.length(1);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    expect(readFileSync(file(), 'utf8')).to.equal(`${keys}\n`);
  });

  it('are the same at every later start, and nothing else is left in the folder', () => {
    const keys = keysInDataDir(folder, unheard);

    expect(keysInDataDir(folder, unheard)).to.equal(keys);
    expect(readdirSync(folder)).to.deep.equal(['secret-keys']);
  });

  it('are others in another folder', () => {
    expect(keysInDataDir(folder, unheard)).not.to.equal(keysInDataDir(`${folder}-other`, unheard));
  });

  it('are those of the file, whoever wrote it: an operator may put his own there', () => {
    mkdirSync(folder);
    writeFileSync(file(), '  mine:key  \n', { mode: 0o640 });

    expect(keysInDataDir(folder, unheard)).to.equal('mine:key');
    expect(statSync(file()).mode & 0o777).to.equal(0o640);
  });

  it('are the same for several processes that start for the first time together', async () => {
    const children = [1, 2, 3, 4].map(() => spawnScript('test/support/children/keys.ts', [folder]));
    await Promise.all(children.map((child) => child.line((line) => line === 'ready')));
    for (const { child } of children) child.stdin?.write('go\n');

    const keys = await Promise.all(children.map((child) => child.line((line) => line !== 'ready')));

    expect(new Set(keys).size).to.equal(1);
    expect(keys[0]).to.equal(keysInDataDir(folder, unheard));
    expect(readdirSync(folder)).to.deep.equal(['secret-keys']);
    expect(await Promise.all(children.map(({ ended }) => ended))).to.deep.equal([0, 0, 0, 0]);
  }).timeout(60_000);

  it('are not made over a draft that a process left when it died', () => {
    mkdirSync(folder);
    writeFileSync(`${file()}.${process.pid}`, 'torn');

    const keys = keysInDataDir(folder, unheard);
    expect(parseKeys(keys)).to.have.length(1);
    expect(existsSync(`${file()}.${process.pid}`)).to.equal(false);
  });

  it('that cannot be read are an error with the path, never new ones', () => {
    mkdirSync(file(), { recursive: true });

    expect(() => keysInDataDir(folder, unheard)).to.throw('EISDIR');
    expect(readdirSync(folder)).to.deep.equal(['secret-keys']);
  });

  it('in a folder that may not be written are an error', function () {
    // Root may write anywhere.
    if (process.getuid?.() === 0) this.skip();
    mkdirSync(folder);
    chmodSync(folder, 0o500);

    expect(() => keysInDataDir(folder, unheard)).to.throw('EACCES');
  });

  it('in a folder whose place is taken by a file are an error', () => {
    writeFileSync(folder, '');

    expect(() => keysInDataDir(folder, unheard)).to.throw('EEXIST');
  });
});
