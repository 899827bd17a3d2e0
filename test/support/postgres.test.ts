import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import pg from 'pg';
import { type Binaries, freshDatabase, packageName, packagedBinaries, postgres, startPostgres, systemBinaries } from './postgres.js';
import { runs } from './runs.js';

const run = promisify(execFile);

async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('postgres for tests', function () {
  this.timeout(120_000);

  const sources: readonly (readonly [string, Binaries | null])[] = [
    ['an installed PostgreSQL', systemBinaries()],
    ['the npm package', packagedBinaries()],
  ];
  for (const [name, binaries] of sources) {
    it(`starts ${name}, answers, and leaves no folder behind`, async function () {
      if (binaries === null) return this.skip();
      const server = await startPostgres(binaries);
      const [row] = await ask(server.url, 'select 1 as one');
      expect(existsSync(server.folder)).to.equal(true);
      server.stop();

      expect(row).to.deep.equal({ one: 1 });
      expect(existsSync(server.folder)).to.equal(false);
      expect(await ask(server.url, 'select 1').catch((error: unknown) => error)).to.have.property('code', 'ECONNREFUSED');
    });
  }

  it('knows the name of the npm package on each system', () => {
    expect(packageName('linux', 'x64')).to.equal('linux-x64');
    expect(packageName('darwin', 'arm64')).to.equal('darwin-arm64');
    expect(packageName('win32', 'x64')).to.equal('windows-x64');
  });

  it('gives every caller an empty database of its own', async function () {
    if ((await postgres()) === null) return this.skip();
    const [one, other] = [await freshDatabase(), await freshDatabase()];
    if (one === null || other === null) throw new Error('no database');

    await ask(one.url, 'create table t (a int)');

    const tables = "select count(*)::int as n from pg_tables where schemaname = 'public'";
    expect(await ask(one.url, tables)).to.deep.equal([{ n: 1 }]);
    expect(await ask(other.url, tables)).to.deep.equal([{ n: 0 }]);
    await one.drop();
    await other.drop();
    expect(await ask(one.url, 'select 1').catch((error: unknown) => error)).to.have.property('code', '3D000');
  });

  const endings: readonly (readonly [string, string, number | string])[] = [
    ['SIGTERM', "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)", 143],
    ['an uncaught error', "throw new Error('planted')", 1],
    ['running out of work', '', 0],
  ];
  for (const [name, ending, code] of endings.slice(0, runs(1, endings.length))) {
    it(`stops the server when the process ends by ${name}`, async function () {
      const binaries = systemBinaries() ?? packagedBinaries();
      if (binaries === null) return this.skip();
      const program = `
        import { startPostgres } from './test/support/postgres.ts';
        const server = await startPostgres(${JSON.stringify(binaries)});
        console.log(JSON.stringify({ url: server.url, folder: server.folder }));
        ${ending};`;

      const ended = await run(process.execPath, ['--import=tsx', '--input-type=module', '-e', program]).then(
        (done) => ({ code: 0, stdout: done.stdout }),
        (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
      );

      expect(ended.code).to.equal(code);
      const { url, folder } = JSON.parse(ended.stdout) as { readonly url: string; readonly folder: string };
      expect(existsSync(folder)).to.equal(false);
      expect(await ask(url, 'select 1').catch((error: unknown) => error)).to.have.property('code', 'ECONNREFUSED');
    });
  }
});
