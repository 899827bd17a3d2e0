import { expect } from 'chai';
import { createMember } from '../../src/access/member-store.js';
import { keysFit } from '../../src/credentials/key-check.js';
import { generateKeyRing } from '../../src/credentials/key-ring.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import { KeyRing } from '../../src/credentials/sealed.js';
import { OPEN_WINDOW } from '../../src/domain/time.js';
import { forEachEngine } from '../support/engines.js';
import { NOW, type World, worldOf } from '../support/world.js';

describe('keys fit a database', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    const [oldest, newer, foreign] = [generateKeyRing(), generateKeyRing(), generateKeyRing()];
    let world: World;

    const givePin = (keys: string) =>
      world.db.transaction(async (tx) => {
        const fields = { integrationId: null, userId: null, externalId: null, name: 'Ana', emails: [], window: OPEN_WINDOW };
        const member = { id: await createMember(tx, NOW, fields), name: 'Ana', integrationId: null };
        await new PinStore(KeyRing.parse(keys)).generatePin(tx, NOW, { member, managedBy: 'manual', because: 'a test' });
      });
    const fits = (keys: string) => keysFit(world.db.read, KeyRing.parse(keys));

    beforeEach(() => {
      world = current();
    });

    it('when there is nothing sealed yet, whatever they are', async () => {
      expect(await fits(foreign)).to.equal(true);
    });

    it('when they sealed its PINs, and when a newer one stands in front', async () => {
      await givePin(oldest);
      await givePin(`${newer},${oldest}`);
      expect(await fits(`${newer},${oldest}`)).to.equal(true);
    });

    it('not when they are others, nor when one that sealed is missing', async () => {
      await givePin(oldest);
      await givePin(`${newer},${oldest}`);
      expect(await fits(foreign)).to.equal(false);
      expect(await fits(oldest)).to.equal(false);
    });

    it('not when the oldest is not the last, since hashes come from that one', async () => {
      await givePin(oldest);
      expect(await fits(`${oldest},${newer}`)).to.equal(false);
    });

    it('not when a PIN was given by a process with other keys beside the right ones', async () => {
      await givePin(oldest);
      await givePin(foreign);
      expect([await fits(oldest), await fits(foreign)]).to.deep.equal([false, false]);
    });
  });
});
