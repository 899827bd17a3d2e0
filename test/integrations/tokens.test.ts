import { expect } from 'chai';
import { createApiToken, findApiToken, listApiTokens, revokeApiToken, touchApiToken } from '../../src/integrations/api-token-store.js';
import {
  createScimToken,
  findByHash,
  findScimToken,
  listScimTokens,
  revokeScimToken,
  touchScimToken,
} from '../../src/integrations/scim-token-store.js';
import { hashToken } from '../../src/credentials/tokens.js';
import type { Tx } from '../../src/db/database.js';
import type { ChangeContext } from '../../src/domain/events.js';
import type { Instant } from '../../src/domain/time.js';
import { Conflict, NotFound } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, NOW, T0, type World, worldOf } from '../support/world.js';

describe('tokens', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const failure = (work: (tx: Tx) => Promise<unknown>) => inTx(work).catch((error: unknown) => error);

    beforeEach(() => {
      world = current();
    });

    describe('of a SCIM integration', () => {
      let integrationId: string;
      const create = (expiresAt: Instant | null = null, readOnly = false, context: ChangeContext = NOW) =>
        inTx((tx) => createScimToken(tx, context, integrationId, { readOnly, expiresAt }));
      const find = (text: string, now = T0) => findScimToken(world.db.read, text, now);

      beforeEach(async () => {
        integrationId = await world.integration();
      });

      it('lead to their integration, and are stored as a hash alone', async () => {
        const { id, token } = await create(null, true);
        const text = token.expose();

        const found = await find(text);
        expect(found?.token).to.deep.equal({ id, readOnly: true, createdAt: T0, expiresAt: null, lastUsedAt: null });
        expect(found?.integration).to.include({ id: integrationId, kind: 'scim', state: 'ok' });
        expect(await findByHash(world.db.read, hashToken(text), T0)).to.deep.equal(found);
        const stored = JSON.stringify([await world.query('select * from scim_tokens'), await world.log()]);
        expect(stored).not.to.include(text);
        expect(await world.log()).not.to.include(hashToken(text));
        expect(await world.newEvents()).to.deep.equal(['create scim_token']);
      });

      it('are nobody’s when they are wrong', async () => {
        const text = (await create()).token.expose();

        for (const wrong of ['', 'undefined', `${text}x`, text.slice(0, -1), `lks_${'0'.repeat(43)}`, text.replace('lks_', 'lka_')]) {
          expect(await find(wrong), wrong).to.equal(null);
        }
      });

      it('expire at their very instant', async () => {
        const text = (await create(at(DAY_MS).now)).token.expose();

        expect(await find(text, at(DAY_MS - 1).now)).not.to.equal(null);
        expect(await find(text, at(DAY_MS).now)).to.equal(null);
      });

      it('are two at most, whoever asks at the same time', async () => {
        const results = await Promise.allSettled(Array.from({ length: 6 }, () => create()));

        expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(2);
        for (const result of results) if (result.status === 'rejected') expect(result.reason).to.be.instanceOf(Conflict);
        expect(await listScimTokens(world.db.read, integrationId)).to.have.length(2);
        expect(await world.newEvents()).to.deep.equal(['create scim_token', 'create scim_token']);
      });

      it('make room when they are revoked or have expired', async () => {
        const first = await create();
        await create(at(DAY_MS).now);
        expect(await create().catch((error: unknown) => error)).to.be.instanceOf(Conflict);

        await inTx((tx) => revokeScimToken(tx, NOW, integrationId, first.id));
        expect(await find(first.token.expose())).to.equal(null);
        await create();
        await world.newEvents();
        await create(null, false, at(DAY_MS));

        expect(await world.newEvents()).to.deep.equal(['delete scim_token', 'create scim_token']);
      });

      it('are revoked only through their own integration', async () => {
        const { id } = await create();
        const other = await world.integration();

        expect(await failure((tx) => revokeScimToken(tx, NOW, other, id))).to.be.instanceOf(NotFound);
        expect(await listScimTokens(world.db.read, integrationId)).to.have.length(1);
      });

      it('need an integration', async () => {
        integrationId = 'int_none';

        expect(await create().catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      });

      it('remember their last use once a minute', async () => {
        const { id } = await create();
        for (const ms of [0, 59_999]) await inTx((tx) => touchScimToken(tx, id, at(ms).now));
        expect((await listScimTokens(world.db.read, integrationId))[0]?.lastUsedAt).to.equal(T0);

        await inTx((tx) => touchScimToken(tx, id, at(60_000).now));
        expect((await listScimTokens(world.db.read, integrationId))[0]?.lastUsedAt).to.equal(at(60_000).now);
      });
    });

    describe('of the REST API', () => {
      const create = (expiresAt: Instant | null = null) =>
        inTx((tx) => createApiToken(tx, NOW, { name: 'terraform', role: 'operator', expiresAt }));

      it('carry a name and a role, and are stored as a hash alone', async () => {
        const { id, token } = await create();
        const text = token.expose();

        const shown = { id, name: 'terraform', role: 'operator', createdAt: T0, expiresAt: null, lastUsedAt: null };
        expect(await findApiToken(world.db.read, text, T0)).to.deep.equal(shown);
        expect(await listApiTokens(world.db.read)).to.deep.equal([shown]);
        expect(JSON.stringify([await world.query('select * from api_tokens'), await world.log()])).not.to.include(text);
        expect(await world.log()).not.to.include(hashToken(text));
      });

      it('expire at their very instant', async () => {
        const text = (await create(at(DAY_MS).now)).token.expose();

        expect(await findApiToken(world.db.read, text, at(DAY_MS - 1).now)).not.to.equal(null);
        expect(await findApiToken(world.db.read, text, at(DAY_MS).now)).to.equal(null);
      });

      it('are nobody’s when they are wrong or revoked', async () => {
        const { id, token } = await create();
        expect(await findApiToken(world.db.read, `${token.expose()}x`, T0)).to.equal(null);
        expect(await findApiToken(world.db.read, `lka_${'0'.repeat(43)}`, T0)).to.equal(null);

        await inTx((tx) => revokeApiToken(tx, NOW, id));

        expect(await findApiToken(world.db.read, token.expose(), T0)).to.equal(null);
        expect(await failure((tx) => revokeApiToken(tx, NOW, id))).to.be.instanceOf(NotFound);
        expect(await world.newEvents()).to.deep.equal(['create api_token', 'delete api_token']);
      });

      it('remember their last use once a minute', async () => {
        const { id } = await create();
        for (const ms of [0, 59_999]) await inTx((tx) => touchApiToken(tx, id, at(ms).now));
        expect((await listApiTokens(world.db.read))[0]?.lastUsedAt).to.equal(T0);
      });
    });
  });
});
