import { CloudbedsSandbox } from '../../../sandbox/cloudbeds/sandbox.js';
import { cloudbedsAdapter } from '../../../src/adapters/cloudbeds/adapter.js';
import { adapterSuite } from '../../suites/adapter-suite.js';
import { contextOf, NOW } from './support.js';

adapterSuite('Cloudbeds', async () => {
  const sandbox = await new CloudbedsSandbox().start();
  sandbox.server.clock.freeze(NOW);
  sandbox.switches.pageCap = 20;
  sandbox.seed(60);
  return {
    adapter: cloudbedsAdapter,
    server: sandbox.server,
    context: () => contextOf(sandbox),
    wrongContext: () => contextOf(sandbox, { secrets: { apiKey: 'cbat_wrong' } }),
    listPath: '/getReservations?',
    emptyList: (on) => {
      sandbox.switches.emptyList = on;
    },
    duplicatePage: (on) => {
      sandbox.switches.repeatRow = on;
    },
    stop: () => sandbox.stop(),
  };
});
