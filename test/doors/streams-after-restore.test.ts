import { expect } from 'chai';
import { requestOpen } from '../../src/doors/commands.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';

describe('the stream of commands to a controller that was connected before', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let gate: string;
    let controller: TestController;
    let abort: AbortController;

    beforeEach(async () => {
      world = current();
      gate = await world.doorAt(await world.site());
      controller = await world.controller(gate);
      abort = new AbortController();
    });
    afterEach(() => abort.abort());

    const press = () => {
      const { server } = world;
      return server.parts.db.transaction((tx) => requestOpen(tx, server.context, { doorId: gate, memberId: null }));
    };
    const seqOf = async (id: string) =>
      (await world.server.query<{ seq: number }>('select seq from door_commands where id = ?', id))[0]?.seq ?? 0;
    /** What comes on a new connection until the command with this id does. */
    const heardUntil = async (lastEventId: number, last: string): Promise<string> => {
      const response = await fetch(`${world.server.url}/door/v1/commands`, {
        headers: { authorization: `Bearer ${controller.token}`, 'last-event-id': String(lastEventId) },
        signal: abort.signal,
      });
      let text = '';
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString('utf8');
        if (text.includes(last)) return text;
      }
      return text;
    };

    it('begins after the last one that it got', async () => {
      const first = await press();
      await heardUntil(0, first);
      const second = await press();

      const heard = await heardUntil(await seqOf(first), second);
      expect(heard).not.to.contain(first);
    });

    it('holds all that wait when it names one that this database never had, as after a restore', async () => {
      const id = await press();

      expect(await heardUntil((await seqOf(id)) + 1_000, id)).to.contain(id);
    });
  });
});
