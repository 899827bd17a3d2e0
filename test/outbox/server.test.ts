import { expect } from 'chai';
import { enqueue } from '../../src/outbox/enqueue.js';
import { forEachEngine } from '../support/engines.js';
import { until } from '../support/outbox.js';
import { serverOf } from '../support/running-server.js';

describe('outbox of a running server', () => {
  forEachEngine((engine) => {
    const current = serverOf(engine);

    it('is looked after from the start: a message of a kind that nobody sends waits to be tried again', async () => {
      const server = current();
      await server.parts.db.transaction((tx) => enqueue(tx, { destination: 'a', kind: 'unknown', payload: {}, now: server.now }));
      const rows = () => server.query<object>('select outcome, status from deliveries');
      await until(async () => (await rows()).length > 0);
      expect(await rows()).to.deep.equal([{ outcome: 'retry', status: 'nothing here sends messages of the kind unknown' }]);
      expect(await server.query('select attempts, state, lease_token from outbox')).to.deep.equal([
        { attempts: 1, state: 'pending', lease_token: null },
      ]);
    });
  });
});
