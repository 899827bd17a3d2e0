import { nexudusAdapter } from '../../../src/adapters/nexudus/adapter.js';
import { adapterSuite } from '../../suites/adapter-suite.js';
import { contextOf, startNexudus } from './world.js';

adapterSuite('nexudus', async () => {
  const sandbox = (await startNexudus()).seed(12);
  // Pages of five, whatever size is asked for.
  sandbox.lists.sizeMax = 5;
  return {
    adapter: nexudusAdapter,
    server: sandbox.server,
    context: () => contextOf(sandbox),
    wrongContext: () => contextOf(sandbox, { secrets: { email: 'admin@example.test', password: 'wrong' } }),
    listPath: 'GET /api/spaces/coworkers?',
    emptyList: (on) => {
      sandbox.lists.empty = on ? ['Coworker'] : [];
    },
    duplicatePage: (on) => {
      sandbox.lists.repeatRows = on;
    },
    stop: () => sandbox.stop(),
  };
});
