import { expect } from 'chai';
import type { Tx } from '../../src/db/database.js';
import { type Transactions, WriteQueue } from '../../src/db/write-queue.js';
import { DatabaseUnavailable } from '../../src/errors.js';
import { failure } from '../support/fresh-database.js';

type Step = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollbackTo';

/** An engine that keeps a list of what was written and undoes as a real one does. Any step can be made to fail. */
class FakeEngine implements Transactions {
  readonly steps: Step[] = [];
  readonly stored: string[] = [];
  /** What was stored each time that it tidied. */
  readonly tidied: string[] = [];
  readonly fail = new Map<Step, unknown>();
  /** Once it has rolled everything back by itself (disk full). */
  lost = false;
  #open: string[] | null = null;
  #mark = 0;

  async begin(): Promise<void> {
    this.#step('begin');
    this.#open = [];
  }

  commit(): void {
    this.#step('commit');
    this.stored.push(...this.#written());
    this.#open = null;
  }

  rollback(): void {
    this.#step('rollback');
    this.#open = null;
  }

  savepoint(): void {
    this.#step('savepoint');
    this.#mark = this.#written().length;
  }

  release(): void {
    this.#step('release');
  }

  rollbackToSavepoint(): boolean {
    if (this.lost) return false;
    this.#step('rollbackTo');
    this.#written().length = this.#mark;
    return true;
  }

  tidy(): void {
    this.tidied.push(this.stored.join(''));
  }

  tx(committed: (work: () => void) => void): Tx {
    const unused = () => Promise.reject(new Error('not part of this test'));
    return {
      ...{ engine: 'sqlite', all: unused, first: unused, query: unused, run: unused, savepoint: unused, afterCommit: committed },
      execute: async (text) => this.#written().push(text),
    };
  }

  #written(): string[] {
    if (this.#open === null) throw new Error('outside a transaction');
    return this.#open;
  }

  #step(step: Step): void {
    this.steps.push(step);
    const error = this.fail.get(step);
    if (error === undefined) return;
    this.fail.delete(step);
    throw error;
  }
}

