import { expect } from 'chai';
import { UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import { codeChallenge } from '../../../src/credentials/random-text.js';
import { sha256Hex } from '../../../src/credentials/hash.js';
import { shift } from '../../../src/domain/time.js';
import { type AdminWorld, adminWorldOf, PUBLIC_URL, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

const OAUTH = { kind: 'guesty', name: 'Hotel', config: { clientId: 'ours' }, secrets: { clientSecret: 'right' } };

describe('OAuth: the answer of a source', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let id: string;
    beforeEach(async () => {
      world = current();
      id = (await world.post('/integrations', OAUTH)).body.id;
    });

    const begin = async () => new URL((await world.post(`/integrations/${id}/connect`)).body.url).searchParams;
    const state = async () => String((await begin()).get('state'));
    const answer = (query: string) => world.agent.get(`/oauth/callback?${query}`);
    const view = async () => (await world.get(`/integrations/${id}`)).body;
    const refused = async (query: string, why: string) => {
      const { status, text } = await answer(query);
      expect(status, why).to.equal(400);
      expect(text, why).to.contain('This did not work, and nothing was changed. Please start again.');
    };
    const untouched = async () => {
      expect(await view()).to.deep.include({ state: 'needs_attention', account: null });
      expect(await world.count("adapter_memory where key = 'token'")).to.equal(0);
    };

    it('connects: exchanges the code with the verifier of the challenge, tests, clears the attention, pulls and subscribes', async () => {
      const query = await begin();
      expect(query.get('redirect_uri')).to.equal(`${PUBLIC_URL}/oauth/callback`);
      let verifier = '';
      const { oauth } = world.parts.kinds.adapter('guesty');
      const exchange = oauth?.exchange;
      if (oauth === undefined || exchange === undefined) throw new Error('the fake has no OAuth');
      Object.assign(oauth, {
        exchange: (context: Parameters<typeof exchange>[0], flow: Parameters<typeof exchange>[1]) => {
          verifier = flow.codeVerifier;
          return exchange(context, flow);
        },
      });
      world.advance(60_000);
      const { status, text, headers } = await answer(`code=good&state=${query.get('state')}`);
      expect([status, headers['content-type'], headers['cache-control']]).to.deep.equal([200, 'text/html; charset=utf-8', 'no-store']);
      expect(text).to.contain('Connected, you can close this window');
      expect(headers['content-security-policy']).to.contain("default-src 'none'").and.to.contain("frame-ancestors 'none'");
      expect(verifier).to.match(/^[A-Za-z0-9_-]{43}$/);
      expect(codeChallenge(verifier)).to.equal(query.get('code_challenge'));
      expect(await view()).to.deep.include({ state: 'ok', stateReason: null, account: world.source.account });
      expect(world.source.calls.slice(0, 3)).to.deep.equal(['exchange', 'account', 'subscribe']);
      const [row] = await world.db.read.query<{ due_at: string }>('select due_at from sync_state where integration_id = ?', [id]);
      expect(row?.due_at).to.equal(shift(START, 60_000));
      const { context, integration } = await world.sources.open(id);
      expect([await context.vault.get('token'), integration.epoch]).to.deep.equal(['fake-token-1', 1]);
      const { data } = (await world.get('/events?limit=2')).body;
      expect(data.map((event: { subject: { name: string } }) => event.subject.name)).to.deep.equal(['a admin', 'a admin']);
    });

    it('G1 is refused without a state, with a wrong one, with one that was used, and after ten minutes', async () => {
      await refused('code=good', 'none');
      await refused('code=good&state=', 'empty');
      await refused(`code=good&state=${'A'.repeat(43)}`, 'wrong');
      await refused(`code=good&state=${'%27%3B--'.repeat(9)}`, 'no state at all');
      const late = await state();
      world.advance(600_000);
      await refused(`code=good&state=${late}`, 'expired');
      await untouched();
      const used = await state();
      expect((await answer(`code=good&state=${used}`)).status).to.equal(200);
      const before = [await view(), world.source.calls.length];
      await refused(`code=good&state=${used}`, 'reused');
      expect([await view(), world.source.calls.length]).to.deep.equal(before);
    });

    it('G2 is refused with a code that the source does not know, and uses the state up', async () => {
      const used = await state();
      await refused(`code=stolen&state=${used}`, 'wrong code');
      await refused(`code=good&state=${used}`, 'the state is gone');
      await untouched();
    });

    it('G3 is refused with two codes, two states, none, or an error instead', async () => {
      const once = await state();
      await refused(`code=good&code=good&state=${once}`, 'two codes');
      await refused(`code=good&state=${once}&state=${once}`, 'two states');
      await refused(`state=${once}`, 'no code');
      await refused(`error=access_denied&state=${once}`, 'error');
      await refused(`code=${'x'.repeat(5_000)}&state=${once}`, 'long');
      await refused(`code[]=good&state=${once}`, 'list');
      await untouched();
      expect((await answer(`code=good&state=${once}`)).status, 'none of these used it up').to.equal(200);
    });

    it('is refused for an integration that was disabled, deleted, or changed meanwhile', async () => {
      const disabled = await state();
      await world.patch(`/integrations/${id}`, { settings: { enabled: false } });
      await refused(`code=good&state=${disabled}`, 'disabled');
      expect((await world.post(`/integrations/${id}/connect`)).status).to.equal(409);
      await world.patch(`/integrations/${id}`, { settings: { enabled: true } });
      await untouched();
      const changed = await state();
      world.source.fail = () => null;
      const { account } = world.source;
      Object.defineProperty(world.source, 'account', {
        configurable: true,
        get: () => world.patch(`/integrations/${id}`, { settings: { intervalMinutes: 3 } }).then(() => account),
      });
      await refused(`code=good&state=${changed}`, 'changed');
      await untouched();
      const deleted = await state();
      await world.delete(`/integrations/${id}`);
      await refused(`code=good&state=${deleted}`, 'deleted');
    });

    it('keeps nothing when the source does not answer after all', async () => {
      const once = await state();
      world.source.fail = (call) => (call === 'account' ? new UpstreamUnavailable('Away.') : null);
      const { status, text } = await answer(`code=good&state=${once}`);
      expect([status, text.includes('does not answer')]).to.deep.equal([502, true]);
      world.source.fail = () => null;
      await untouched();
    });

    it('is not used up by a look with HEAD', async () => {
      const once = await state();
      expect((await world.agent.head(`/oauth/callback?code=good&state=${once}`)).status).to.equal(400);
      expect((await answer(`code=good&state=${once}`)).status).to.equal(200);
    });

    it('stores of an attempt a hash and what is sealed, and forgets it when its time is over', async () => {
      const first = await state();
      const rows = await world.db.read.query<{ state_hash: string; sealed: string }>('select * from oauth_states', []);
      expect(rows.map((row) => row.state_hash)).to.deep.equal([sha256Hex(first)]);
      expect(JSON.stringify(rows)).not.to.contain(first).and.not.to.contain('a admin');
      world.advance(600_000);
      await state();
      expect(await world.count('oauth_states')).to.equal(1);
    });

    it('connects again after the consent was withdrawn, also when it was disabled meanwhile', async () => {
      expect((await answer(`code=good&state=${await state()}`)).status).to.equal(200);
      await world.patch(`/integrations/${id}`, { settings: { enabled: false } });
      await world.db.transaction((tx) => tx.execute("delete from adapter_memory where key = 'token'", []));
      expect((await world.patch(`/integrations/${id}`, { settings: { enabled: true } })).body).to.deep.include({
        state: 'needs_attention',
      });
      expect((await answer(`code=good&state=${await state()}`)).status).to.equal(200);
      expect((await view()).state).to.equal('ok');
    });
  });
});
