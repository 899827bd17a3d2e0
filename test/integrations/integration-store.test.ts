import { expect } from 'chai';
import {
  createIntegration,
  getIntegration,
  listIntegrations,
  patchIntegration,
  setAttention,
  touch,
  touchIsDue,
} from '../../src/integrations/integration-store.js';
import { changedSettings, mergeSettings, settingsOf } from '../../src/integrations/settings.js';
import type { Tx } from '../../src/db/database.js';
import { DEFAULT_SETTINGS, type SyncKind } from '../../src/domain/integration.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { shift } from '../../src/domain/time.js';
import { InvalidInput, NotFound } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, NOW, T0, type World, worldOf } from '../support/world.js';

describe('integration settings', () => {
  it('are the defaults where nothing was said', () => {
    expect(settingsOf('scim', {})).to.deep.equal(DEFAULT_SETTINGS);
  });

  it('start differently for a source that has PINs of its own', () => {
    expect(settingsOf('nexudus', {}).credentials).to.deep.equal({ ...DEFAULT_SETTINGS.credentials, pin: 'source' });
    expect(settingsOf('nexudus', { credentials: { pin: 'none' } }).credentials.pin).to.equal('none');
  });

  it('are merged object by object, with settings of one kind kept beside the common ones', () => {
    const merged = settingsOf('guesty', { credentials: { pin: 'none' }, writeBackPin: false });

    expect(merged).to.deep.equal({
      ...DEFAULT_SETTINGS,
      credentials: { ...DEFAULT_SETTINGS.credentials, pin: 'none' },
      scim: { ...DEFAULT_SETTINGS.scim, duplicateGroupName: 'allow', unknownMember: 'skip' },
      writeBackPin: false,
    });
  });

  it('replace a sync scope whole, so that no day of an old one is left', () => {
    const before = mergeSettings({}, { syncScope: { kind: 'upcoming', days: 5 } });

    expect(mergeSettings(before, { syncScope: { kind: 'all' } })).to.deep.equal({ syncScope: { kind: 'all' } });
  });

  it('go back to their default with null', () => {
    expect(mergeSettings({ intervalMinutes: 5, enabled: false }, { intervalMinutes: null })).to.deep.equal({ enabled: false });
  });

  for (const key of ['__proto__', 'constructor', 'prototype']) {
    it(`refuse ${key} as a name at any depth`, () => {
      const patch = JSON.parse(`{"credentials": {"${key}": {"polluted": true}}}`) as JsonObject;

      expect(() => mergeSettings({}, patch)).to.throw(InvalidInput);
      expect({}).not.to.have.property('polluted');
    });
  }

  it('are compared one by one', () => {
    expect(changedSettings({ a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 4, d: 3 }, e: [1] })).to.deep.equal({
      'settings.b.c': { before: 2, after: 4 },
      'settings.e': { before: null, after: [1] },
    });
  });
});

