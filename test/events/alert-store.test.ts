import { expect } from 'chai';
import { closeAlert, listAlerts, type AlertFilter, type NewAlert, openAlert, subjectsWithOpenAlert } from '../../src/events/alert-store.js';
import { ReferenceViolation } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { failure } from '../support/fresh-database.js';
import { at, NOW, T0, type World, worldOf } from '../support/world.js';

const DOWN: NewAlert = { type: 'hardware_down', subjectKey: 'ctl_1', siteId: 'site_1', message: 'The controller is silent.' };

describe('alerts', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    beforeEach(() => {
      world = current();
    });

    const open = (alert: Partial<NewAlert> = {}, context = NOW) =>
      world.db.transaction((tx) => openAlert(tx, context, { ...DOWN, ...alert }));
    const close = (context = at(1_000), message?: string) =>
      world.db.transaction((tx) => closeAlert(tx, context, { ...DOWN, ...(message === undefined ? { message: null } : { message }) }));
    const list = async (filter: AlertFilter = {}, limit = 100, after: number | null = null) =>
      listAlerts(world.db.read, filter, { limit, after });
    const ids = async (filter: AlertFilter = {}) => (await list(filter)).data.map(({ id }) => id);

    it('open once, however often they are told of, and say which time was the first', async () => {
      const first = await open();
      expect(first.kind).to.equal('opened');
      expect(first.alert).to.deep.include({ ...DOWN, integrationId: null, openedAt: T0, closedAt: null, closingMessage: null });
      expect(first.alert.id).to.match(/^alert_/);
      expect(await open({}, at(5_000))).to.deep.equal({ kind: 'unchanged', alert: first.alert });
      expect((await list()).data).to.deep.equal([first.alert]);
    });

    it('take over a new message and stay the same alert', async () => {
      const { alert } = await open();
      const change = await open({ message: 'Silent for an hour.' }, at(5_000));
      expect(change).to.deep.equal({ kind: 'updated', alert: { ...alert, message: 'Silent for an hour.' } });
      expect((await list()).data).to.deep.equal([change.alert]);
    });

    it('are one for each type and each subject', async () => {
      for (const alert of [{}, { type: 'hardware_no_mains' }, { subjectKey: 'ctl_2' }] as const)
        expect((await open(alert)).kind).to.equal('opened');
      expect(await ids()).to.have.length(3);
    });

    it('close once with what was said, and open anew as another alert', async () => {
      const { alert } = await open();
      const closed = await close(at(1_000), 'It is back.');
      expect(closed).to.deep.equal({ ...alert, closedAt: at(1_000).now, closingMessage: 'It is back.' });
      expect(await close()).to.equal(null);
      const again = await open({}, at(2_000));
      expect(again.kind).to.equal('opened');
      expect(await ids()).to.deep.equal([again.alert.id, alert.id]);
      expect(await close()).to.include({ closingMessage: null });
    });

    it('say for many subjects at once which have one open', async () => {
      await open();
      await open({ subjectKey: 'ctl_2' });
      await close();
      await open({ type: 'hardware_no_mains', subjectKey: 'ctl_3' });
      const subjects = (...keys: string[]) => subjectsWithOpenAlert(world.db.read, 'hardware_down', keys);
      expect(await subjects('ctl_1', 'ctl_2', 'ctl_3', 'ctl_4')).to.deep.equal(['ctl_2']);
      expect(await subjects()).to.deep.equal([]);
    });

    it('are listed newest first, by page and by each filter', async () => {
      const integrationId = await world.integration();
      const first = (await open()).alert.id;
      await close();
      const second = (await open({ type: 'integration_failing', subjectKey: integrationId, integrationId, siteId: null })).alert.id;
      const third = (await open({ subjectKey: 'ctl_2' })).alert.id;
      expect(await ids()).to.deep.equal([third, second, first]);
      expect(await ids({ open: true })).to.deep.equal([third, second]);
      expect(await ids({ open: false })).to.deep.equal([first]);
      expect(await ids({ type: 'hardware_down' })).to.deep.equal([third, first]);
      expect(await ids({ type: 'hardware_down', open: true })).to.deep.equal([third]);
      expect(await ids({ integrationId })).to.deep.equal([second]);
      expect(await ids({ siteId: 'site_1' })).to.deep.equal([third, first]);
      expect(await ids({ siteId: 'site_1', open: false })).to.deep.equal([first]);
      expect(await ids({ siteId: 'site_2' })).to.deep.equal([]);
      const page = await list({}, 2);
      expect((await list({}, 2, page.next)).data.map(({ id }) => id)).to.deep.equal([first]);
    });

    it('go with their integration, and open for none that is gone', async () => {
      const integrationId = await world.integration();
      await open({ integrationId });
      await world.db.transaction((tx) => tx.execute('delete from integrations', []));
      expect(await ids()).to.deep.equal([]);
      expect(await failure(open({ integrationId }))).to.be.instanceOf(ReferenceViolation);
    });

    it('open once when two tell of it at the same time', async () => {
      const [first, second] = await world.contend(
        (tx) => openAlert(tx, NOW, DOWN),
        (tx) => openAlert(tx, NOW, DOWN),
      );
      expect([first.kind, second.kind]).to.deep.equal(['opened', 'unchanged']);
      expect(second.alert.id).to.equal(first.alert.id);
    });

    it('close once when two say at the same time that it is over', async () => {
      const { alert } = await open();
      const [first, second] = await world.contend(
        (tx) => closeAlert(tx, at(1_000), DOWN),
        (tx) => closeAlert(tx, at(2_000), DOWN),
      );
      expect(first).to.deep.equal({ ...alert, closedAt: at(1_000).now, closingMessage: DOWN.message });
      expect(second).to.equal(null);
    });

    it('open anew when they are told of while another closes them', async () => {
      const { alert } = await open();
      const [, again] = await world.contend(
        (tx) => closeAlert(tx, NOW, DOWN),
        (tx) => openAlert(tx, NOW, DOWN),
      );
      expect(again.kind).to.equal('opened');
      expect(again.alert.id).not.to.equal(alert.id);
    });
  });
});
