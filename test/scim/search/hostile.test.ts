import { forEachEngine } from '../../support/engines.js';
import { hostileTable } from '../../support/hostile.js';
import { SEARCH_REQUESTS } from '../../support/hostile/search.js';
import { serverOf } from '../../support/running-server.js';

forEachEngine((engine) => {
  const server = serverOf(engine);
  hostileTable('hostile searches', SEARCH_REQUESTS, async () => {
    const connection = await server().connect();
    const user = await connection.addUser('somebody');
    return { connection, user, group: await connection.addGroup('some group', [user]) };
  });
});