describe('the write queue', () => {
  let engine: FakeEngine;
  let queue: WriteQueue;
  const count = (step: Step) => engine.steps.filter((one) => one === step).length;
  const write = (name: string) => (tx: Tx) => tx.execute(name, []);

  beforeEach(() => {
    engine = new FakeEngine();
    queue = new WriteQueue(engine);
  });

  it('gives works that wait together one begin and one commit, each with its own savepoint', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => queue.run(write(name))));

    expect(engine.steps).to.deep.equal(['begin', 'savepoint', 'release', 'savepoint', 'release', 'savepoint', 'release', 'commit']);
    expect(engine.stored).to.deep.equal(['a', 'b', 'c']);
  });

  it('runs them in the order they came, one at a time', async () => {
    const log: string[] = [];
    const slow = (name: string) => async () => {
      log.push(`${name} starts`);
      await new Promise((next) => setImmediate(next));
      log.push(`${name} ends`);
    };

    await Promise.all(['a', 'b'].map((name) => queue.run(slow(name))));

    expect(log).to.deep.equal(['a starts', 'a ends', 'b starts', 'b ends']);
  });

  it('undoes a work that fails and nothing else', async () => {
    const error = new Error('no');
    const works = [
      queue.run(write('a')),
      queue.run(async (tx) => {
        await tx.execute('b', []);
        throw error;
      }),
      queue.run(write('c')),
    ];

    expect((await Promise.allSettled(works)).map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect(await failure(works[1] ?? Promise.resolve())).to.equal(error);
    expect(engine.stored).to.deep.equal(['a', 'c']);
    expect(count('commit')).to.equal(1);
  });

  it('tells nobody "done" before the commit', async () => {
    const told: string[] = [];
    const works = ['a', 'b'].map((name) =>
      queue.run(async (tx) => {
        expect(told).to.deep.equal([]);
        await tx.execute(name, []);
      }),
    );
    await Promise.all(works.map((work) => work.then(() => told.push(engine.stored.join('')))));

    expect(told).to.deep.equal(['ab', 'ab']);
  });

  it('tidies after each commit, when everybody has been told', async () => {
    const told: string[] = [];
    for (const name of ['a', 'b']) {
      await queue.run(write(name));
      told.push(...engine.tidied);
    }
    await queue.close();

    expect(told).to.deep.equal(['a']);
    expect(engine.tidied).to.deep.equal(['a', 'ab']);
  });

  it('fails all of them when the commit fails, and stores nothing', async () => {
    const error = new DatabaseUnavailable();
    engine.fail.set('commit', error);
    let ran = false;
    const works = [
      queue.run(async (tx) => {
        tx.afterCommit(() => {
          ran = true;
        });
      }),
      queue.run(write('b')),
    ];

    for (const work of works) expect(await failure(work)).to.equal(error);
    expect(engine.stored).to.deep.equal([]);
    expect(count('rollback')).to.equal(1);
    expect(ran).to.equal(false);
  });

  it('goes on after a commit that failed, even if there was nothing left to roll back', async () => {
    engine.fail.set('commit', new DatabaseUnavailable());
    engine.fail.set('rollback', new Error('no transaction is active'));
    await failure(queue.run(write('a')));

    await queue.run(write('b'));

    expect(engine.stored).to.deep.equal(['b']);
  });

  it('fails those before as well when the engine has undone everything by itself', async () => {
    const full = new Error('disk full');
    const before = queue.run(write('a'));
    const cause = queue.run(async () => {
      engine.lost = true;
      throw full;
    });
    const after = queue.run(async (tx) => {
      engine.lost = false;
      await tx.execute('c', []);
    });

    expect(await failure(before))
      .to.be.instanceOf(DatabaseUnavailable)
      .and.have.property('cause', full);
    expect(await failure(cause)).to.equal(full);
    await after;
    expect(engine.stored).to.deep.equal(['c']);
  });

  it('fails the work whose savepoint cannot be made or released', async () => {
    for (const step of ['savepoint', 'release'] as const) {
      const error = new Error(step);
      engine.fail.set(step, error);
      expect(await failure(queue.run(write(step)))).to.equal(error);
    }

    await queue.run(write('later'));
    expect(engine.stored).to.deep.equal(['later']);
  });

  it('fails everybody who waits when the lock is out of reach, and tries again for the next', async () => {
    const error = new DatabaseUnavailable();
    engine.fail.set('begin', error);
    const works = ['a', 'b', 'c'].map((name) => queue.run(write(name)));
    for (const work of works) expect(await failure(work)).to.equal(error);

    await queue.run(write('d'));

    expect(engine.stored).to.deep.equal(['d']);
  });

  it('shares a commit among sixteen works at most', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => queue.run(write(`${n}`))));

    expect(engine.stored).to.have.length(40);
    expect(count('commit')).to.equal(3);
  });

  it('commits what it has when works are slow, so that nobody waits for a whole batch of them', async () => {
    const busy = async () => {
      const until = performance.now() + 12;
      while (performance.now() < until);
    };

    await Promise.all([queue.run(busy), queue.run(busy), queue.run(busy)]);

    expect(count('commit')).to.equal(3);
  });

  it('lets timers and sockets have their turn between two commits', async () => {
    const turns: number[] = [];
    const works = Array.from({ length: 48 }, (_, n) => queue.run(write(`${n}`)));
    const watch = () => {
      turns.push(engine.stored.length);
      if (engine.stored.length < 48) setImmediate(watch);
    };
    setImmediate(watch);

    await Promise.all(works);

    expect(turns).to.include.members([16, 32]);
  });

  it('takes work that comes while it commits', async () => {
    let second: Promise<number> | undefined;
    await queue.run(async (tx) => {
      tx.afterCommit(() => {
        second = queue.run(write('b'));
      });
      await tx.execute('a', []);
    });

    await second;
    expect(engine.stored).to.deep.equal(['a', 'b']);
  });

  it('finishes what waits when it is closed, and refuses what comes after', async () => {
    const works = ['a', 'b'].map((name) => queue.run(write(name)));
    const closed = queue.close();

    expect(await failure(queue.run(write('c')))).to.be.instanceOf(DatabaseUnavailable);
    await closed;
    expect(engine.stored).to.deep.equal(['a', 'b']);
    await Promise.all(works);
  });
});
