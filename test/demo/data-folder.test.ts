import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { freshDataFolder } from '../../demo/data-folder.js';
import { spawnCode } from '../support/processes.js';

describe('the data of a demo', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'latchkey-demo-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('are in a folder of their own; those of a demo that runs stay, those of one that was killed go', async () => {
    const killed = spawnCode('');
    await killed.ended;
    const [ofAnother, ofTheKilled] = [process.ppid, killed.child.pid].map((pid) => join(parent, String(pid)));
    for (const folder of [ofAnother, ofTheKilled]) mkdirSync(folder ?? '');
    const folder = freshDataFolder(parent);
    expect(existsSync(folder)).to.equal(true);
    expect([folder === ofAnother, existsSync(ofAnother ?? ''), existsSync(ofTheKilled ?? '')]).to.deep.equal([false, true, false]);
  });

  it('begin empty, also where a process of the same number was before', () => {
    const folder = freshDataFolder(parent);
    writeFileSync(join(folder, 'latchkey.db'), 'old');
    expect(existsSync(join(freshDataFolder(parent), 'latchkey.db'))).to.equal(false);
  });
});
