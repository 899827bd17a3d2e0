import { join } from 'node:path';
import { expect } from 'chai';
import { migrate } from '../../src/db/migrate.js';
import { openDatabase } from '../../src/db/open.js';
import { instant } from '../../src/domain/time.js';
import { AdminWorld } from '../support/admin-world.js';
import { type Cli, cliOn, dataDirectories } from '../support/cli.js';
import { forEachEngine } from '../support/engines.js';
import { Post, TestTime } from '../support/outbox.js';

interface Created {
  readonly id: string;
  readonly token: string;
}
interface List {
  readonly data: readonly { readonly id: string; readonly name: string; readonly expiresAt: string | null }[];
}

describe('command line', () => {
  forEachEngine((engine) => {
    const dataDir = dataDirectories();
    let cli: Cli;
    beforeEach(async () => {
      cli = cliOn({ LATCHKEY_DATA_DIR: dataDir(), DATABASE_URL: await engine.url(), LATCHKEY_LOG_LEVEL: 'silent' });
    });

    /** The admin API on the same database, as a server beside the command line. */
    const withWorld = async (work: (world: AdminWorld) => Promise<void>) => {
      const location = { engine: engine.name, at: cli.env['DATABASE_URL'] ?? '' };
      await migrate(location);
      const db = openDatabase(location, () => undefined);
      try {
        await work(new AdminWorld(db));
      } finally {
        await db.close();
      }
    };

    it('makes API tokens that the API takes, lists them without their text, and revokes them', async () => {
      const made = await cli.json<Created>('api-token', 'create', '--role', 'admin', '--name', 'x', '--expires-in-days', '30');
      expect(Object.keys(made)).to.deep.equal(['id', 'token']);
      expect(made.token).to.match(/^lka_/);
      await withWorld(async (world) => {
        const status = async () => (await world.bare('get', '/members').set('Authorization', `Bearer ${made.token}`)).status;
        expect(await status()).to.equal(200);
        const listed = await cli.run('api-token', 'list', '--json');
        expect(listed.code, listed.error).to.equal(0);
        expect(listed.out).not.to.contain(made.token);
        expect((JSON.parse(listed.out) as List).data[0]).to.deep.include({ id: made.id, name: 'x' });
        expect(await cli.json('api-token', 'revoke', made.id)).to.deep.equal({ id: made.id, revoked: true });
        expect(await status()).to.equal(401);
      });
    });

    it('makes an integration with its token, and shows, disables, enables and deletes it', async () => {
      const made = await cli.json<Created>('integration', 'create', '--kind', 'scim', '--name', 'Okta');
      expect(made).to.deep.include({ kind: 'scim', name: 'Okta', scimBaseUrl: 'http://127.0.0.1:8080/scim/v2' });
      expect(Object.keys(made)).to.deep.equal(['id', 'kind', 'name', 'scimBaseUrl', 'token']);
      expect(made.token).to.match(/^lks_/);
      expect((await cli.run('integration', 'show', made.id)).out)
        .to.contain('Okta')
        .and.not.to.contain('lks_');
      expect(await cli.json('integration', 'disable', made.id)).to.include({ id: made.id, state: 'disabled' });
      expect(await cli.json('integration', 'enable', made.id)).to.include({ id: made.id, state: 'ok' });
      expect((await cli.json<List>('integration', 'list')).data.map(({ id }) => id)).to.deep.equal([made.id]);
      expect(await cli.json('integration', 'delete', made.id)).to.deep.equal({ id: made.id, deleted: true });
      expect((await cli.json<List>('integration', 'list')).data).to.deep.equal([]);
    });

    it('deletes an integration with members only when told what becomes of them', async () => {
      await withWorld(async (world) => {
        const integration = await world.integration();
        await world.user(integration, 'ana');
        await world.map(integration, 'all_users', await world.memberGroup('Staff'));
        const refused = await cli.run('integration', 'delete', integration);
        expect([refused.code, refused.out]).to.deep.equal([1, '']);
        expect(refused.error)
          .to.contain('1 member.')
          .and.to.match(/^latchkey: [^\n]+\n$/);
        expect((await cli.run('integration', 'delete', integration, '--members', 'maybe')).code).to.equal(2);
        await cli.json('integration', 'delete', integration, '--members', 'keep');
        expect((await world.get('/members?status=active')).body.data).to.have.length(1);
      });
    });

    it('rotates the tokens of an integration: two, never three', async () => {
      const { id } = await cli.json<Created>('integration', 'create', '--kind', 'scim', '--name', 'Okta');
      const second = await cli.json<Created>('scim-token', 'create', id, '--read-only', '--expires-in-days', '1');
      expect(second).to.deep.include({ readOnly: true });
      const third = await cli.run('scim-token', 'create', id);
      expect([third.code, third.out]).to.deep.equal([1, '']);
      expect(third.error).to.contain('two tokens');
      const listed = await cli.run('scim-token', 'list', id);
      expect(listed.out.trim().split('\n')).to.have.length(3);
      expect(listed.out).not.to.contain(second.token);
      expect((await cli.json<List>('scim-token', 'list', id)).data).to.have.length(2);
      await cli.json('scim-token', 'revoke', id, second.id);
      expect((await cli.json<List>('scim-token', 'list', id)).data).to.have.length(1);
    });

    it('says with --dry-run what reconciling would do and writes nothing, then does just that', async () => {
      await withWorld(async (world) => {
        const integration = await world.integration();
        await world.user(integration, 'ana');
        await world.user(integration, 'bo', { active: false });
        const group = await world.memberGroup('Staff');
        const row = [integration, 'all_users', group, 'All users'];
        await world.db.transaction((tx) =>
          tx.execute('insert into mappings (integration_id, resource_id, member_group_id, resource_name) values (?, ?, ?, ?)', row),
        );
        const counts = { created: 1, changed: 0, removed: 0, unchanged: 1, failed: 0 };

        const events = await world.count('events');
        const dry = await cli.run('reconcile', '--dry-run');
        expect(dry.out).to.contain('Name of ana').and.to.contain('member.create: the User is active and in a mapped Group');
        expect(dry.out).to.contain('1 would be created, 0 would be changed, 0 would be removed, 1 unchanged, 0 failed');
        expect([await world.count('events'), await world.count('members')]).to.deep.equal([events, 0]);

        const plan = await cli.json<{ plans: object[] }>('reconcile', '--integration', integration, '--dry-run');
        const done = await cli.json<{ plans: object[] }>('reconcile', '--integration', integration);
        expect(plan).to.deep.include({ dryRun: true, ...counts });
        expect(done).to.deep.include({ dryRun: false, ...counts });
        expect(done.plans).to.deep.equal(plan.plans);
        expect(await world.count('members')).to.equal(1);
        expect(await cli.json('reconcile')).to.deep.equal({ dryRun: false, ...counts, created: 0, unchanged: 2, plans: [] });
        expect((await world.get('/events?subjectId=cli&objectType=member')).body.data).to.have.length(1);
        expect((await cli.run('reconcile', '--integration', 'int_nobody')).code).to.equal(1);
      });
    });

    it('lists what waits to be sent and what was tried, and has it sent again', async () => {
      await withWorld(async (world) => {
        const time = new TestTime();
        const post = new Post(world.db, time);
        const [first, second] = await post.leave({ destination: 'a' }, { destination: 'b' });
        post.answer = () => ({ kind: 'dead', reason: '410 Gone' });
        await post.worker.drain();
        const states = async (...args: string[]) =>
          (await cli.json<{ data: { id: string; state: string }[] }>('outbox', 'list', ...args)).data.map(
            ({ id, state }) => `${state} ${id}`,
          );
        expect((await states()).slice(0, 2)).to.deep.equal([`dead ${second}`, `dead ${first}`]);
        expect(await states('--limit', '1')).to.deep.equal([`dead ${second}`]);
        expect(await states('--state', 'failed')).to.have.length(2);
        expect((await cli.run('outbox', 'list')).out).to.contain('410 Gone');

        expect(await cli.json('outbox', 'retry', first ?? '')).to.deep.equal({ id: first, retried: 1 });
        expect(await states('--state', 'waiting')).to.deep.equal([`waiting ${first}`]);
        expect(await cli.json('outbox', 'retry', '--dead')).to.deep.equal({ retried: 1 });
        time.now = instant(Date.now());
        post.answer = () => ({ kind: 'delivered' });
        expect(await post.worker.drain()).to.equal(2);
        expect(await cli.json('outbox', 'retry', '--dead')).to.deep.equal({ retried: 0 });
        expect((await cli.run('outbox', 'retry', first ?? '')).error).to.match(/^latchkey: There is no such message[^\n]*\n$/);
      });
    });

    it('migrates a new database, and has nothing to do the second time', async () => {
      expect((await cli.json<{ migrations: string[] }>('migrate')).migrations).not.to.have.length(0);
      expect((await cli.run('migrate')).out).to.equal('The database is up to date.\n');
    });
  });

  describe('without a database', () => {
    const dataDir = dataDirectories();
    let cli: Cli;
    beforeEach(() => {
      cli = cliOn({ LATCHKEY_DATA_DIR: dataDir(), LATCHKEY_LOG_LEVEL: 'silent' });
    });

    it('ends with 2 for a command, an option or a value that it does not know, in one place and nothing on stdout', async () => {
      for (const args of [
        ['nothing'],
        ['api-token', 'create', '--role', 'king', '--name', 'x'],
        ['api-token', 'create', '--role', 'admin'],
        ['api-token', 'create', '--role', 'admin', '--name', ' '],
        ['api-token', 'create', '--role', 'admin', '--name', 'x', '--expires-in-days', '0'],
        ['api-token', 'create', '--role', 'admin', '--name', 'x', '--expires-in-days', '1.5'],
        ['integration', 'create', '--kind', 'ldap', '--name', 'x'],
        ['integration', 'create', '--kind', 'guesty', '--name', 'x', '--config', 'nothing'],
        ['integration', 'show'],
        ['integration', 'list', '--what'],
        ['outbox', 'list', '--state', 'lost'],
        ['outbox', 'list', '--limit', '0'],
        ['outbox', 'retry'],
        ['outbox', 'retry', 'obx_1', '--dead'],
      ]) {
        const { code, out, error } = await cli.run(...args);
        expect([code, out], args.join(' ')).to.deep.equal([2, '']);
        expect(error, args.join(' ')).to.match(/^latchkey: /);
      }
    });

    it('ends with 1 and one line for what does not exist', async () => {
      for (const args of [
        ['integration', 'show', 'int_nobody'],
        ['integration', 'disable', 'int_nobody'],
        ['api-token', 'revoke', 'at_nobody'],
        ['scim-token', 'list', 'int_nobody'],
      ]) {
        const { code, out, error } = await cli.run(...args, '--json');
        expect([code, out], args.join(' ')).to.deep.equal([1, '']);
        expect(error).to.match(/^latchkey: There is no such [^\n]+\n$/);
      }
    });

    it('says why the database cannot be reached, and that a data directory is none, in one line', async () => {
      const away = await cliOn({ ...cli.env, DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x' }).run('integration', 'list');
      expect([away.code, away.out]).to.deep.equal([1, '']);
      expect(away.error)
        .to.match(/^latchkey: [^\n]*127\.0\.0\.1:1\n$/)
        .and.not.to.contain('hunter2');
      const none = await cliOn({ LATCHKEY_DATA_DIR: import.meta.filename }).run('integration', 'list');
      expect(none.error).to.match(/^latchkey: [^\n]*LATCHKEY_DATA_DIR[^\n]*\n$/);
    });

    it('says its version', async () => {
      expect((await cli.run('--version')).out).to.match(/^\d+\.\d+\.\d+\n$/);
    });

    it('prints help on stdout and ends with 0', async () => {
      const { code, out, error } = await cli.run('integration', '--help');
      expect([code, error]).to.deep.equal([0, '']);
      expect(out).to.contain('create').and.to.contain('--json');
    });

    it('says everything that is wrong with the configuration, each mistake on a line', async () => {
      const wrong = cliOn({ PORT: 'eighty', LATCHKEY_LOG_LEVEL: 'loud' });
      const { code, out } = await wrong.run('config', 'check');
      expect(code).to.equal(1);
      expect(out.trim().split('\n')).to.have.length(2);
      const other = await wrong.run('integration', 'list');
      expect([other.code, other.out]).to.deep.equal([1, '']);
      expect(other.error).to.match(/^latchkey: the configuration is not valid: [^\n]+\n$/);
      expect(await cli.json('config', 'check')).to.deep.equal({ valid: true, problems: [] });
      const weak = cliOn({ LATCHKEY_SECRET_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}` });
      expect((await weak.run('config', 'check')).code).to.equal(1);
    });

    it('prints the configuration without its secrets', async () => {
      const secret = Buffer.from(Array.from({ length: 32 }, (_, n) => (n * 37 + 128) % 256)).toString('base64');
      const full = cliOn({
        ...{ LATCHKEY_SECRET_KEYS: `k1:${secret}`, DATABASE_URL: 'postgres://me:hunter2@db/x?password=hunter3' },
        ...{ LATCHKEY_GOOGLE_CLIENT_ID: 'id', LATCHKEY_GOOGLE_CLIENT_SECRET: 'hunter4', LATCHKEY_GOOGLE_ALLOWED: 'x.org' },
      });
      for (const form of [[], ['--json']]) {
        const { code, out } = await full.run('config', 'print', ...form);
        expect(code).to.equal(0);
        expect(out).to.contain('db/x').and.to.contain('x.org');
        for (const text of ['hunter2', 'hunter3', 'hunter4', secret]) expect(out).not.to.contain(text);
      }
    });

    it('shows no control characters of names, which could write over a terminal', async () => {
      await cli.run('api-token', 'create', '--role', 'viewer', '--name', 'a\u001b[2Jb');
      const { out } = await cli.run('api-token', 'list');
      expect(out).to.contain('a?[2Jb').and.not.to.contain('\u001b');
    });

    it('keeps the database in the data directory', async () => {
      await cli.run('migrate');
      const location = { engine: 'sqlite', at: join(cli.env['LATCHKEY_DATA_DIR'] ?? '', 'latchkey.db') } as const;
      expect(await migrate(location)).to.deep.equal([]);
    });
  });
});
