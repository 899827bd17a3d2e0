import { expect } from 'chai';
import { shift } from '../../../src/domain/time.js';
import { COMMAND_MS, requestOpen } from '../../../src/doors/commands.js';
import { CommandStream } from '../../support/command-stream.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../../support/door-world.js';
import { type Engine, forEachEngine } from '../../support/engines.js';
import { runServer, T0, type TestServer } from '../../support/running-server.js';

describe('GET /door/v1/commands', () => {
  forEachEngine((engine) => {
    let url = '';
    const shared: Engine = { ...engine, migrated: async () => (url = await engine.migrated()) };
    const current = doorWorldOf(shared);
    let world: DoorWorld;
    let [gate, pool]: string[] = [];
    let lobby: TestController;
    const open: CommandStream[] = [];

    beforeEach(async () => {
      world = current();
      const siteId = await world.site();
      gate = await world.doorAt(siteId, 'Gate');
      pool = await world.doorAt(siteId, 'Pool');
      lobby = await world.controller(gate);
      await world.server.parts.db.transaction((tx) => tx.execute('delete from door_commands', []));
    });
    afterEach(() => Promise.all(open.splice(0).map((stream) => stream.close())));

    const listen = async ({ token }: TestController, lastEventId?: string, server: TestServer = world.server) => {
      const stream = await CommandStream.open(server.url, token, lastEventId);
      open.push(stream);
      return stream;
    };
    const press = (doorId = gate ?? '', server: TestServer = world.server) =>
      server.parts.db.transaction((tx) => requestOpen(tx, server.context, { doorId, memberId: null }));
    const acknowledge = (controller: TestController, id: string, result = 'opened') =>
      world.door<{ title?: string; detail?: string; state?: string }>(controller, 'POST', `/commands/${id}/ack`, { result });
    const states = async () => {
      const rows = await world.server.query<{ id: string; state: string }>('select id, state from door_commands order by seq');
      return rows.map(({ state }) => state);
    };

    it('ends when the token is replaced, and the old one opens no other', async () => {
      const stream = await listen(lobby);
      const { body } = await world.admin<{ token: string }>('POST', `/controllers/${lobby.id}/token`);
      await stream.until(() => stream.hasEnded);

      const id = await press();
      expect(
        (await fetch(`${world.server.url}/door/v1/commands`, { headers: { authorization: `Bearer ${lobby.token}` } })).status,
      ).to.equal(401);
      const anew = await listen({ ...lobby, token: body.token });
      await anew.until(() => anew.ids.length > 0);
      expect(anew.ids).to.deep.equal([id]);
      expect(stream.ids).to.deep.equal([]);
    });

    it('sends again what was not acknowledged, and never what has ended or expired, whatever Last-Event-ID says', async () => {
      const [expired, done, failed] = [await press(), await press(), await press()];
      await acknowledge(lobby, done);
      await acknowledge(lobby, failed, 'failed');
      world.server.setTime(shift(T0, COMMAND_MS));
      const waiting = await press();

      for (const lastEventId of [undefined, '0', 'nonsense', '-1', '9'.repeat(16)]) {
        const stream = await listen(lobby, lastEventId);
        await stream.until(() => stream.ids.length > 0);
        const after = await press();
        await stream.until(() => stream.ids.includes(after));
        expect(stream.ids[0], lastEventId).to.equal(waiting);
        expect(stream.ids).not.to.include.members([expired]).and.not.to.include(done).and.not.to.include(failed);
        await acknowledge(lobby, after);
      }
    });

    it('does not repeat what the controller says it has, and sends all that is made from then on', async () => {
      const first = await listen(lobby);
      const known = await press();
      await first.until(() => first.ids.length === 1);
      const missed = await press();

      const second = await listen(lobby, first.commands[0]?.seq);
      await second.until(() => second.ids.length === 1);
      expect(second.ids).to.deep.equal([missed]);
      expect(second.ids).not.to.include(known);

      // Two presses at once may be stored in another order than that of their numbers: the controller has only seen the later one.
      await world.server.parts.db.transaction((tx) => tx.execute('delete from command_deliveries where command_id = ?', [known]));
      const anew = await listen(lobby, second.commands[0]?.seq);
      await anew.until(() => anew.ids.includes(known));
      expect(anew.ids).to.deep.equal([known]);

      // As after a database was put back: its numbers begin before the ones that the controller has seen.
      const third = await listen(lobby, '999999999');
      const made = await press();
      await third.until(() => third.ids.includes(made));
    });

    it('brings a command to every controller of the door and to no other, and one acknowledgement ends it', async () => {
      const both = await world.controller(gate ?? '', pool ?? '');
      const elsewhere = await world.controller(pool ?? '');
      const [one, two, other] = [await listen(lobby), await listen(both), await listen(elsewhere)];
      const id = await press();
      await Promise.all([one.until(() => one.ids.length === 1), two.until(() => two.ids.length === 1)]);
      const atPool = await press(pool);
      await other.until(() => other.ids.length === 1);
      await two.until(() => two.ids.length === 2);

      expect([one.ids, two.ids, other.ids]).to.deep.equal([[id], [id, atPool], [atPool]]);
      expect((await acknowledge(both, id)).body).to.deep.equal({ id, state: 'done' });
      expect((await acknowledge(lobby, id)).status, 'said again by the other').to.equal(200);
      expect((await acknowledge(lobby, id, 'failed')).status, 'another result').to.equal(409);
      expect(await states()).to.deep.equal(['done', 'pending']);
    });

    describe('at a door of two controllers', () => {
      let garage: TestController;
      let streams: CommandStream[];
      beforeEach(async () => {
        garage = await world.controller(gate ?? '');
        streams = [await listen(lobby), await listen(garage)];
      });
      const sent = async () => {
        const id = await press();
        for (const stream of streams) await stream.until(() => stream.ids.includes(id));
        return id;
      };

      it('is opened by either, whoever has failed before', async () => {
        const id = await sent();
        expect((await acknowledge(lobby, id, 'failed')).body).to.deep.equal({ id, state: 'pending' });
        expect((await acknowledge(lobby, id, 'failed')).body, 'said again').to.deep.equal({ id, state: 'pending' });
        expect(await states()).to.deep.equal(['pending']);
        expect((await acknowledge(garage, id, 'opened')).body).to.deep.equal({ id, state: 'done' });
        expect((await acknowledge(lobby, id, 'failed')).status).to.equal(409);
      });

      it('has failed once both have said so', async () => {
        const id = await sent();
        await acknowledge(garage, id, 'failed');
        expect((await acknowledge(lobby, id, 'failed')).body).to.deep.equal({ id, state: 'failed' });
        expect((await acknowledge(garage, id, 'failed')).status).to.equal(200);
        expect((await acknowledge(garage, id, 'opened')).status).to.equal(409);
      });

      it('has failed when the time is over and one has said so, and expired when nobody has', async () => {
        const [one] = [await sent(), await sent()];
        await acknowledge(garage, one ?? '', 'failed');
        world.server.setTime(shift(T0, COMMAND_MS));
        await world.server.parts.doors.keeper.tick();
        expect(await states()).to.deep.equal(['failed', 'expired']);
      });

      it('has failed once all have said so to whom it went, though a third is not connected', async () => {
        const third = await world.controller(gate ?? '');
        const id = await sent();
        for (const one of [lobby, garage]) await acknowledge(one, id, 'failed');
        expect(await states()).to.deep.equal(['failed']);
        expect((await acknowledge(third, id, 'opened')).status).to.equal(409);
      });

      it('is acknowledged by the one that has it though the door was given to the other meanwhile', async () => {
        const id = await sent();
        await world.admin('PATCH', `/controllers/${lobby.id}`, { doorIds: [] });
        expect((await acknowledge(lobby, id, 'opened')).body).to.deep.equal({ id, state: 'done' });
      });
    });

    it('answers 404 for the command of another controller and for none, with the same words, and leaves it as it is', async () => {
      const stranger = await world.controller(pool ?? '');
      const id = await press();
      const answers = [await acknowledge(stranger, id), await acknowledge(stranger, 'cmd_nobody')];

      expect(answers.map(({ status }) => status)).to.deep.equal([404, 404]);
      expect(answers[0]?.body).to.deep.equal(answers[1]?.body);
      expect(await states()).to.deep.equal(['pending']);
    });

    it('answers 409 from the tenth second on, whether or not anybody has ended the command by then', async () => {
      const [early, late] = [await press(), await press()];
      world.server.setTime(shift(T0, COMMAND_MS - 1));
      expect((await acknowledge(lobby, early)).status).to.equal(200);

      world.server.setTime(shift(T0, COMMAND_MS));
      const answer = await acknowledge(lobby, late);
      expect(answer.status).to.equal(409);
      expect(answer.headers.get('content-type')).to.contain('application/problem+json');
      expect(answer.body.detail).to.contain('must not be opened');
      await world.server.parts.doors.keeper.tick();
      expect(await states()).to.deep.equal(['done', 'expired']);
      expect((await acknowledge(lobby, late)).status).to.equal(409);
    });

    it('keeps one stream for each controller: a newer one ends the one before', async () => {
      const older = await listen(lobby);
      const newer = await listen(lobby);
      await older.until(() => older.hasEnded);
      const id = await press();
      await newer.until(() => newer.ids.length === 1);
      expect([older.ids, newer.ids]).to.deep.equal([[], [id]]);
    });

    describe('of another process on the same database', () => {
      let other: TestServer;
      before(async () => {
        other = await runServer(url, current().server.parts.config.secretKeys ?? '');
      });
      after(() => other.stop());

      it('brings what was made here, and what is acknowledged there is ended here', async () => {
        const stream = await listen(lobby, undefined, other);
        const id = await press();
        await stream.until(() => stream.ids.length === 1);
        expect(stream.ids).to.deep.equal([id]);

        const answer = await fetch(`${other.url}/door/v1/commands/${id}/ack`, {
          ...{ method: 'POST', body: '{"result":"opened"}' },
          headers: { authorization: `Bearer ${lobby.token}`, 'content-type': 'application/json' },
        });
        expect(answer.status).to.equal(200);
        expect(await states()).to.deep.equal(['done']);
      });

      it('ends when the token is replaced here', async () => {
        const stream = await listen(lobby, undefined, other);
        await world.admin('POST', `/controllers/${lobby.id}/token`);
        await stream.until(() => stream.hasEnded);
        expect(stream.ids).to.deep.equal([]);
      });
    });
  });
});
