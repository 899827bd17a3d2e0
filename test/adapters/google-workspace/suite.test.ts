import { googleWorkspaceAdapter } from '../../../src/adapters/google-workspace/adapter.js';
import { adapterSuite } from '../../suites/adapter-suite.js';
import { connected, LIST_USERS, startSandbox } from './fixture.js';

adapterSuite('google workspace', async () => {
  const sandbox = (await startSandbox()).seed(25);
  sandbox.switches.pageSize = 10;
  const wrongKey = { ...sandbox.serviceAccountKey, client_email: 'nobody@sandbox.iam.gserviceaccount.test' };
  return {
    adapter: googleWorkspaceAdapter,
    server: sandbox.server,
    context: () => connected(sandbox),
    wrongContext: () => connected(sandbox, { secrets: { serviceAccountKey: wrongKey } }),
    listPath: LIST_USERS,
    emptyList: (on) => {
      sandbox.switches.emptyUsers = on;
    },
    duplicatePage: (on) => {
      sandbox.switches.duplicatePages = on;
    },
    expireCursor: () => {
      sandbox.switches.refusedPageTokens = 1;
    },
    stop: () => sandbox.stop(),
  };
});
