import express, { type Router } from 'express';
import { DatabaseUnavailable } from '../../errors.js';

/**
 * `/livez`: the process answers. `/readyz`: its database answers, so traffic may come; however busy it is, which is no
 * reason to take it out. No details for strangers.
 */
export function opsRouter(database: { readonly ping: () => Promise<void> }): Router {
  const router = express.Router();
  router.get('/livez', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    response.set('Cache-Control', 'no-store');
    try {
      await database.ping();
      response.json({ status: 'ok' });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      response.status(503).json({ status: 'unavailable' });
    }
  });
  return router;
}
