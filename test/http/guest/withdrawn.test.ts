import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { requestOpen } from '../../../src/doors/commands.js';
import { CommandStream } from '../../support/command-stream.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../../support/door-world.js';
import { forEachEngine } from '../../support/engines.js';
import { GuestPhone } from '../../support/guest-phone.js';
import { PUBLIC_URL, T0 } from '../../support/running-server.js';

interface Command {
  readonly id: string;
  readonly state: string;
}

describe('what is withdrawn between the press of a guest and its controller', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let [gate, group, guest, link, association]: string[] = [];
    let phone: GuestPhone;
    let [lobby, second]: TestController[] = [];
    const open: CommandStream[] = [];

    beforeEach(async () => {
      world = current();
      await world.server.parts.db.transaction((tx) => tx.execute('delete from door_commands', []));
      gate = await world.doorAt(await world.site());
      [lobby, second] = [await world.controller(gate), await world.controller(gate)];
      group = await world.group([{ doorId: gate }]);
      guest = await world.make('/members', { name: 'Ann' });
      association = await world.make(`/members/${guest}/associations`, { memberGroupId: group });
      const { body } = await world.admin<{ id: string; url: string }>('POST', `/members/${guest}/magic-links`, {});
      link = body.id;
      const opened = await GuestPhone.open(body.url.replace(PUBLIC_URL, world.server.url));
      if (opened === null) throw new Error('the link opens nothing');
      phone = opened;
    });
    afterEach(() => Promise.all(open.splice(0).map((stream) => stream.close())));

    const listen = async (controller: TestController | undefined) => {
      const stream = await CommandStream.open(world.server.url, controller?.token ?? '');
      open.push(stream);
      return stream;
    };
    const commands = () => world.server.query<Command>('select id, state from door_commands order by seq');
    const pressed = async () => {
      const answer = phone.press(gate ?? '');
      while ((await commands()).length === 0) await turn();
      return { answer, id: (await commands())[0]?.id ?? '' };
    };
    const acknowledge = (controller: TestController | undefined, id: string, result: string) =>
      world.door<{ state?: string; detail?: string }>(controller ?? { id: '', token: '', doorIds: [] }, 'POST', `/commands/${id}/ack`, {
        result,
      });
    const uses = async () => (await world.uses(gate ?? '')).map(({ result, details }) => [result, details['reason'], details['withdrawn']]);

    const WITHDRAWALS = {
      'the link': { path: () => `/members/${guest}/magic-links/${link}`, answer: '403', reason: 'unknown_credential' },
      'the member': { path: () => `/members/${guest}`, answer: '403', reason: 'member_deleted' },
      'the association': {
        path: () => `/members/${guest}/associations/${association}`,
        answer: 'denied no_permission',
        reason: 'no_permission',
      },
      'the member group': { path: () => `/member-groups/${group}`, answer: 'denied no_permission', reason: 'no_permission' },
    };
    for (const [what, { path, answer: expected, reason }] of Object.entries(WITHDRAWALS)) {
      it(`stops the command: ${what}`, async () => {
        const { answer, id } = await pressed();
        expect((await world.admin('DELETE', path())).status).to.equal(204);

        const stream = await listen(lobby);
        expect(await answer).to.equal(expected);
        expect(stream.ids).to.deep.equal([]);
        expect(await commands()).to.deep.equal([{ id, state: 'withdrawn' }]);
        expect((await uses())[0]).to.deep.equal(['denied', reason, true]);
        expect(await uses()).to.have.length(2);
        const late = await acknowledge(lobby, id, 'opened');
        expect([late.status, late.body.detail]).to.deep.equal([409, 'This command was withdrawn: the door must not be opened by it.']);
      });
    }

    it('stops the command when the window has ended meanwhile', async () => {
      await world.admin('PATCH', `/members/${guest}`, { endsAt: new Date(Date.parse(T0) + 5_000).toISOString() });
      const { answer } = await pressed();
      world.server.setTime(new Date(Date.parse(T0) + 5_000).toISOString());
      const stream = await listen(lobby);

      expect(await answer).to.equal('denied after_window');
      expect(stream.ids).to.deep.equal([]);
    });

    it('comes too late for a controller that has the command, and goes to no other', async () => {
      const stream = await listen(lobby);
      const { answer, id } = await pressed();
      await stream.until(() => stream.ids.length === 1);
      await world.admin('DELETE', `/members/${guest}/magic-links/${link}`);
      const other = await listen(second);
      const again = await listen(lobby);
      await world.admin('POST', `/members/${guest}/magic-links`, {});

      expect((await acknowledge(lobby, id, 'opened')).body).to.deep.equal({ id, state: 'done' });
      expect(await answer).to.equal('opened granted');
      expect([other.ids, again.ids]).to.deep.equal([[], []]);
      expect(await uses()).to.deep.equal([['ok', 'granted', undefined]]);
    });

    it('cannot be told of a command whose facts cannot be read: it waits, and keeps no other from its door', async () => {
      const { db } = world.server.parts;
      const days = Array.from({ length: 7 }, () => [{ from: '00:00', to: '24:00' }]);
      const scheduleId = await world.make('/schedules', { name: 'Always', days });
      const set = (text: string) => db.transaction((tx) => tx.execute('update schedules set days = ? where id = ?', [text, scheduleId]));
      await world.admin('PATCH', `/member-groups/${group}`, { permissions: [{ doorId: gate, scheduleId }] });
      const { answer, id } = await pressed();
      await set('no hours');
      const stream = await listen(lobby);
      const other = await db.transaction((tx) => requestOpen(tx, world.server.context, { doorId: gate ?? '', memberId: null }));
      await stream.until(() => stream.ids.includes(other));
      expect(stream.ids).to.deep.equal([other]);

      await set(JSON.stringify(days));
      await stream.until(() => stream.ids.includes(id));
      await acknowledge(lobby, id, 'opened');
      expect(await answer).to.equal('opened granted');
    });

    it('is written down where a controller tells that it opened by the command all the same', async () => {
      const { answer, id } = await pressed();
      await world.admin('DELETE', `/members/${guest}/associations/${association}`);
      await listen(lobby);
      await answer;

      world.server.setTime(new Date(Date.parse(T0) + 60_000).toISOString());
      const event = { id, doorId: gate, occurredAt: world.server.now, granted: true, credential: { type: 'magic_link', memberId: guest } };
      const told = await world.door<{ accepted: number }>(lobby ?? { id: '', token: '', doorIds: [] }, 'POST', '/events', {
        events: [event],
      });
      expect(told.body.accepted).to.equal(1);
      expect((await world.uses(gate ?? ''))[0]?.details).to.include({ doubt: 'no_permission', reportedId: id });
    });
  });
});
