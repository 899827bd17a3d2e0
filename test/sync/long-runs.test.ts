import { expect } from 'chai';
import { ReadSoFar } from '../../src/sync/read-pages.js';
import { RunChanges } from '../../src/sync/run-changes.js';

const MANY = 300_000;

describe('a run of any length', () => {
  const change = { userId: 'u', name: 'Ada', change: 'member.create', because: 'because' };

  it('counts what it does, has its first thousand sentences stored, and keeps none', () => {
    const changes = new RunChanges(false);
    let stored = 0;
    for (let n = 0; n < MANY / 100; n += 1) {
      const page = Array.from({ length: 100 }, () => change);
      stored += changes.stored(page).length;
      changes.add(page);
    }
    expect([changes.count, stored, changes.all.length]).to.deep.equal([MANY, 1_000, 0]);
  });

  it('shows all that it would do when it is tried dry, also from one page', () => {
    const changes = new RunChanges(true);
    changes.add(Array.from({ length: MANY }, () => change));
    expect([changes.count, changes.all.length]).to.deep.equal([MANY, MANY]);
  });

  it('takes a Group that loses all of its many members at once', () => {
    const read = new ReadSoFar();
    read.addLeft(Array.from({ length: MANY }, (_, n) => ({ groupId: 'g', userId: String(n) })));
    expect(read.left.length).to.equal(MANY);
  });
});
