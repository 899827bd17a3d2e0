import type { NexudusWebhook } from '../../domain/generated/upstream/nexudus/webhook.js';
import type { SubscribeOptions } from '../adapter.js';
import { UpstreamContract, UpstreamUnavailable } from '../upstream-errors.js';
import type { NexudusClient } from './client.js';
import { BUSINESS, WEBHOOK } from './entities.js';
import { idOf } from './values.js';
import { ACTIONS } from './webhook.js';

interface Wanted {
  readonly BusinessId: string;
  readonly Action: number;
  readonly URL: string;
}

/**
 * One webhook per location and action. Makes what is missing, switches on again what Nexudus has switched off after
 * failures, removes doubles, and looks whether it was really stored.
 */
export async function subscribe(client: NexudusClient, { url }: SubscribeOptions): Promise<{ readonly renewAt: null }> {
  const wanted = await wantedWebhooks(client, url);
  const existing = await ourWebhooks(client, url);
  for (const one of wanted)
    await ensure(
      client,
      one,
      existing.filter((webhook) => isFor(webhook, one)),
    );
  for (const webhook of existing) {
    if (!wanted.some((one) => isFor(webhook, one))) await client.remove(WEBHOOK, String(webhook.Id));
  }
  const stored = await ourWebhooks(client, url);
  const missing = wanted.find((one) => !stored.some((webhook) => webhook.Active && isFor(webhook, one)));
  if (missing !== undefined) throw new UpstreamUnavailable(`Nexudus did not keep the webhook for action ${missing.Action}.`);
  return { renewAt: null };
}

export async function unsubscribe(client: NexudusClient, { url }: SubscribeOptions): Promise<void> {
  for (const { Id } of await ourWebhooks(client, url)) await client.remove(WEBHOOK, String(Id));
}

async function wantedWebhooks(client: NexudusClient, url: string): Promise<Wanted[]> {
  const businesses = await client.list(BUSINESS);
  return businesses.flatMap(({ Id }) => [...ACTIONS.keys()].map((Action) => ({ BusinessId: String(Id), Action, URL: `${url}/${Action}` })));
}

/** Known by their address: names may be changed, and another installation has another address. */
async function ourWebhooks(client: NexudusClient, url: string): Promise<NexudusWebhook[]> {
  return (await client.list(WEBHOOK)).filter(({ URL }) => URL?.startsWith(`${url}/`) === true);
}

function isFor(webhook: NexudusWebhook, wanted: Wanted): boolean {
  return webhook.URL === wanted.URL && webhook.Action === wanted.Action && idOf(webhook.BusinessId) === wanted.BusinessId;
}

async function ensure(client: NexudusClient, wanted: Wanted, [kept, ...doubles]: readonly NexudusWebhook[]): Promise<void> {
  for (const { Id } of doubles) await client.remove(WEBHOOK, String(Id));
  if (kept === undefined) {
    const { BusinessId, Action, URL } = wanted;
    const Name = `Latchkey: ${ACTIONS.get(Action)?.name ?? Action}`;
    await written(client, 'POST', { BusinessId: Number(BusinessId), Name, Action, URL, Active: true });
  } else if (!kept.Active) {
    // A PUT replaces the whole record: with a row of a list it would blank what the list leaves out.
    const record = await client.get(WEBHOOK, String(kept.Id));
    if (record !== null) await written(client, 'PUT', { ...record, Active: true });
  }
}

async function written(client: NexudusClient, method: 'POST' | 'PUT', json: object): Promise<void> {
  const answer = await client.send(method, WEBHOOK, json);
  if (!answer.done) throw new UpstreamContract(`Nexudus does not take the webhook: ${answer.message}`);
}
