import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Parts } from './compose.js';
import { adminRouter } from './http/admin/router.js';
import { doorRouter } from './http/door/router.js';
import { guestAssetsRouter, guestRouter } from './http/guest/router.js';
import { oauthRouter } from './http/oauth/router.js';
import { opsRouter } from './http/ops/router.js';
import { problemForUnknownPath } from './http/problem.js';
import { scimRouter } from './scim/router.js';
import { giveRequestId } from './transport/request-id.js';
import { endUnreadBody } from './transport/unread-body.js';
import { webhookRouter } from './webhooks/router.js';

/** Every route of Latchkey on one Express application that does not listen yet: what supertest imports. */
export function createApp(parts: Parts): Express {
  const app = express();
  // ETags are versions of resources, not hashes of bodies, and nobody needs to know what runs here.
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(giveRequestId, endUnreadBody, helmet());
  app.use(opsRouter(parts));
  app.use('/scim/v2', scimRouter(parts.scim));
  app.use('/api/v1', adminRouter(parts));
  app.use('/door/v1', doorRouter({ ...parts, ...parts.doors }));
  app.use('/oauth', oauthRouter(parts));
  app.use('/webhooks', webhookRouter(parts));
  app.use('/m', guestRouter(parts));
  app.use('/guest', guestAssetsRouter(parts));
  app.use(problemForUnknownPath(parts.logger));
  return app;
}
