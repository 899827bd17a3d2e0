import { expect } from 'chai';
import type { GuestySandbox } from '../../sandbox/guesty/server.js';
import type { Listing } from '../../sandbox/guesty/world.js';
import type { ConnectedSource } from '../support/connected-source.js';
import { forEachEngine } from '../support/engines.js';
import { requestsDuring, type SimulatedSource } from '../support/simulated-source.js';
import { type SourceWorld, sourceWorlds } from '../support/source-world.js';
import { guestySource } from '../support/sources/guesty.js';

const STAY = { checkInDateLocalized: '2026-11-24', checkOutDateLocalized: '2026-11-30' };

describe('Guesty, from reservations to doors', () => {
  forEachEngine((engine) => {
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    let guesty: ConnectedSource<SimulatedSource & { readonly sandbox: GuestySandbox }>;
    let sandbox: GuestySandbox;
    let loft: Listing;

    before(async () => {
      world = await open();
      const source = world.join(await guestySource());
      sandbox = source.sandbox;
      loft = sandbox.world.addListing({ nickname: 'Loft' });
      guesty = await world.connect(source);
      await guesty.sync();
      await guesty.map('Loft', 'Loft door');
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('a confirmed reservation opens the door of its listing for the stay, and a second run changes nothing', async () => {
      const { _id } = sandbox.world.create({ listingId: loft._id, ...STAY });
      const run = await guesty.sync();
      expect(run).to.include({ state: 'succeeded', created: 1, changed: 0, removed: 0 });
      const access = await guesty.access(_id);
      expect(access).to.deep.include({
        ...{ name: 'Ada Park', emails: ['ada@example.test'], status: 'active' },
        window: '2026-11-24 15:00 – 2026-11-30 11:00',
        groups: { 'Loft door': ['… – …'] },
      });
      expect(sandbox.world.reservations.get(_id)?.keyCode).to.equal(access?.pin);
      const requests = await requestsDuring(guesty.source, async () => {
        expect(await guesty.sync()).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0, unchanged: 1 });
      });
      expect(Object.keys(requests)).to.deep.equal(['GET']);
      expect(await guesty.access(_id)).to.deep.equal(access);
    });
  });
});
