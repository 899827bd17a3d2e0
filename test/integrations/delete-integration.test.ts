import { expect } from 'chai';
import { createAssociation } from '../../src/access/association-store.js';
import { housekeep } from '../../src/access/housekeeping.js';
import { createMember } from '../../src/access/member-store.js';
import { memberView } from '../../src/access/member-view.js';
import { CardStore } from '../../src/credentials/card-store.js';
import { MagicLinkStore } from '../../src/credentials/magic-link-store.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import type { Tx } from '../../src/db/database.js';
import { OPEN_WINDOW, type Window } from '../../src/domain/time.js';
import { NotFound } from '../../src/errors.js';
import { deleteIntegration } from '../../src/integrations/delete-integration.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, NOW, T0, type World, worldOf } from '../support/world.js';

const because = 'a test';

describe('deleting an integration', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let integrationId: string;
    let pool: string;
    let digits: string[];
    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);

    /** A member with a PIN, a link and a card of its integration, one association of it and one by hand. */
    const member = async (owner: string, name: string, window: Window = OPEN_WINDOW): Promise<string> => {
      const userId = await world.user(owner);
      return inTx(async (tx) => {
        const id = await createMember(tx, NOW, { integrationId: owner, userId, externalId: name, name, emails: [], window });
        const wanted = { member: { id, name, integrationId: owner }, managedBy: owner, because };
        digits.push((await new PinStore(world.keys).generatePin(tx, NOW, wanted)).pin);
        await new MagicLinkStore(world.keys, 'https://doors.example', 30).createLink(tx, NOW, wanted);
        await new CardStore(30).createCard(tx, NOW, { ...wanted, uid: `card of ${name}` });
        for (const managedBy of [owner, 'manual']) {
          await createAssociation(tx, NOW, { memberId: id, memberGroupId: pool, window: OPEN_WINDOW, managedBy, because });
        }
        return id;
      });
    };
    const remove = (members: 'keep' | 'revoke', ms = 1) =>
      inTx((tx) => deleteIntegration(tx, at(ms), integrationId, { members, coolDownDays: 30 }));
    const view = (id: string, ms = 1) => memberView(world.db.read, id, at(ms).now);
    const eventsOf = async (name: string) =>
      (
        await world.query<{ text: string }>(
          `select verb || ' ' || object_type as text from events where object_name like ? and created_at > ?`,
          `${name}%`,
          T0,
        )
      )
        .map(({ text }) => text)
        .sort();

    beforeEach(async () => {
      world = current();
      digits = [];
      integrationId = await world.integration();
      pool = await world.memberGroup('Pool');
    });

    it('that is not there is refused', async () => {
      integrationId = 'int_none';

      expect(await remove('keep').catch((error: unknown) => error)).to.be.instanceOf(NotFound);
    });

    for (const choice of ['keep', 'revoke'] as const) {
      it(`(${choice}) takes its directory, mappings and tokens along, and nothing of another`, async () => {
        const other = await world.integration();
        const ana = await member(integrationId, 'Ana');
        const bo = await member(other, 'Bo');
        const before = await view(bo);
        for (const owner of [integrationId, other]) {
          await world.insert('mappings', { integration_id: owner, resource_id: 'g', resource_name: 'g', member_group_id: pool });
          await world.insert('scim_tokens', {
            id: world.next('st'),
            integration_id: owner,
            slot: 1,
            token_hash: owner,
            read_only: 0,
            created_at: T0,
          });
        }

        await remove(choice);

        for (const table of ['users', 'mappings', 'scim_tokens']) {
          expect(await world.count(`${table} where integration_id = ?`, integrationId), table).to.equal(0);
          expect(await world.count(`${table} where integration_id = ?`, other), table).to.equal(1);
        }
        expect(await world.count('integrations')).to.equal(1);
        expect(await view(bo)).to.deep.equal(before);
        expect(await eventsOf('Bo')).to.deep.equal([]);
        expect((await view(ana))?.source).to.equal(null);
      });
    }

    it('can keep its members: they become an admin’s own and go on as they are', async () => {
      const ana = await member(integrationId, 'Ana');
      const before = await view(ana);

      await remove('keep');

      const after = await view(ana);
      const owned = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ ...row, managedBy: 'manual' }));
      expect(after).to.deep.equal({
        ...before,
        source: null,
        associations: owned(before?.associations ?? []),
        pins: owned(before?.pins ?? []),
        magicLinks: owned(before?.magicLinks ?? []),
        cards: owned(before?.cards ?? []),
      });
      expect(await eventsOf('Ana')).to.deep.equal(['edit member']);
    });

    it('can revoke its members: ended now, with no association and nothing that opens, one event for each change', async () => {
      const ana = await member(integrationId, 'Ana');

      await remove('revoke');

      expect(await view(ana)).to.deep.include({ status: 'ended', associations: [], pins: [], magicLinks: [], cards: [] });
      expect(await eventsOf('Ana')).to.deep.equal([
        'delete association',
        'delete association',
        'delete card',
        'delete magic_link',
        'delete pin',
        'edit member',
      ]);
      expect(await world.query('select revoked_at, cooling_until from pins')).to.deep.equal([
        { revoked_at: at(1).now, cooling_until: at(1 + 30 * DAY_MS).now },
      ]);
      expect(await world.count('cards where live_uid is not null')).to.equal(0);
      const log = await world.log();
      for (const pin of digits) expect(log).not.to.include(pin);
    });

    it('leaves alone what was revoked before, with the cool-down that it has', async () => {
      const ana = await member(integrationId, 'Ana');
      const [pin] = await new PinStore(world.keys).pinsOf(world.db.read, ana);
      const wanted = { member: { id: ana, name: 'Ana', integrationId }, managedBy: integrationId, id: pin?.id ?? '', because };
      await inTx((tx) => new PinStore(world.keys).revokePin(tx, NOW, wanted));

      await remove('revoke', DAY_MS);

      expect(await new PinStore(world.keys).pinsOf(world.db.read, ana)).to.deep.equal([
        { ...pin, revokedAt: T0, coolingUntil: at(30 * DAY_MS).now },
      ]);
      expect((await eventsOf('Ana')).filter((text) => text === 'delete pin')).to.deep.equal([]);
    });

    it('leaves a member to housekeeping at the time of its own end', async () => {
      await member(integrationId, 'over', { startsAt: null, endsAt: at(-DAY_MS).now });
      await member(integrationId, 'open');
      await remove('revoke', 1);
      const keep = (ms: number) => inTx((tx) => housekeep(tx, at(ms).now, 10, 30));

      expect((await keep(DAY_MS - 1)).deleted).to.equal(0);
      expect((await keep(DAY_MS)).deleted).to.equal(1);
      expect((await keep(2 * DAY_MS)).deleted).to.equal(0);
      expect((await keep(2 * DAY_MS + 1)).deleted).to.equal(1);
    });

    it('tells of itself once, last, with what became of its members', async () => {
      await member(integrationId, 'Ana');
      await remove('keep');

      const [last] = await world.query<Record<string, unknown>>('select * from events order by seq desc limit 1');
      expect(last).to.include({ verb: 'delete', object_type: 'integration', object_id: integrationId, details: '{"members":"keep"}' });
      expect(await world.count("events where object_type = 'integration'")).to.equal(1);
      const ids = await world.query<{ id: string }>('select id from events');
      expect(ids.every(({ id }) => id.startsWith('evt_'))).to.equal(true);
    });
  });
});
