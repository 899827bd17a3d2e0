import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect } from 'chai';
import { readConfig } from '../src/config.js';

describe('.env.example', () => {
  const text = readFileSync('.env.example', 'utf8');
  const uncommented = text.replaceAll(/^#(?=[A-Z_]+=)/gm, '');

  it('sets nothing as it is', () => {
    expect(parseEnv(text)).to.deep.equal({});
  });

  it('names every setting, and no other', () => {
    const schema = JSON.parse(readFileSync('schemas/config.json', 'utf8')) as { readonly properties: Readonly<Record<string, unknown>> };

    expect(Object.keys(parseEnv(uncommented)).sort()).to.deep.equal(Object.keys(schema.properties).sort());
  });

  it('is accepted with every line in force, and shows the defaults', () => {
    const given: NodeJS.ProcessEnv = { ...parseEnv(uncommented), LATCHKEY_GOOGLE_CLIENT_ID: 'a', LATCHKEY_GOOGLE_CLIENT_SECRET: 'b' };
    const { port, host, dataDir, logLevel, allowPrivateUrls, shutdownSeconds, eventRetentionDays } = readConfig({}, null);

    expect(readConfig(given, null)).to.deep.include({
      port,
      host,
      dataDir,
      logLevel,
      allowPrivateUrls,
      shutdownSeconds,
      eventRetentionDays,
    });
  });
});
