import { once } from 'node:events';
import { expect } from 'chai';
import { runAfterCommit } from '../../src/db/after-commit.js';

describe('work left for after the commit', () => {
  it('that throws is heard of as the bug it is, and keeps neither the caller nor the other work from anything', async () => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    try {
      const ran: string[] = [];
      const heard = once(process, 'uncaughtException');
      const bug = new Error('a bug');

      runAfterCommit([
        () => ran.push('first'),
        () => {
          throw bug;
        },
        () => ran.push('last'),
      ]);

      expect(ran).to.deep.equal(['first', 'last']);
      expect((await heard)[0]).to.equal(bug);
    } finally {
      for (const listener of others) process.on('uncaughtException', listener);
    }
  });
});
