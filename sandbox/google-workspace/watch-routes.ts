import type { Express, Request, Response } from 'express';
import { jsonOf, type SandboxServer } from '../kernel/server.js';
import { type DirectoryParts, scopeOf, text } from './directory-parts.js';
import { envelope, GOOGLE_ERRORS, send } from './errors.js';
import { admitted } from './guard.js';
import type { AccessToken } from './identity.js';
import type { Push, PushChannel } from './push.js';
import type { GoogleSwitches, UserEvent } from './records.js';

export interface WatchParts extends DirectoryParts {
  readonly server: SandboxServer;
  readonly push: Push;
}

const EVENTS: readonly string[] = ['add', 'delete', 'makeAdmin', 'undelete', 'update'];
const TTL_USUAL_SECONDS = 7_200;
const ID = /^[A-Za-z0-9+/=_-]{1,64}$/;
const TOKEN_MAX = 256;

export function mountWatch(app: Express, parts: WatchParts): void {
  app.post('/admin/directory/v1/users/watch', async (request, response) => {
    const token = admitted(request, response, 'users', parts);
    if (token !== null) await watch(request, response, token, parts);
  });
  app.post('/admin/directory_v1/channels/stop', (request, response) => {
    const token = admitted(request, response, 'users', parts);
    if (token === null) return;
    const { id, resourceId } = fieldsOf(jsonOf(request));
    const channel = parts.push.channels.get(String(id));
    // By the same client, and for a person's own channel by the same person.
    const known = channel !== undefined && channel.resourceId === resourceId && channel.clientId === token.clientId;
    if (!known || (parts.identity.clients.has(channel.clientId) && channel.subject !== token.subject)) {
      send(response, GOOGLE_ERRORS.channelNotFound);
      return;
    }
    parts.push.channels.delete(channel.id);
    response.status(204).end();
  });
}

async function watch(request: Request, response: Response, token: AccessToken, parts: WatchParts): Promise<void> {
  const scope = scopeOf(request, parts.world);
  if ('status' in scope) return send(response, scope);
  const body = fieldsOf(jsonOf(request));
  const event = text(request, 'event');
  const problem = problemOf(body, event, parts.switches) ?? (parts.push.channels.has(String(body['id'])) ? 'channelIdNotUnique' : null);
  if (problem !== null) return send(response, envelope(400, problem, messageFor(problem)));
  const channel: PushChannel = {
    id: String(body['id']),
    resourceId: `r-${parts.world.customerId}-${event ?? 'any'}`,
    resourceUri: `https://admin.googleapis.com${request.originalUrl}&alt=json`,
    address: String(body['address']),
    token: typeof body['token'] === 'string' ? body['token'] : null,
    event: (event ?? null) as UserEvent | null,
    expiresAt: expiryOf(body, parts),
    clientId: token.clientId,
    subject: token.subject,
  };
  parts.push.channels.set(channel.id, channel);
  if (parts.switches.syncBeforeAnswer) await parts.push.sync(channel);
  response.json({
    kind: 'api#channel',
    id: channel.id,
    resourceId: channel.resourceId,
    resourceUri: channel.resourceUri,
    ...(channel.token === null ? {} : { token: channel.token }),
    expiration: String(channel.expiresAt),
  });
  if (!parts.switches.syncBeforeAnswer) response.on('finish', () => void parts.push.sync(channel));
}

function problemOf(body: Readonly<Record<string, unknown>>, event: string | undefined, { httpsOnly }: GoogleSwitches): string | null {
  const { id, type, address, token } = body;
  if (typeof id !== 'string' || !ID.test(id) || type !== 'web_hook') return 'invalid';
  if (typeof token === 'string' && token.length > TOKEN_MAX) return 'invalid';
  if (event !== undefined && !EVENTS.includes(event)) return 'invalid';
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== 'https:' && (httpsOnly || url.protocol !== 'http:'))) return 'push.webhookUrlNotHttps';
  return null;
}

function messageFor(problem: string): string {
  if (problem === 'channelIdNotUnique') return 'Channel id not unique';
  return problem === 'invalid' ? 'Invalid Value' : 'WebHook callback must be HTTPS';
}

/** The sooner of what is asked for and what Google grants. */
function expiryOf(body: Readonly<Record<string, unknown>>, { server, switches }: WatchParts): number {
  const now = server.clock.now();
  const ttl = Number(fieldsOf(body['params'])['ttl'] ?? TTL_USUAL_SECONDS);
  const asked = Number(body['expiration'] ?? now + ttl * 1_000);
  return Math.floor(Math.min(asked, now + switches.ttlCapSeconds * 1_000) / 1_000) * 1_000;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
