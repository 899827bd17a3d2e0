import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Cli, cliOn, dataDirectories } from '../support/cli.js';
import { FakeSource, fakeKinds } from '../support/fake-adapter.js';

interface Made {
  readonly id: string;
  readonly account: { readonly name: string } | null;
  readonly webhookUrl: string;
}

const CREATE = ['integration', 'create', '--kind', 'guesty', '--name', 'Flats'];

describe('command line: sources that are pulled', () => {
  const dataDir = dataDirectories();
  let folder: string;
  let source: FakeSource;
  let cli: Cli;
  beforeEach(() => {
    folder = dataDir();
    source = new FakeSource();
    cli = cliOn({ LATCHKEY_DATA_DIR: folder, LATCHKEY_LOG_LEVEL: 'silent' }, false, { kinds: fakeKinds(source) });
  });

  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it('are connected with what stands on the command line', async () => {
    const made = await cli.json<Made>(
      ...CREATE,
      '--secret',
      'clientId=me',
      '--secret',
      'clientSecret=right',
      '--config',
      'apiBaseUrl=https://a.example?x=1',
    );
    expect(Object.keys(made)).to.deep.equal(['id', 'kind', 'name', 'account', 'webhookUrl']);
    expect(made).to.deep.include({ kind: 'guesty', name: 'Flats', account: source.account });
    expect(made.webhookUrl).to.match(/^http:\/\/127\.0\.0\.1:8080\/webhooks\/int_/);
    const shown = await cli.json<{ config: { apiBaseUrl: string } }>('integration', 'show', made.id);
    expect(shown.config.apiBaseUrl).to.equal('https://a.example?x=1');
    const text = (await cli.run('integration', 'show', made.id)).out;
    expect(text).to.contain('Sea View').and.to.contain('owner@fake.example').and.not.to.contain('right');
    expect((await cli.run('integration', 'list')).out)
      .to.contain('guesty')
      .and.to.contain('Flats');
  });

  it('are connected with files, over which the command line stands, and secrets from standard input', async () => {
    cli.input = '{"clientId":"me","clientSecret":"right"}';
    const config = file('config.json', '{"apiBaseUrl":"https://a.example","tokenUrl":"https://t.example"}');
    const settings = file('settings.json', '{"intervalMinutes":3,"writeBackPin":false}');
    const made = await cli.json<Made>(
      ...CREATE,
      '--secret-file',
      '-',
      '--config-file',
      config,
      '--config',
      'tokenUrl=https://u.example',
      '--settings-file',
      settings,
    );
    const shown = await cli.json<{ config: object; settings: object }>('integration', 'show', made.id);
    expect(shown.config).to.include({ apiBaseUrl: 'https://a.example', tokenUrl: 'https://u.example' });
    expect(shown.settings).to.include({ intervalMinutes: 3, writeBackPin: false });
  });

  it('are refused in one line with what is wrong, which repeats no secret', async () => {
    const broken = file('broken.json', '{"clientSecret": s3cr3t-text}');
    for (const [args, expected] of [
      [['--secret', 'clientSecret=s3cr3t-text', '--secret', 'clientId=me'], 'does not accept these credentials'],
      [['--secret', 'token=s3cr3t-text'], '/secrets/clientSecret is required'],
      [['--secret-file', broken], 'holds no JSON'],
      [['--secret-file', join(folder, 'none.json')], 'cannot be read'],
      [['--settings-file', file('list.json', '[]')], 'must hold a JSON object'],
      [['--secret', 'clientId=me', '--secret', 'clientSecret=right', '--config', 'apiBaseUrl=http://10.0.0.1'], '/config/apiBaseUrl'],
    ] as const) {
      const { code, out, error } = await cli.run(...CREATE, ...args);
      expect([code, out], args.join(' ')).to.deep.equal([1, '']);
      expect(error)
        .to.contain(expected)
        .and.to.match(/^latchkey: [^\n]+\n$/);
      expect(error).not.to.contain('s3cr3t');
    }
    expect((await cli.json<{ data: object[] }>('integration', 'list')).data).to.deep.equal([]);
  });

  it('can be tested, disabled, enabled and deleted', async () => {
    const { id } = await cli.json<Made>(...CREATE, '--secret', 'clientId=me', '--secret', 'clientSecret=right');
    expect(await cli.json('integration', 'test', id)).to.deep.equal({ id, account: source.account });
    expect((await cli.run('integration', 'test', id)).out).to.contain('Sea View');
    expect(await cli.json('integration', 'disable', id)).to.include({ state: 'disabled' });
    expect(source.subscriptions.size).to.equal(0);
    expect(await cli.json('integration', 'enable', id)).to.include({ state: 'ok' });
    expect(source.subscriptions.size).to.equal(1);
    await cli.json('integration', 'delete', id);
    expect(source.subscriptions.size).to.equal(0);
    expect((await cli.run('integration', 'test', id)).code).to.equal(1);
  });

  it('that somebody has to agree to show the address for it', async () => {
    const { id, account } = await cli.json<Made>(...CREATE, '--secret', 'clientSecret=right', '--config', 'clientId=ours');
    expect(account).to.equal(null);
    expect((await cli.run('integration', 'show', id)).out).to.contain('Not connected yet');
    const { url } = await cli.json<{ url: string }>('integration', 'connect', id);
    expect(url).to.match(/^https:\/\/fake\.example\/authorize\?state=[A-Za-z0-9_-]{43}&/);
    expect((await cli.run('integration', 'connect', id)).out).to.match(/^https:\/\/fake\.example\/authorize\?\S+\n$/);
    expect((await cli.run('integration', 'test', id)).code).to.equal(1);
  });
});
