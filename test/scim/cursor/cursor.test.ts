import { expect } from 'chai';
import fc from 'fast-check';
import { type Bookmark, type CursorScope, type CursorSealer, readCursor, writeCursor } from '../../../src/scim/cursor.js';
import { ExpiredCursor, InvalidCursor } from '../../../src/scim/errors.js';
import { instant, shift } from '../../../src/domain/time.js';

const NOW = instant(Date.UTC(2026, 4, 1, 12));
const HOUR = 3_600_000;
const SCOPE: CursorScope = { integrationId: 'one', endpoint: 'Users', filter: 'active eq true', sortBy: 'title', direction: 'asc' };
const MARK: Bookmark = { from: { type: 'User', seq: 7, key: 'cook' }, side: 'after', total: 12 };

/** Seals by remembering, and shows what it was asked to bind to. */
class Notary implements CursorSealer {
  readonly #sealed = new Map<string, string>();

  seal(text: string, binding: string): string {
    const name = `c${this.#sealed.size}`;
    this.#sealed.set(name + binding, text);
    return name;
  }

  open(sealed: string, binding: string): string | null {
    return this.#sealed.get(sealed + binding) ?? null;
  }
}

describe('a cursor (RFC 9865)', () => {
  const notary = new Notary();
  const cursor = writeCursor(notary, SCOPE, NOW, MARK);

  it('gives back the place that it was made of', () => {
    const place = fc.record({
      from: fc.record({
        type: fc.constantFrom('User' as const, 'Group' as const),
        seq: fc.nat(),
        key: fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
      }),
      side: fc.constantFrom('after' as const, 'before' as const),
      total: fc.option(fc.nat()),
    });
    fc.assert(
      fc.property(place, (mark) => {
        const read = readCursor(notary, SCOPE, NOW, writeCursor(notary, SCOPE, NOW, mark));
        expect(JSON.stringify(read)).to.equal(JSON.stringify(mark));
      }),
    );
  });

  for (const [what, change] of [
    ['of another integration', { integrationId: 'two' }],
    ['of another endpoint', { endpoint: 'Groups' }],
    ['with another filter', { filter: 'active eq false' }],
    ['without a filter', { filter: undefined }],
    ['sorted by something else', { sortBy: 'userName' }],
    ['not sorted', { sortBy: undefined }],
    ['sorted the other way', { direction: 'desc' }],
  ] as const) {
    it(`is not valid for a list ${what}`, () => {
      expect(() => readCursor(notary, { ...SCOPE, ...change }, NOW, cursor)).to.throw(InvalidCursor);
    });
  }

  it('is valid however the name of the attribute is spelled, and whatever order there is without a sort', () => {
    expect(readCursor(notary, { ...SCOPE, sortBy: 'TITLE' }, NOW, cursor)).to.deep.equal(MARK);
    const unsorted = { ...SCOPE, sortBy: undefined };
    expect(readCursor(notary, { ...unsorted, direction: 'desc' }, NOW, writeCursor(notary, unsorted, NOW, MARK))).to.deep.equal(MARK);
  });

  it('is taken for an hour and no longer', () => {
    expect(readCursor(notary, SCOPE, shift(NOW, HOUR - 1), cursor)).to.deep.equal(MARK);
    expect(() => readCursor(notary, SCOPE, shift(NOW, HOUR), cursor)).to.throw(ExpiredCursor);
    expect(() => readCursor(notary, { ...SCOPE, integrationId: 'two' }, shift(NOW, HOUR), cursor), 'not a word about others').to.throw(
      InvalidCursor,
    );
  });

  it('is not even opened when it is longer than any of ours', () => {
    const opened: string[] = [];
    const open = (sealed: string): string | null => {
      opened.push(sealed);
      return null;
    };
    const sealer: CursorSealer = { seal: (text) => text, open };
    for (const length of [10_000, 10_001]) expect(() => readCursor(sealer, SCOPE, NOW, 'x'.repeat(length))).to.throw(InvalidCursor);
    expect(opened.map((text) => text.length)).to.deep.equal([10_000]);
  });
});
