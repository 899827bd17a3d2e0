import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { dataDirectories } from '../support/cli.js';
import { runnable } from '../support/compiled.js';

describe('command line as a process', function () {
  this.timeout(60_000);
  const dataDir = dataDirectories();
  let directory: string;

  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, ['--disable-proto=delete', ...runnable('src/cli/index.ts'), ...args], {
      env: { PATH: process.env['PATH'], LATCHKEY_DATA_DIR: directory, LATCHKEY_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const result = async (child: ChildProcess) => {
    let [out, error] = ['', ''];
    child.stdout?.on('data', (chunk) => {
      out += String(chunk);
    });
    child.stderr?.on('data', (chunk) => {
      error += String(chunk);
    });
    const [code] = await once(child, 'close');
    return { code, out, error };
  };

  beforeEach(() => {
    directory = dataDir();
  });

  it('prints one JSON document on stdout, nothing on stderr, and ends by itself with 0', async () => {
    const { code, out, error } = await result(start('integration', 'create', '--kind', 'scim', '--name', 'x', '--json'));
    expect([code, error]).to.deep.equal([0, '']);
    expect(JSON.parse(out)).to.have.all.keys('id', 'kind', 'name', 'scimBaseUrl', 'token');
    const failed = await result(start('integration', 'show', 'int_nobody', '--json'));
    expect([failed.code, failed.out]).to.deep.equal([1, '']);
  });

  it('finishes its work although nobody reads what it prints', async () => {
    const child = start('api-token', 'create', '--role', 'admin', '--name', 'x', '--json');
    child.stdout?.destroy();
    child.stderr?.destroy();
    const [code] = await once(child, 'exit');
    expect(code).to.equal(0);
    expect(JSON.parse((await result(start('api-token', 'list', '--json'))).out).data).to.have.length(1);
  });
});
