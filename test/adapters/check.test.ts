import { expect } from 'chai';
import fc from 'fast-check';
import { checker } from '../../src/adapters/check.js';
import { UpstreamContract } from '../../src/adapters/upstream-errors.js';
import { anyText } from '../support/any-text.js';
import { runs } from '../support/runs.js';

interface Reservation {
  readonly _id: string;
  readonly status: string;
}

describe('a check of what a source sends', () => {
  const check = checker<Reservation>('upstream/guesty/reservation.json', 'a reservation');
  const good = { _id: '66a0c0ffee00000000000001', listingId: '64b7f0c2a1d3e40012ab0101', status: 'confirmed' };
  const complaint = (value: unknown): string => {
    try {
      check(value);
    } catch (error) {
      expect(error).to.be.instanceOf(UpstreamContract);
      return (error as UpstreamContract).publicMessage;
    }
    throw new Error('it was taken');
  };

  it('hands over the value itself, with what nobody has told us of', () => {
    const value = { ...good, brandNew: { field: [1, null] }, listing: { timezone: 'Europe/Lisbon', more: true } };
    expect(check(value)).to.equal(value);
    expect(value).to.deep.equal({ ...good, brandNew: { field: [1, null] }, listing: { timezone: 'Europe/Lisbon', more: true } });
  });

  it('names what is missing', () => {
    expect(complaint({ listingId: good.listingId, status: 'confirmed' })).to.equal(
      'The other system sent a reservation that we do not understand: it has no “_id”.',
    );
  });

  it('names the place of what has another type, never the value', () => {
    const said = complaint({ ...good, guest: { fullName: { secret: 'Ada Park' } } });
    expect(said).to.include('/guest/fullName');
    expect(said).to.not.include('Ada');
  });

  for (const value of [null, undefined, 7, 'text', [], [good], true]) {
    it(`takes no ${JSON.stringify(value) ?? 'undefined'} for a record`, () => {
      expect(complaint(value)).to.match(/^The other system sent a reservation that we do not understand: /);
    });
  }

  it('never repeats a value in what it says, and throws nothing else, whatever JSON comes', () => {
    const marker = 'MARKER';
    const field = fc.constantFrom('_id', 'status', 'listingId', 'guest', 'listing', 'checkIn', 'plannedArrival');
    const value = fc.oneof(
      fc.jsonValue(),
      anyText,
      fc.constant(marker),
      fc.constant({ fullName: { [marker]: marker } }),
      fc.constant([marker]),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(field, value), { maxLength: 4 }), (fields) => {
        const record = { ...good, ...Object.fromEntries(fields) };
        try {
          expect(check(record)).to.equal(record);
        } catch (error) {
          expect(error).to.be.instanceOf(UpstreamContract);
          expect((error as UpstreamContract).publicMessage).to.not.include(marker);
        }
      }),
      { numRuns: runs(500, 20_000) },
    );
  });
});
