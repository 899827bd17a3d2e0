import { expect } from 'chai';
import { checkIn } from '../../../src/adapters/nexudus/check-in.js';
import { UpstreamContract, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import type { NexudusSandbox } from '../../../sandbox/nexudus/sandbox.js';
import { contextOf, errorOf, readOne, startNexudus } from './world.js';

const MORNING = '2026-11-24T09:02:00.000Z';

describe('nexudus: checking in at the first opening', () => {
  let sandbox: NexudusSandbox;
  let ada: number;
  let pass: number;
  beforeEach(async () => {
    sandbox = await startNexudus();
    ada = sandbox.space.addCoworker('Ada Park', { AccessPincode: '482913' }).Id;
    pass = sandbox.space.givePass(ada, sandbox.space.addTimePass('Day pass').Id, { RemainingUses: 1 }).Id;
  });
  afterEach(() => sandbox.stop());

  const on = () => contextOf(sandbox, { settings: { checkInOnOpen: true } });
  const made = () => sandbox.tables.all('Checkin').map(({ FromTime }) => FromTime);

  it('is not done unless somebody has asked for it', async () => {
    expect(await checkIn(contextOf(sandbox), String(ada), MORNING)).to.deep.equal({ kind: 'off' });
    expect(sandbox.server.seen).to.deep.equal([]);
  });

  it('is done at the location of the coworker, once a day', async () => {
    expect(await checkIn(on(), String(ada), MORNING)).to.deep.equal({ kind: 'made' });
    expect(await checkIn(on(), String(ada), '2026-11-24T17:00:00.000Z')).to.deep.equal({ kind: 'already' });
    expect(made()).to.deep.equal([MORNING]);
  });

  it('is done once by two doors at the same moment', async () => {
    const context = on();
    const outcomes = await Promise.all([checkIn(context, String(ada), MORNING), checkIn(context, String(ada), MORNING)]);
    expect(outcomes.map(({ kind }) => kind).sort()).to.deep.equal(['already', 'made']);
  });

  it('is not done when the reception has done it', async () => {
    sandbox.space.checkIn(ada, sandbox.tables.all('Business')[0]?.Id ?? 0, '2026-11-24T07:00:00Z');
    expect(await checkIn(on(), String(ada), MORNING)).to.deep.equal({ kind: 'already' });
  });

  it('counts days by the zone of the door', async () => {
    sandbox.space.changePass(pass, { RemainingUses: 5 });
    const late = '2026-11-24T23:30:00.000Z';
    expect(await checkIn(on(), String(ada), MORNING, 'Europe/Madrid')).to.deep.equal({ kind: 'made' });
    // Half past midnight in Madrid.
    expect(await checkIn(on(), String(ada), late, 'Europe/Madrid')).to.deep.equal({ kind: 'made' });
    expect(await checkIn(on(), String(ada), late, 'UTC')).to.deep.equal({ kind: 'already' });
    expect(await errorOf(checkIn(on(), String(ada), late, 'Mars/Olympus'))).to.be.instanceOf(UpstreamContract);
  });

  it('that Nexudus refuses is told with its words and is no error (N4)', async () => {
    sandbox.space.changePass(pass, { Used: true });
    expect(await checkIn(on(), String(ada), MORNING)).to.deep.equal({
      kind: 'refused',
      reason: 'The plan of this customer does not allow a check-in.',
    });
  });

  it('is not sent twice by itself when the answer is lost, and not made twice when asked again', async () => {
    sandbox.server.faults.add({ kind: 'status', on: 'POST /api/spaces/checkins', times: 1 });
    expect(await errorOf(checkIn(on(), String(ada), MORNING))).to.be.instanceOf(UpstreamUnavailable);
    expect(sandbox.server.count('POST /api/spaces/checkins')).to.equal(1);
    sandbox.server.clock.advance(60_000);
    expect(await checkIn(on(), String(ada), MORNING)).to.deep.equal({ kind: 'made' });
    expect(made()).to.have.length(1);
  });

  it('of somebody unknown is nothing', async () => {
    expect(await checkIn(on(), '1599999999', MORNING)).to.deep.equal({ kind: 'gone' });
    expect(await checkIn(on(), 'x', MORNING)).to.deep.equal({ kind: 'gone' });
  });

  it('with the last use of a pass does not lock the person out of the next door', async () => {
    await checkIn(on(), String(ada), MORNING);
    expect(sandbox.tables.get('CoworkerTimePass', pass).Used).to.equal(true);
    expect((await readOne(sandbox, ada))?.groups).to.have.length(1);
  });
});
