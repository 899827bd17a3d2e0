import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { addAssociation, createManualMember } from '../../src/access/members.js';
import { OPEN_WINDOW } from '../../src/domain/time.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { T0 } from '../support/running-server.js';

const DOORS = 1_000;
const MEMBERS = 100;

describe('access lists that are written at once', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    const sockets: Socket[] = [];
    let world: DoorWorld;

    beforeEach(() => {
      world = current();
    });
    afterEach(() => {
      for (const socket of sockets.splice(0)) socket.destroy();
    });

    /** Of a house so large that its list fits into no buffer on the way. */
    const largeHouse = async (): Promise<TestController> => {
      const siteId = await world.site();
      const controller = await world.controller(await world.doorAt(siteId));
      const groupId = await world.group([{ siteId }]);
      const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < cast(? as bigint))`;
      await world.server.parts.db.transaction(async (tx) => {
        const named = 'insert into doors (id, name, site_id, created_at, updated_at)';
        await tx.execute(
          `${named} ${numbers} select 'door_large_' || i, 'Room', cast(? as text), cast(? as text), cast(? as text) from n`,
          [...[DOORS, siteId, T0, T0]],
        );
        await tx.execute(
          "insert into controller_doors (controller_id, door_id) select cast(? as text), id from doors where id like 'door_large_%'",
          [controller.id],
        );
      });
      const { server } = world;
      await server.parts.db.transaction(async (tx) => {
        for (let n = 0; n < MEMBERS; n += 1) {
          const memberId = await createManualMember(tx, server.context, { name: 'Ann', emails: [], window: OPEN_WINDOW });
          await addAssociation(tx, server.context, memberId, { memberGroupId: groupId, window: OPEN_WINDOW });
          await server.parts.stores.cards.createCard(tx, server.context, {
            ...{ member: { id: memberId, name: 'Ann', integrationId: null }, managedBy: 'manual', because: 'test', uid: `card ${n}` },
          });
        }
      });
      return controller;
    };
    /** Asks for the list, and stops to read as it begins to come. */
    const beginToRead = async ({ token }: TestController): Promise<Socket> => {
      const { hostname, port } = new URL(world.server.url);
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.write(`GET /door/v1/access-list HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      const [first] = (await once(socket, 'data')) as [Buffer];
      expect(first.toString('latin1')).to.match(/^HTTP\/1\.1 200 /);
      socket.pause();
      return socket;
    };

    it('are one of each controller: one that does not read its own keeps no other from theirs', async () => {
      const large = await largeHouse();
      const other = await world.controller(await world.doorAt(await world.site()));

      for (let n = 0; n < 4; n += 1) await beginToRead(large);

      expect((await world.door(other, 'GET', '/access-list')).status).to.equal(200);
    });
  });
});
