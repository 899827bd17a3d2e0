import express, { type Router } from 'express';
import type { Database } from '../../db/database.js';
import { statement } from '../../db/statement.js';
import { DatabaseUnavailable } from '../../errors.js';

const ping = statement<object, { one: number }>('ops.ping', (sql) => sql.raw('select 1 as one'));

/**
 * `/livez`: the process answers. `/readyz`: it can reach its database, so traffic may come. No details for strangers.
 */
export function opsRouter({ db }: { readonly db: Database }): Router {
  const router = express.Router();
  router.get('/livez', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    response.set('Cache-Control', 'no-store');
    try {
      await db.read.first(ping, {});
      response.json({ status: 'ok' });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      response.status(503).json({ status: 'unavailable' });
    }
  });
  return router;
}
