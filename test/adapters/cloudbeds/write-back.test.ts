import { expect } from 'chai';
import type { CloudbedsSandbox } from '../../../sandbox/cloudbeds/sandbox.js';
import type { WriteBack } from '../../../src/adapters/adapter.js';
import { cloudbedsAdapter } from '../../../src/adapters/cloudbeds/adapter.js';
import { fieldValue } from '../../../src/adapters/cloudbeds/field-write.js';
import type { CloudbedsSettings } from '../../../src/domain/generated/adapters/cloudbeds/settings.js';
import { OPEN_WINDOW } from '../../../src/domain/time.js';
import { MemoryVault, readAll } from '../../support/adapter-context.js';
import { contextOf, failureOf, startedSandbox } from './support.js';

const { wantsWriteBack, writeBack, one } = cloudbedsAdapter;
if (wantsWriteBack === undefined || writeBack === undefined || one === undefined) throw new Error('the adapter writes back');

const message = (given: Partial<WriteBack> = {}): WriteBack => ({
  externalId: '1-1/5',
  sourceKey: '1',
  pin: '482913',
  magicLink: null,
  window: OPEN_WINDOW,
  ...given,
});

describe('Cloudbeds: whether there is anything to write', () => {
  const stay = { externalId: '1-1' };
  for (const [settings, given, wanted] of [
    [{}, {}, true],
    [{ doorKeys: 'auto', writeBackPin: true }, {}, true],
    [{ writeBackPin: false }, {}, false],
    [{ writeBackPin: false, autoCreatePin: true, pinCustomField: 'x' }, {}, false],
    [{ doorKeys: 'off' }, {}, false],
    [{ doorKeys: 'off', autoCreatePin: true }, {}, false],
    [{ doorKeys: 'off', pinCustomField: 'door_code' }, {}, true],
    [{}, stay, false],
    [{ autoCreatePin: true }, stay, true],
    [{ autoCreatePin: true, writeBackPin: false }, stay, false],
    [{ pinCustomField: 'door_code' }, stay, true],
    [{}, { pin: null }, false],
    [{ autoCreatePin: true }, { ...stay, pin: null }, false],
    [{ pinCustomField: 'door_code' }, { ...stay, pin: null }, true],
    [{ pinCustomField: 'door_code' }, { ...stay, pin: '4111111111111111' }, false],
    [{ pinCustomField: 'door_code' }, { pin: '4111111111111111' }, true],
    [{}, { magicLink: 'https://x.test/m/1#s', pin: null }, false],
  ] as const satisfies readonly (readonly [CloudbedsSettings, Partial<WriteBack>, boolean])[]) {
    it(`${JSON.stringify(settings)} ${JSON.stringify(given)}: ${wanted ? 'yes' : 'no'}`, () => {
      expect(wantsWriteBack(settings, message(given))).to.equal(wanted);
    });
  }
});

describe('Cloudbeds: what a custom field of several room stays holds', () => {
  const guest = { id: null, name: '', givenName: '', familyName: '', email: '', phone: '' };
  const stay = (id: string, roomName: string) => ({
    id,
    guest,
    rows: [{ roomId: roomName || null, roomName, status: '', startDate: '2026-12-01', endDate: '2026-12-02' }],
  });
  const stays = [stay('1-1', '204'), stay('1-2', '205'), stay('1-3', '')];
  for (const [is, id, pin, expected] of [
    ['', '1-1', '482913', '204: 482913'],
    ['204: 482913', '1-2', '119283', '204: 482913; 205: 119283'],
    ['205: 119283', '1-1', '482913', '204: 482913; 205: 119283'],
    ['204: 482913; 205: 119283', '1-1', '700100', '204: 700100; 205: 119283'],
    ['204: 482913; 205: 119283', '1-1', null, '205: 119283'],
    ['204: 482913', '1-1', null, ''],
    ['204: 482913; 999: 111111', '1-2', '119283', '204: 482913; 205: 119283'],
    ['ask at the desk', '1-2', '119283', '205: 119283'],
    ['', '1-3', '119283', '1-3: 119283'],
    ['204: 482913', '1-9', '119283', null],
  ] as const) {
    it(`“${is}” with ${pin} for ${id} becomes ${expected === null ? 'nothing' : `“${expected}”`}`, () => {
      expect(fieldValue(is, stays, id, pin)).to.equal(expected);
    });
  }

  it('is the PIN alone when there is one room stay', () => {
    expect(fieldValue('x', [stay('1-1', '204')], '1-1', '482913')).to.equal('482913');
    expect(fieldValue('x', [stay('1-1', '204')], '1-1', null)).to.equal('');
  });
});

