import { expect } from 'chai';
import { UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import { shift } from '../../src/domain/time.js';
import { NotFound } from '../../src/errors.js';
import { renewSubscription } from '../../src/webhooks/subscribe.js';
import { type AdminWorld, adminWorldOf, PUBLIC_URL, START } from '../support/admin-world.js';
import { forEachEngine } from '../support/engines.js';

describe('subscriptions to webhooks', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let id: string;
    let url: string;
    beforeEach(async () => {
      world = current();
      const secrets = { clientId: 'me', clientSecret: 'right' };
      const { body } = await world.post('/integrations', { kind: 'guesty', name: 'Flats', secrets });
      [id, url] = [body.id, body.webhookUrl];
    });
    const renew = (integrationId = id) => renewSubscription({ ...world.parts, ...world.connecting, publicUrl: PUBLIC_URL }, integrationId);
    const renewAt = async () => (await world.db.read.query<{ renew_at: string }>('select renew_at from sync_state', []))[0]?.renew_at;

    it('are repaired at the address that they had, and looked at again a day later', async () => {
      world.source.subscriptions.clear();
      world.advance(3_600_000);
      await renew();
      expect([...world.source.subscriptions]).to.deep.equal([url]);
      expect(await renewAt()).to.equal(shift(START, 25 * 3_600_000));
    });

    it('that cannot be repaired leave the time as it was', async () => {
      const before = await renewAt();
      world.advance(1_000);
      world.source.fail = () => new UpstreamUnavailable('Away.');
      expect(
        await renew().then(
          () => null,
          (error: unknown) => error,
        ),
      ).to.be.instanceOf(UpstreamUnavailable);
      expect(await renewAt()).to.equal(before);
    });

    it('are not made for a disabled integration, nor for one that is not there', async () => {
      await world.patch(`/integrations/${id}`, { settings: { enabled: false } });
      await renew();
      expect(world.source.subscriptions.size).to.equal(0);
      expect(
        await renew('int_nobody').then(
          () => null,
          (error: unknown) => error,
        ),
      ).to.be.instanceOf(NotFound);
    });
  });
});
