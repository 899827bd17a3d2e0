import { expect } from 'chai';
import { OPEN_WINDOW } from '../../../src/domain/time.js';
import { ID, key, only, room, users } from './records.js';

describe('Cloudbeds: a door key', () => {
  it('C15 stands for its room stay, with its own window, never beside it', () => {
    const user = only({}, [key()]);
    expect(user).to.deep.include({ externalId: `${ID}-1/5`, sourceKey: ID, groups: ['501233-4'], skipReason: null, periods: [] });
    expect(user.window).to.deep.equal({ startsAt: '2026-12-01T16:00:00.000Z', endsAt: '2026-12-04T15:30:00.000Z' });
  });

  it('leaves the userName as it was, so that the member moves along', () => {
    expect(only({}, [key()]).attributes).to.deep.equal(only().attributes);
  });

  for (const status of ['failed', 'deleted', 'unheard-of']) {
    it(`that is ${status} leaves the stay to itself`, () => {
      expect(only({}, [key({ status })])).to.deep.equal(only());
    });
  }

  it('of another stay does not count', () => {
    expect(only({}, [key({ stayId: `${ID}-2` })])).to.deep.equal(only());
  });

  it('of the reservation counts for its only stay, and for none of several', () => {
    const whole = key({ stayId: null });
    expect(only({}, [whole]).externalId).to.equal(`${ID}-1/5`);
    expect(users({ rooms: [room(), room({ subReservationID: `${ID}-2` })] }, [whole]).map(({ externalId }) => externalId)).to.deep.equal([
      `${ID}-1`,
      `${ID}-2`,
    ]);
  });

  it('that follows the stay has the window of the stay', () => {
    const user = only({}, [key({ window: null })]);
    expect(user.externalId).to.equal(`${ID}-1/5`);
    expect(user.window).to.deep.equal(only().window);
  });

  it('that ends before it starts opens nothing', () => {
    const user = only({}, [key({ window: { startsAt: '2026-12-04T15:30:00.000Z', endsAt: '2026-12-01T16:00:00.000Z' } })]);
    expect(user).to.deep.include({ externalId: `${ID}-1/5`, skipReason: 'invalid_window', window: OPEN_WINDOW });
  });

  it('does not bring back a stay that was cancelled', () => {
    expect(only({ status: 'canceled' }, [key()]).skipReason).to.equal('canceled');
  });

  it('issued again adds its time; the first one names the User, in the order of numbers', () => {
    const user = only({}, [
      key({ id: '10', window: { startsAt: '2026-12-04T10:00:00.000Z', endsAt: '2026-12-05T14:00:00.000Z' } }),
      key({ id: '9' }),
    ]);
    expect(user.externalId).to.equal(`${ID}-1/9`);
    expect(user.window).to.deep.equal({ startsAt: '2026-12-01T16:00:00.000Z', endsAt: '2026-12-05T14:00:00.000Z' });
  });

  it('after a gap leaves the gap closed', () => {
    const user = only({}, [
      key({ window: { startsAt: '2026-12-01T16:00:00.000Z', endsAt: '2026-12-02T14:00:00.000Z' } }),
      key({ id: '6', window: { startsAt: '2026-12-03T10:00:00.000Z', endsAt: '2026-12-04T14:00:00.000Z' } }),
    ]);
    expect(user.periods).to.deep.equal([
      { groupExternalId: '501233-4', window: { startsAt: '2026-12-01T16:00:00.000Z', endsAt: '2026-12-02T14:00:00.000Z' } },
      { groupExternalId: '501233-4', window: { startsAt: '2026-12-03T10:00:00.000Z', endsAt: '2026-12-04T14:00:00.000Z' } },
    ]);
  });

  it('of a guest who moves says from when to when, and the rooms say where', () => {
    const rooms = [room({ roomCheckOut: '2026-12-02' }), room({ roomID: '501233-5', roomCheckIn: '2026-12-02' })];
    expect(only({ rooms }, [key()]).periods).to.deep.equal([
      { groupExternalId: '501233-4', window: { startsAt: '2026-12-01T16:00:00.000Z', endsAt: '2026-12-02T14:00:00.000Z' } },
      { groupExternalId: '501233-5', window: { startsAt: '2026-12-02T18:00:00.000Z', endsAt: '2026-12-04T15:30:00.000Z' } },
    ]);
  });
});
