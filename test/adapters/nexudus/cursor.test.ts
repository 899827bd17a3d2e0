import { expect } from 'chai';
import { Marks } from '../../../src/adapters/nexudus/cursor.js';
import { CursorExpired } from '../../../src/adapters/upstream-errors.js';

const row = (Id: number, UpdatedOn: string) => ({ Id, UpdatedOn });
const A = row(1, '2026-11-23T08:10:30.5405881Z');
const B = row(2, '2026-11-23T08:09:00Z');
const OLD = row(3, '2026-11-20T00:00:00Z');

const marked = (...rows: readonly ReturnType<typeof row>[]) => {
  const marks = Marks.none();
  marks.seen('Booking', rows);
  return Marks.parse(marks.toString());
};

describe('nexudus: the cursor', () => {
  it('asks from at least two minutes before the latest change, in whole minutes', () => {
    expect(marked(A, B, OLD).from('Booking')).to.equal('2026-11-23T08:08');
  });

  it('asks for everything of a kind it knows nothing of', () => {
    expect(marked(A).from('Coworker')).to.equal(undefined);
    expect(marked(A).unseen('Coworker', [A, OLD])).to.deep.equal([A, OLD]);
  });

  it('passes over what it has seen, when nothing else turned up beside it', () => {
    expect(marked(A, B, OLD).unseen('Booking', [B, A])).to.deep.equal([]);
  });

  it('brings what is new alone', () => {
    const later = row(4, '2026-11-23T08:10:31Z');
    expect(marked(A, B, OLD).unseen('Booking', [A, B, later])).to.deep.equal([later]);
  });

  it('brings all of the overlap when a change turned up late in it', () => {
    const late = row(4, '2026-11-23T08:09:30Z');
    expect(marked(A, B, OLD).unseen('Booking', [A, B, late])).to.deep.equal([A, B, late]);
  });

  it('brings the overlap when a row of it changed again or went', () => {
    expect(marked(A, B).unseen('Booking', [A])).to.deep.equal([A]);
    const again = row(2, '2026-11-23T08:12:00Z');
    expect(marked(A, B).unseen('Booking', [A, again])).to.deep.equal([A, again]);
  });

  it('leaves out what a filter that is not understood lets through', () => {
    expect(marked(A, B).unseen('Booking', [A, B, OLD])).to.deep.equal([]);
  });

  it('never moves back, and stays where it is when nothing comes', () => {
    const marks = marked(A);
    marks.seen('Booking', [OLD]);
    marks.seen('Booking', []);
    expect(marks.from('Booking')).to.equal('2026-11-23T08:08');
  });

  it('starts one kind where another stands', () => {
    const marks = marked(A);
    marks.startAt('CancelledBooking', 'Booking');
    expect(marks.from('CancelledBooking')).to.equal('2026-11-23T08:08');
    expect(marks.unseen('CancelledBooking', [B])).to.deep.equal([B]);
  });

  it('that is none of ours is expired', () => {
    for (const text of ['', 'x', '{"Booking":{"at":"never","digest":""}}', '{"Booking":null}']) {
      expect(() => Marks.parse(text)).to.throw(CursorExpired);
    }
  });
});
