import { expect } from 'chai';
import { guestyAdapter } from '../../../src/adapters/guesty/adapter.js';
import type { GuestySettings } from '../../../src/adapters/guesty/context.js';
import { UpstreamContract, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import { OPEN_WINDOW } from '../../../src/domain/time.js';
import { LINK_FIELD } from '../../../sandbox/guesty/custom-fields.js';
import type { GuestySandbox } from '../../../sandbox/guesty/server.js';
import { MemoryVault } from '../../support/adapter-context.js';
import { contextFor, failureOf, startSandbox } from './fixture.js';

const LINK = 'https://door.example.test/m/ml_1#secret';

describe('guesty: writing back', () => {
  let sandbox: GuestySandbox;
  let vault: MemoryVault;
  let listingId: string;
  beforeEach(async () => {
    sandbox = await startSandbox();
    vault = new MemoryVault();
    listingId = sandbox.world.addListing({ nickname: 'Loft' })._id;
  });
  afterEach(() => sandbox.stop());

  const book = (madeBy: 'channel' | 'v3') =>
    sandbox.world.create({ listingId, madeBy, checkInDateLocalized: '2026-12-01', checkOutDateLocalized: '2026-12-04' })._id;
  const write = async (
    id: string,
    { pin = null, magicLink = null }: { readonly pin?: string | null; readonly magicLink?: string | null },
    settings: GuestySettings = {},
  ) => {
    const context = contextFor(sandbox, { vault, settings });
    const message = { externalId: id, sourceKey: id, pin, magicLink, window: OPEN_WINDOW };
    await guestyAdapter.writeBack?.(context, message, 'key-1');
  };
  const keyCode = (id: string) => sandbox.world.reservations.get(id)?.keyCode;
  const puts = () =>
    sandbox.server.seen.filter(({ method }) => method === 'PUT').map(({ path, status }) => `${path.slice('/v1'.length)} ${status}`);
  const link = (id: string) => {
    sandbox.switches.customFieldLag = 0;
    return sandbox.fields.read(id, LINK_FIELD) ?? sandbox.fields.read(id, LINK_FIELD);
  };
  const LINKING: GuestySettings = { writeBackPin: false, linkCustomField: LINK_FIELD };

  for (const [settings, wanted] of [
    [{}, true],
    [{ writeBackPin: false }, false],
    [{ writeBackPin: false, linkCustomField: null }, false],
    [{ writeBackPin: false, linkCustomField: LINK_FIELD }, true],
  ] as const) {
    it(`is ${wanted ? '' : 'not '}wanted under ${JSON.stringify(settings)}`, () => {
      const message = { externalId: 'r', sourceKey: 'r', pin: '482913', magicLink: LINK, window: OPEN_WINDOW };
      expect(guestyAdapter.wantsWriteBack?.(settings, message)).to.equal(wanted);
    });
  }

  describe('the PIN', () => {
    it('G12: goes into the notes of a reservation made through v3', async () => {
      const id = book('v3');
      await write(id, { pin: '482913' });
      expect(keyCode(id)).to.equal('482913');
      expect(puts()).to.deep.equal([`/reservations-v3/${id}/notes 200`]);
    });

    it('G12: goes to the top of a channel booking, for which v3 answers 404; the next one goes there at once', async () => {
      const id = book('channel');
      await write(id, { pin: '482913' });
      expect(keyCode(id)).to.equal('482913');
      await write(id, { pin: '593024' });
      expect(keyCode(id)).to.equal('593024');
      expect(puts()).to.deep.equal([`/reservations-v3/${id}/notes 404`, `/reservations/${id} 200`, `/reservations/${id} 200`]);
    });

    it('remembers the way of each reservation by itself', async () => {
      const [channel, direct] = [book('channel'), book('v3')];
      await write(channel, { pin: '482913' });
      await write(direct, { pin: '593024' });
      expect([keyCode(channel), keyCode(direct)]).to.deep.equal(['482913', '593024']);
    });

    it('is found by the other way when the one remembered does not work any more', async () => {
      const id = book('v3');
      await write(id, { pin: '482913' });
      sandbox.world.change(id, { madeBy: 'channel' });
      await write(id, { pin: '593024' });
      expect(keyCode(id)).to.equal('593024');
    });

    it('is not written again when it is there', async () => {
      const id = book('channel');
      await write(id, { pin: '482913' });
      const before = puts();
      await write(id, { pin: '482913' });
      expect(puts()).to.deep.equal(before);
    });

    it('G11: that v3 shows in notes, or leaves out, is confirmed either way', async () => {
      sandbox.switches.showNotes = false;
      const id = book('v3');
      await write(id, { pin: '482913' });
      expect(keyCode(id)).to.equal('482913');
    });

    it('is not believed to be written because of a 200', async () => {
      const id = book('channel');
      sandbox.server.faults.add({ kind: 'html', body: '{}', on: `PUT /v1/reservations/${id}` });
      expect(await failureOf(write(id, { pin: '482913' }))).to.be.instanceOf(UpstreamUnavailable);
      sandbox.server.faults.clear();
      await write(id, { pin: '482913' });
      expect(keyCode(id)).to.equal('482913');
    });

    it('is written after all when the connection breaks once', async () => {
      const id = book('channel');
      sandbox.server.faults.add({ kind: 'reset', on: 'PUT', times: 1 });
      await write(id, { pin: '482913' });
      expect(keyCode(id)).to.equal('482913');
    });

    it('of a reservation that is gone is nobody’s', async () => {
      await write('66a0c0ffee0000000000ffff', { pin: '482913' });
      expect(puts()).to.deep.equal([]);
    });

    it('is not written when it is switched off', async () => {
      const id = book('channel');
      await write(id, { pin: '482913' }, { writeBackPin: false });
      expect(sandbox.server.seen).to.deep.equal([]);
    });

    for (const madeBy of ['channel', 'v3'] as const) {
      it(`is taken out of a reservation made by ${madeBy} when the member has none any more`, async () => {
        const id = book(madeBy);
        await write(id, { pin: '482913' });
        await write(id, {});
        expect(keyCode(id)).to.equal('');
        expect([...vault.values.keys()].filter((key) => key !== 'token')).to.deep.equal([]);
      });
    }

    it('that staff put in place of ours stays', async () => {
      const id = book('channel');
      await write(id, { pin: '482913' });
      sandbox.world.change(id, { keyCode: '1122' });
      await write(id, {});
      expect(keyCode(id)).to.equal('1122');
    });

    it('that was never written costs no request', async () => {
      const id = book('channel');
      await write(id, {});
      expect(sandbox.server.seen).to.deep.equal([]);
    });

    it('that Guesty does not give up is no failure: it opens nothing', async () => {
      const id = book('channel');
      await write(id, { pin: '482913' });
      sandbox.fail(422, 'validation', { on: 'PUT' });
      await write(id, {});
      expect(keyCode(id)).to.equal('482913');
    });

    it('is in no error and nowhere in the vault as digits', async () => {
      const id = book('channel');
      sandbox.fail(400, 'validation', { on: 'PUT' });
      const error = await failureOf(write(id, { pin: '482913' }));
      expect(error).to.be.instanceOf(UpstreamContract);
      expect(error.message).to.not.contain('482913');
      sandbox.server.faults.clear();
      await write(id, { pin: '482913' });
      expect([...vault.values].flat().join(' ')).to.not.contain('482913');
    });
  });

  describe('the Magic Link', () => {
    for (const madeBy of ['channel', 'v3'] as const) {
      it(`G13: is written into the custom field of a reservation made by ${madeBy} and read until it shows`, async () => {
        const id = book(madeBy);
        await write(id, { magicLink: LINK }, LINKING);
        expect(link(id)).to.equal(LINK);
        expect(sandbox.server.count(`GET /v1/reservations-v3/${id}/custom-fields/${LINK_FIELD}`)).to.equal(4);
      });
    }

    it('G13: that does not show in time is tried again later, and then is there', async () => {
      sandbox.switches.customFieldLag = 6;
      const id = book('channel');
      expect(await failureOf(write(id, { magicLink: LINK }, LINKING))).to.be.instanceOf(UpstreamUnavailable);
      sandbox.switches.customFieldLag = 2;
      await write(id, { magicLink: LINK }, LINKING);
      expect(link(id)).to.equal(LINK);
    });

    it('G13: in a field that Guesty does not have is an error with its words', async () => {
      const id = book('channel');
      const error = await failureOf(write(id, { magicLink: LINK }, { ...LINKING, linkCustomField: 'nosuchfield' }));
      expect(error).to.be.instanceOf(UpstreamContract);
      expect(error.message).to.equal('Guesty answered 422: unknown custom field');
    });

    it('is not written again when it is there', async () => {
      const id = book('channel');
      await write(id, { magicLink: LINK }, LINKING);
      const before = puts();
      await write(id, { magicLink: LINK }, LINKING);
      expect(puts()).to.deep.equal(before);
    });

    it('is replaced by a new one', async () => {
      const id = book('channel');
      await write(id, { magicLink: LINK }, LINKING);
      await write(id, { magicLink: `${LINK}2` }, LINKING);
      expect(link(id)).to.equal(`${LINK}2`);
    });

    it('goes by the legacy route where v3 does not have it', async () => {
      const id = book('channel');
      sandbox.fail(404, 'notFound', { on: `PUT /v1/reservations-v3/${id}/custom-fields` });
      await write(id, { magicLink: LINK }, LINKING);
      expect(link(id)).to.equal(LINK);
    });

    it('is taken away when the member has none any more, and not when somebody else put another there', async () => {
      const [ours, theirs] = [book('channel'), book('channel')];
      for (const id of [ours, theirs]) await write(id, { magicLink: LINK }, LINKING);
      sandbox.switches.customFieldLag = 0;
      sandbox.fields.set(theirs, LINK_FIELD, 'by hand');
      for (const id of [ours, theirs]) await write(id, {}, LINKING);
      expect([link(ours), link(theirs)]).to.deep.equal([null, 'by hand']);
    });

    it('of a reservation that is gone is nobody’s', async () => {
      await write('66a0c0ffee0000000000ffff', { magicLink: LINK }, LINKING);
      expect(puts().every((line) => line.endsWith('404'))).to.equal(true);
    });
  });

  it('tries each of the two, whatever becomes of the other', async () => {
    const id = book('channel');
    sandbox.switches.forbiddenOn = ['/custom-fields'];
    const error = await failureOf(write(id, { pin: '482913', magicLink: LINK }, { linkCustomField: LINK_FIELD }));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(keyCode(id)).to.equal('482913');
  });
});
