import { guestyAdapter } from '../../../src/adapters/guesty/adapter.js';
import { adapterSuite } from '../../suites/adapter-suite.js';
import { contextFor, startSandbox } from './fixture.js';

adapterSuite('guesty', async () => {
  const sandbox = await startSandbox();
  sandbox.seed(260);
  return {
    adapter: guestyAdapter,
    server: sandbox.server,
    context: () => contextFor(sandbox),
    wrongContext: () => contextFor(sandbox, { clientSecret: 'wrong' }),
    listPath: 'GET /v1/reservations?filters=',
    emptyList: (on: boolean) => {
      sandbox.switches.emptyReservations = on;
    },
    duplicatePage: (on: boolean) => {
      sandbox.switches.repeatPages = on;
    },
    stop: () => sandbox.stop(),
  };
});