describe('Cloudbeds: writing back', () => {
  let sandbox: CloudbedsSandbox;
  let vault: MemoryVault;
  let id: string;
  beforeEach(async () => {
    sandbox = await startedSandbox();
    vault = new MemoryVault();
    sandbox.locks.setUp();
    id = sandbox.world.addReservation([{ room: '501233-1', checkIn: '2026-12-01', checkOut: '2026-12-04' }]).reservationID;
  });
  afterEach(() => sandbox.stop());

  const context = (settings: CloudbedsSettings) => contextOf(sandbox, { vault, settings });
  const write = (settings: CloudbedsSettings, given: Partial<WriteBack> = {}) =>
    writeBack(context(settings), message({ externalId: `${id}-1`, sourceKey: id, ...given }), 'idem-1');
  const request = (given: object = {}) =>
    sandbox.locks.request({
      reservationId: id,
      subReservationId: `${id}-1`,
      startDateTime: '2026-12-01T15:00:00-03:00',
      endDateTime: '2026-12-04T11:00:00-03:00',
      ...given,
    });
  const keys = () => [...sandbox.locks.keys.values()].map(({ keyCode, status }) => [keyCode, status]);
  const field = () => sandbox.world.reservation(id).customFields.get('door_code');

  describe('to a door key', () => {
    const keyed = (keyId: string) => ({ externalId: `${id}-1/${keyId}` });

    it('C15 completes the key that the front desk asked for, once', async () => {
      const { keyId } = request();
      await write({}, keyed(keyId));
      expect(keys()).to.deep.equal([['482913', 'completed']]);
      await write({}, keyed(keyId));
      expect(sandbox.server.count('PATCH')).to.equal(1);
    });

    it('C15 every key of the stay, but no other', async () => {
      request();
      request();
      request({ keyType: 'key_card' });
      request({ subReservationId: `${id}-2` });
      await write({}, keyed('1'));
      expect(keys()).to.deep.equal([
        ['482913', 'completed'],
        ['482913', 'completed'],
        [null, 'processing'],
        [null, 'processing'],
      ]);
    });

    it('writes a new PIN over the old one', async () => {
      request();
      await write({}, keyed('1'));
      await write({}, { ...keyed('1'), pin: '700100' });
      expect(keys()).to.deep.equal([['700100', 'completed']]);
    });

    it('does not believe a 200: what was not kept is an error', async () => {
      request();
      sandbox.locks.forgetful = true;
      const error = await failureOf(write({}, keyed('1')));
      expect([error.name, error.message]).to.deep.equal([
        'UpstreamUnavailable',
        'Cloudbeds took the PIN for the door key and did not keep it.',
      ]);
    });

    it('says why a key is not taken, without the PIN', async () => {
      request();
      sandbox.server.faults.add({
        kind: 'status',
        status: 400,
        body: '{"message":"Validation failed","code":"INVALID_REQUEST"}',
        on: 'PATCH',
      });
      const error = await failureOf(write({}, keyed('1')));
      expect([error.name, error.message]).to.deep.equal(['UpstreamContract', 'Cloudbeds answered 400: Validation failed']);
    });

    it('leaves everything alone where there are no door locks, or no key', async () => {
      await write({}, keyed('1'));
      expect(sandbox.server.count('PATCH')).to.equal(0);
      sandbox.locks.settings = null;
      vault.values.clear();
      request();
      await write({}, keyed('1'));
      expect(keys()).to.deep.equal([[null, 'processing']]);
    });
  });

  describe('by itself (autoCreatePin)', () => {
    const auto: CloudbedsSettings = { autoCreatePin: true };

    it('C15 makes the key with the window of the stay and its offset, once', async () => {
      await write(auto);
      const [made] = sandbox.locks.keys.values();
      expect(made).to.deep.include({
        reservationId: id,
        subReservationId: `${id}-1`,
        issuerId: 'latchkey',
        externalId: `latchkey-${id}-1`,
        keyType: 'access_code',
        keyCode: '482913',
        status: 'completed',
        rooms: ['501233-1'],
        startDateTime: '2026-12-01T15:00:00-03:00',
        endDateTime: '2026-12-04T11:00:00-03:00',
      });
      await write(auto);
      await write(auto, { pin: '700100' });
      expect(keys()).to.deep.equal([['700100', 'completed']]);
      expect(sandbox.server.count('POST /doorlock')).to.equal(1);
    });

    it('the key stands for the stay and follows its dates, which nobody can change on the key', async () => {
      await write(auto);
      sandbox.world.changeDates(`${id}-1`, '2026-12-01', '2026-12-02');
      const [user] = (await readAll(cloudbedsAdapter.resources(context(auto)))).users.values();
      expect(user?.externalId).to.equal(`${id}-1/1`);
      expect(user?.window.endsAt).to.equal('2026-12-02T14:00:00.000Z');
    });

    for (const [how, take] of [
      ['marked deleted', (keyId: string) => sandbox.locks.cancel(keyId)],
      ['removed', (keyId: string) => void sandbox.locks.keys.delete(keyId)],
    ] as const) {
      it(`a key that staff ${how} is not made again`, async () => {
        await write(auto);
        take('1');
        await write(auto);
        await write(auto, { pin: '700100' });
        expect(sandbox.server.count('POST /doorlock')).to.equal(1);
      });

      it(`nor beside a key of the front desk that was ${how}`, async () => {
        const { keyId } = request();
        await write(auto);
        take(keyId);
        await write(auto);
        expect(sandbox.server.count('POST /doorlock')).to.equal(0);
      });
    }

    it('once per room stay: each of two gets its own', async () => {
      const two = sandbox.world.addReservation([
        { room: '501233-1', checkIn: '2026-12-05', checkOut: '2026-12-06' },
        { room: '501233-2', checkIn: '2026-12-05', checkOut: '2026-12-06' },
      ]).reservationID;
      for (const number of [1, 2]) await write(auto, { externalId: `${two}-${number}`, sourceKey: two, pin: `48291${number}` });
      expect([...sandbox.locks.keys.values()].map(({ subReservationId, keyCode }) => [subReservationId, keyCode])).to.deep.equal([
        [`${two}-1`, '482911'],
        [`${two}-2`, '482912'],
      ]);
    });

    it('asked for again after the answer was lost, finds the key and makes no second one', async () => {
      sandbox.server.faults.add({ kind: 'truncate', on: 'POST /doorlock', times: 1 });
      await write(auto).catch(() => undefined);
      await write(auto);
      await write(auto);
      expect(keys()).to.deep.equal([['482913', 'completed']]);
    });

    it('asked for again after it was refused, is made', async () => {
      sandbox.server.faults.add({ kind: 'status', status: 400, body: '{"message":"no"}', on: 'POST /doorlock', times: 1 });
      expect((await failureOf(write(auto))).name).to.equal('UpstreamContract');
      await write(auto);
      expect(keys()).to.deep.equal([['482913', 'completed']]);
    });

    it('at the same time from two processes, is made once', async () => {
      await Promise.all([write(auto), write(auto), write(auto)]);
      expect(sandbox.server.count('POST /doorlock')).to.equal(1);
    });

    it('not for a stay that was cancelled or has no room meanwhile, nor for a reservation that is gone', async () => {
      sandbox.world.assign(`${id}-1`, null);
      await write(auto);
      sandbox.world.assign(`${id}-1`, '501233-1');
      sandbox.world.cancel(id);
      await write(auto);
      sandbox.world.remove(id);
      await write(auto);
      expect(keys()).to.deep.equal([]);
    });
  });

  describe('to a custom field', () => {
    const named: CloudbedsSettings = { doorKeys: 'off', pinCustomField: 'door_code' };

    it('C14 by its shortcode, read back, and only when it differs', async () => {
      await write(named);
      expect(field()).to.equal('482913');
      await write(named);
      expect(sandbox.server.count('putReservation')).to.equal(1);
    });

    it('C14 found by the name that people see, sent by its shortcode', async () => {
      sandbox.world.setCustomField(id, 'door_code', 'to be told');
      await write({ ...named, pinCustomField: 'Door code' });
      expect(field()).to.equal('482913');
    });

    it('C14 that does not exist is an error which names it', async () => {
      const error = await failureOf(write({ ...named, pinCustomField: 'dor_code' }));
      expect([error.name, error.message]).to.deep.equal([
        'UpstreamUnavailable',
        'Cloudbeds could not do what we asked for: Custom field dor_code is not valid',
      ]);
    });

    it('C14 never a long number, which would be taken for that of a card', async () => {
      await write(named, { pin: '4111111111111111' });
      expect(sandbox.server.count('putReservation')).to.equal(0);
    });

    it('is emptied when the PIN is gone, and not touched when there was none', async () => {
      await write(named, { pin: null });
      expect(sandbox.server.count('putReservation')).to.equal(0);
      await write(named);
      await write(named, { pin: null });
      expect(field()).to.equal('');
    });

    it('holds the PIN of each room when there are several, written at the same time', async () => {
      id = sandbox.world.addReservation([
        { room: '501233-1', checkIn: '2026-12-05', checkOut: '2026-12-06' },
        { room: '501233-2', checkIn: '2026-12-05', checkOut: '2026-12-06' },
      ]).reservationID;
      await Promise.all([write(named), write(named, { externalId: `${id}-2`, pin: '119283' })]);
      expect(field()).to.equal('101: 482913; 102: 119283');
    });

    it('beside the door key, if both are there', async () => {
      const { keyId } = request();
      await write({ pinCustomField: 'door_code' }, { externalId: `${id}-1/${keyId}` });
      expect([field(), keys()]).to.deep.equal(['482913', [['482913', 'completed']]]);
    });

    it('of a reservation that is gone is nothing to do', async () => {
      sandbox.world.remove(id);
      await write(named);
      expect(sandbox.server.count('putReservation')).to.equal(0);
    });

    it('that takes the PIN and forgets it is an error', async () => {
      sandbox.server.faults.add({ kind: 'status', status: 200, body: '{"success":true,"data":{}}', on: 'putReservation' });
      expect((await failureOf(write(named))).message).to.match(/^Cloudbeds did not keep the PIN in the custom field “door_code”/);
    });
  });
});
