import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { DatabaseUnavailable } from '../../src/errors.js';
import { whyNotStarted } from '../../src/main/why-not-started.js';

describe('why the server did not start', () => {
  it('says what to do about a port in use', async () => {
    const first = createServer().listen(0, '127.0.0.1');
    await once(first, 'listening');
    const address = first.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const [error] = await once(createServer().listen(port, '127.0.0.1'), 'error').catch((thrown: unknown) => [thrown]);
    first.close();
    expect(whyNotStarted(error))
      .to.match(/set PORT/)
      .and.to.contain(String(port));
  });

  it('says what to do about a data directory that cannot be made', () => {
    let thrown: unknown;
    try {
      mkdirSync(`${import.meta.filename}/data`, { recursive: true });
    } catch (error) {
      thrown = error;
    }
    expect(whyNotStarted(thrown)).to.contain('LATCHKEY_DATA_DIR');
  });

  it('gives the reason of a database beside the sentence, and of each address that was tried', () => {
    const cause = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]);
    expect(whyNotStarted(new DatabaseUnavailable({ cause }))).to.match(/database.*\nrefused by ::1\nrefused by 127/);
  });

  it('hands a bug on whole', () => {
    const bug = new TypeError('x is not a function');
    expect(whyNotStarted(bug)).to.equal(bug);
  });
});