describe('integration store', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const create = (settings: JsonObject = {}, kind: SyncKind = 'scim', name = 'Okta') =>
      inTx((tx) => createIntegration(tx, NOW, { kind, name, settings }));
    const get = (id: string) => getIntegration(world.db.read, id);
    const patch = (id: string, fields: Parameters<typeof patchIntegration>[3]) => inTx((tx) => patchIntegration(tx, at(1), id, fields));

    beforeEach(() => {
      world = current();
    });

    it('makes an integration with its defaults and one event', async () => {
      const id = await create({ intervalMinutes: 5 });

      expect(await get(id)).to.deep.equal({
        ...{ id, kind: 'scim', name: 'Okta', state: 'ok', stateReason: null, settings: { ...DEFAULT_SETTINGS, intervalMinutes: 5 } },
        ...{ createdAt: T0, updatedAt: T0, lastRequestAt: null, lastUserAgent: null },
        ...{ config: {}, account: null, epoch: 0 },
      });
      const [event, ...more] = await world.newEventRows();
      expect(more).to.deep.equal([]);
      expect(event).to.include({ verb: 'create', object_type: 'integration', object_id: id, object_name: 'Okta', integration_id: id });
    });

    it('counts the epoch up with every change but that of the name, and says of secrets only that they changed', async () => {
      const id = await create();
      await world.newEventRows();
      const epoch = async () => (await get(id)).epoch;
      await patch(id, { name: 'Other' });
      await patch(id, { settings: { enabled: true } });
      expect(await epoch()).to.equal(0);
      await patch(id, { settings: { intervalMinutes: 7 } });
      await patch(id, { config: { apiBaseUrl: 'https://a.example' } });
      await patch(id, { account: { id: 'a', name: 'A', details: [] } });
      await patch(id, { secretsChanged: true });
      expect(await epoch()).to.equal(4);
      const changes = (await world.newEventRows()).map(({ details }) => Object.keys(JSON.parse(String(details)).changes));
      expect(changes).to.deep.equal([['name'], ['settings.intervalMinutes'], ['config.apiBaseUrl'], ['account'], ['secrets']]);
    });

    it('lists all, oldest first', async () => {
      const first = await create();
      const second = await inTx((tx) => createIntegration(tx, at(1), { kind: 'guesty', name: 'Guesty', settings: {} }));

      expect((await listIntegrations(world.db.read)).map(({ id }) => id)).to.deep.equal([first, second]);
    });

    it('knows no other', async () => {
      expect(await get('int_none').catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      expect(await patch('int_none', {}).catch((error: unknown) => error)).to.be.instanceOf(NotFound);
    });

    it('is disabled by its setting, which comes before any reason for attention', async () => {
      const id = await create();
      await inTx((tx) => setAttention(tx, NOW, id, 'The token was refused.'));
      expect(await get(id)).to.include({ state: 'needs_attention', stateReason: 'The token was refused.' });

      await patch(id, { settings: { enabled: false } });
      expect((await get(id)).state).to.equal('disabled');
    });

    it('tells of a reason for attention when it comes and when it goes, not in between', async () => {
      const id = await create();
      await world.newEvents();

      for (const reason of ['a', 'a', null, null]) await inTx((tx) => setAttention(tx, NOW, id, reason));

      expect(await world.newEvents()).to.deep.equal(['edit integration', 'edit integration']);
    });

    describe('is changed', () => {
      it('in what was said, with before and after of each setting that differs', async () => {
        const id = await create({ intervalMinutes: 5 });
        await world.newEvents();

        await patch(id, { name: 'Entra', settings: { credentials: { email: false } } });

        const integration = await get(id);
        expect(integration).to.include({ name: 'Entra', updatedAt: shift(T0, 1) });
        expect(integration.settings).to.deep.include({
          intervalMinutes: 5,
          credentials: { ...DEFAULT_SETTINGS.credentials, email: false },
        });
        const [event, ...more] = await world.newEventRows();
        expect(more).to.deep.equal([]);
        expect(JSON.parse(event?.details ?? '')).to.deep.equal({
          changes: {
            name: { before: 'Okta', after: 'Entra' },
            'settings.credentials.email': { before: true, after: false },
          },
        });
      });

      it('not at all by what is so already', async () => {
        const id = await create();
        await world.newEvents();

        expect(await patch(id, { name: 'Okta', settings: { enabled: true, credentials: { pin: 'generate' } } })).to.equal(0);
        expect(await world.newEvents()).to.deep.equal([]);
        expect((await get(id)).updatedAt).to.equal(T0);
      });

      it('and marks its own Users when access depends on it', async () => {
        const [id, other] = [await create(), await create()];
        for (const owner of [id, id, other]) await world.user(owner);

        expect(await patch(id, { settings: { scim: { patchUser: 'none' }, intervalMinutes: 30 } })).to.equal(0);
        expect(await world.count('users where dirty = 1')).to.equal(0);
        expect(await patch(id, { settings: { arrivalBufferMinutes: 30 } })).to.equal(2);
        expect(await world.count('users where dirty = 1 and integration_id = ?', id)).to.equal(2);
        expect(await world.count('users where dirty = 1')).to.equal(2);
      });
    });

    it('writes down a call once a minute at most, and without an event', async () => {
      const id = await create();
      await world.newEvents();
      const call = (ms: number, agent: string) => inTx((tx) => touch(tx, id, at(ms).now, agent));

      await call(0, 'Okta');
      await call(59_999, 'too early');
      expect(await get(id)).to.include({ lastRequestAt: T0, lastUserAgent: 'Okta' });
      expect(touchIsDue(await get(id), at(59_999).now)).to.equal(false);
      expect(touchIsDue(await get(id), at(60_000).now)).to.equal(true);
      await call(60_000, 'x'.repeat(5_000));

      const { lastRequestAt, lastUserAgent } = await get(id);
      expect(lastRequestAt).to.equal(at(60_000).now);
      expect(lastUserAgent).to.have.length(200);
      expect(await world.newEvents()).to.deep.equal([]);
    });
  });
});
