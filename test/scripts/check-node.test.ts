import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

/** Runs the check in a process that believes to be another version of Node. */
function checkAs(version: string): { readonly code: number | null; readonly said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-node-'));
  try {
    const pretend = join(folder, 'pretend.cjs');
    writeFileSync(pretend, `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });\n`);
    const { status, stderr } = spawnSync(process.execPath, ['-r', pretend, 'scripts/check-node.cjs'], { encoding: 'utf8' });
    return { code: status, said: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the check of the Node version', () => {
  for (const version of ['20.19.0', '20.20.2', '22.12.0', '23.1.0', '24.0.0']) {
    it(`is content with ${version}`, () => {
      expect(checkAs(version)).to.deep.equal({ code: 0, said: '' });
    });
  }

  for (const version of ['16.20.2', '18.20.8', '20.18.3', '21.7.3', '22.11.0']) {
    it(`refuses ${version} and says which versions will do`, () => {
      const { code, said } = checkAs(version);

      expect(code).to.equal(1);
      expect(said).to.include(`this is Node ${version}`).and.include('20.19').and.include('22.12');
    });
  }

  it('comes after npm itself, which refuses an old Node before it fetches anything', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-engine-'));
    try {
      const { name, version, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as Readonly<Record<string, unknown>>;
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, engines }));
      writeFileSync(join(folder, '.npmrc'), readFileSync('.npmrc'));
      writeFileSync(join(folder, 'pretend.cjs'), "Object.defineProperty(process, 'version', { value: 'v18.20.8' });\n");
      const env = { ...process.env, NODE_OPTIONS: `-r ${join(folder, 'pretend.cjs')}` };

      const { status, stderr } = spawnSync('npm', ['install', '--offline'], { cwd: folder, env, encoding: 'utf8', shell: true });

      expect(status).to.not.equal(0);
      expect(stderr).to.include('EBADENGINE').and.include('Required: {"node":"^20.19 || >=22.12"}');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is wired into the install', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Readonly<Record<string, string>> };

    expect(scripts['preinstall']).to.equal('node scripts/check-node.cjs');
  });
});
