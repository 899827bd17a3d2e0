import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type Config, InvalidConfig, readConfig } from '../src/config.js';
import { LatchkeyError } from '../src/errors.js';

const KEY = `k1:${Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64')}`;

function read(env: NodeJS.ProcessEnv): Config {
  return readConfig(env, null);
}

function refusal(env: NodeJS.ProcessEnv, envFile: string | null = null): InvalidConfig {
  try {
    readConfig(env, envFile);
  } catch (error) {
    if (error instanceof InvalidConfig) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('readConfig', () => {
  it('needs nothing to be set', () => {
    expect(read({ PATH: '/bin' })).to.deep.equal({
      port: 8080,
      host: '127.0.0.1',
      dataDir: resolve('data'),
      databaseUrl: null,
      publicUrl: 'http://127.0.0.1:8080',
      secretKeys: null,
      logLevel: 'info',
      allowPrivateUrls: false,
      shutdownSeconds: 10,
      eventRetentionDays: 365,
      google: null,
    });
  });

  it('reads every variable in its own type', () => {
    const config = read({
      PORT: '9000',
      HOST: '::1',
      LATCHKEY_DATA_DIR: '/var/lib/latchkey',
      DATABASE_URL: 'postgres://u:p@db.example.org/latchkey',
      LATCHKEY_SECRET_KEYS: KEY,
      LATCHKEY_LOG_LEVEL: 'debug',
      LATCHKEY_ALLOW_PRIVATE_URLS: 'true',
      LATCHKEY_SHUTDOWN_SECONDS: '30',
      LATCHKEY_EVENT_RETENTION_DAYS: '0',
      LATCHKEY_GOOGLE_CLIENT_ID: 'client',
      LATCHKEY_GOOGLE_CLIENT_SECRET: 'hush',
      LATCHKEY_GOOGLE_ALLOWED: 'Example.org, ana@example.com,',
    });

    expect(config).to.deep.equal({
      port: 9000,
      host: '::1',
      dataDir: '/var/lib/latchkey',
      databaseUrl: 'postgres://u:p@db.example.org/latchkey',
      publicUrl: 'http://[::1]:9000',
      secretKeys: KEY,
      logLevel: 'debug',
      allowPrivateUrls: true,
      shutdownSeconds: 30,
      eventRetentionDays: 0,
      google: { clientId: 'client', clientSecret: 'hush', allowed: ['example.org', 'ana@example.com'] },
    });
  });

  it('is frozen', () => {
    expect(read({})).to.be.frozen;
  });

  it('takes an empty value for an absent one', () => {
    expect(read({ PORT: '', DATABASE_URL: '' })).to.include({ port: 8080, databaseUrl: null });
  });

  const publicUrls: readonly (readonly [string, string])[] = [
    ['https://keys.example.org', 'https://keys.example.org'],
    ['https://keys.example.org/', 'https://keys.example.org'],
    ['https://Keys.Example.org:443/doors/', 'https://keys.example.org/doors'],
  ];
  for (const [given, expected] of publicUrls) {
    it(`takes ${given} as the public address ${expected}`, () => {
      expect(read({ LATCHKEY_PUBLIC_URL: given }).publicUrl).to.equal(expected);
    });
  }

  for (const url of ['keys.example.org', 'ftp://a', 'https://u:p@a', 'https://a/?b', 'https://a/#', 'javascript:alert(1)']) {
    it(`refuses ${url} as the public address`, () => {
      expect(refusal({ LATCHKEY_PUBLIC_URL: url }).problems)
        .to.have.length(1)
        .and.match(/^LATCHKEY_PUBLIC_URL must be/);
    });
  }

  for (const url of [
    'postgresql://db/latchkey',
    './data/a.db',
    '/var/a.db',
    'a.db',
    'sqlite:/var/a.db',
    'file:///var/a.db',
    'C:\\data\\a.db',
  ]) {
    it(`accepts the database ${url}`, () => {
      expect(read({ DATABASE_URL: url }).databaseUrl).to.equal(url);
    });
  }

  for (const url of ['mysql://root:hunter2@db/x', 'http://a', 'postgres:hunter2', ':memory:', 'sqlite::memory:']) {
    it(`refuses the database ${url} without repeating it`, () => {
      const { message, problems } = refusal({ DATABASE_URL: url });

      expect(problems).to.deep.equal(['DATABASE_URL must be postgres://…, postgresql://… or the path of an SQLite file']);
      expect(message).to.not.include('hunter2');
    });
  }

  for (const keys of ['changeme', 'k1:changeme', 'k1:c2hvcnQ=', `${KEY},changeme`, KEY.slice(3)]) {
    it(`refuses the secret keys ${keys} without repeating them`, () => {
      const { message, problems } = refusal({ LATCHKEY_SECRET_KEYS: keys });

      expect(problems)
        .to.have.length(1)
        .and.match(/^LATCHKEY_SECRET_KEYS must be keyid:base64/);
      expect(message).to.not.include(keys);
    });
  }

  it('accepts several secret keys', () => {
    expect(read({ LATCHKEY_SECRET_KEYS: `${KEY}, ${KEY}` }).secretKeys).to.equal(`${KEY}, ${KEY}`);
  });

  it('lists all mistakes in one message', () => {
    const error = refusal({
      PORT: 'eighty',
      LATCHKEY_LOG_LEVEL: 'loud',
      LATCHKEY_ALLOW_PRIVATE_URLS: 'maybe',
      LATCHKEY_SHUTDOWN_SECONDS: '0',
      LATCHKEY_COLOUR: 'blue',
    });

    expect(error).to.be.instanceOf(LatchkeyError);
    expect(error.problems).to.have.members([
      'PORT must be a whole number',
      'LATCHKEY_LOG_LEVEL must be one of silent, error, warn, info, debug',
      'LATCHKEY_ALLOW_PRIVATE_URLS must be true or false',
      'LATCHKEY_SHUTDOWN_SECONDS must be at least 1',
      'LATCHKEY_COLOUR is not a setting of Latchkey',
    ]);
    for (const problem of error.problems) expect(error.publicMessage).to.include(`\n  - ${problem}`);
  });

  it('lists mistakes of addresses together too', () => {
    expect(refusal({ DATABASE_URL: 'mysql://a', LATCHKEY_PUBLIC_URL: 'a', LATCHKEY_GOOGLE_CLIENT_ID: 'b' }).problems).to.have.length(3);
  });

  it('refuses half a Google sign-in', () => {
    const [problem] = refusal({ LATCHKEY_GOOGLE_CLIENT_ID: 'a', LATCHKEY_GOOGLE_CLIENT_SECRET: 'b' }).problems;

    expect(problem).to.include('belong together');
  });

  const misspelt: readonly (readonly [string, string])[] = [
    ['LATCHKEY_PUBLIC_URI', 'LATCHKEY_PUBLIC_URL'],
    ['LATCHKEY_DATADIR', 'LATCHKEY_DATA_DIR'],
    ['LATCHKEY_SECRET_KEY', 'LATCHKEY_SECRET_KEYS'],
    ['LATCHKEY_SECRET_KEY_FILE', 'LATCHKEY_SECRET_KEYS_FILE'],
    ['LATCHKEY_ALLOW_PRIVATE_URL', 'LATCHKEY_ALLOW_PRIVATE_URLS'],
  ];
  for (const [name, meant] of misspelt) {
    it(`asks whether ${name} was meant to be ${meant}`, () => {
      expect(refusal({ [name]: 'a' }).problems).to.deep.equal([`${name} is not a setting of Latchkey; did you mean ${meant}?`]);
    });
  }

  it('leaves variables of others alone', () => {
    expect(read({ LATCH: 'a', HOME: 'b', LATCHKEY_CHROMIUM: '/usr/bin/chromium' })).to.include({ port: 8080 });
  });

  describe('with files', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    function write(name: string, text: string): string {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    }

    it('reads a .env file, over which the environment wins', () => {
      const envFile = write('.env', '# comment\nPORT=9000\nHOST="0.0.0.0"\n');

      expect(readConfig({ PORT: '9001' }, envFile)).to.include({ port: 9001, host: '0.0.0.0' });
    });

    it('refuses an unknown name in the .env file', () => {
      expect(refusal({}, write('.env', 'LATCHKEY_PUBLIC=a\n')).problems).to.deep.equal(['LATCHKEY_PUBLIC is not a setting of Latchkey']);
    });

    it('does without the .env file, and says so when there is one that it cannot read', () => {
      expect(readConfig({}, join(folder, 'none')).port).to.equal(8080);
      expect(refusal({}, folder).problems).to.deep.equal([`the file ${folder} cannot be read`]);
    });

    it('reads a secret from the file that its _FILE form names', () => {
      const url = 'postgres://latchkey:pass@db/latchkey';

      expect(read({ DATABASE_URL_FILE: write('url', `${url}\n`) }).databaseUrl).to.equal(url);
    });

    it('refuses both forms at once, a missing file and an empty one', () => {
      const file = write('empty', '\n');

      expect(refusal({ DATABASE_URL_FILE: file, DATABASE_URL: 'a.db' }).problems).to.deep.equal([
        'DATABASE_URL and DATABASE_URL_FILE are both set; use one of them',
      ]);
      expect(refusal({ DATABASE_URL_FILE: join(folder, 'gone') }).problems).to.deep.equal([
        `DATABASE_URL_FILE names a file that cannot be read: ${join(folder, 'gone')}`,
      ]);
      expect(refusal({ DATABASE_URL_FILE: file }).problems).to.deep.equal(['DATABASE_URL_FILE names an empty file']);
    });

    it('knows no _FILE form of what is no secret', () => {
      expect(refusal({ LATCHKEY_LOG_LEVEL_FILE: write('level', 'info') }).problems[0]).to.match(
        /^LATCHKEY_LOG_LEVEL_FILE is not a setting/,
      );
    });
  });
});
