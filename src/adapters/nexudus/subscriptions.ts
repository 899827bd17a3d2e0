import type { NexudusWebhook } from '../../domain/generated/upstream/nexudus/webhook.js';
import type { SubscribeOptions } from '../adapter.js';
import { UpstreamContract, UpstreamUnavailable } from '../upstream-errors.js';
import type { NexudusClient } from './client.js';
import { BUSINESS, WEBHOOK } from './entities.js';
import { checkWebhook } from './schema.js';
import { idOf } from './values.js';
import { ACTIONS } from './webhook.js';

interface Wanted {
  readonly BusinessId: string;
  readonly Action: number;
  readonly URL: string;
}

/**
 * One webhook per location and action. Makes what is missing, switches on again what Nexudus has switched off after
 * failures, and removes doubles. Every write is read back: it proves that it was done, and keeps writes to half of all
 * requests, since Nexudus allows only half as many of them in a minute.
 */
export async function subscribe(client: NexudusClient, { url }: SubscribeOptions): Promise<{ readonly renewAt: null }> {
  const wanted = await wantedWebhooks(client, url);
  const existing = await ourWebhooks(client, url);
  for (const one of wanted) {
    const [kept, ...doubles] = existing.filter((webhook) => isFor(webhook, one));
    for (const { Id } of doubles) await remove(client, String(Id));
    if (kept === undefined) await make(client, one);
    else if (!kept.Active) await switchOn(client, one, String(kept.Id));
  }
  const stray = existing.filter((webhook) => !wanted.some((one) => isFor(webhook, one)));
  for (const { Id } of stray) await remove(client, String(Id));
  return { renewAt: null };
}

export async function unsubscribe(client: NexudusClient, { url }: SubscribeOptions): Promise<void> {
  for (const { Id } of await ourWebhooks(client, url)) await remove(client, String(Id));
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

async function make(client: NexudusClient, wanted: Wanted): Promise<void> {
  const { BusinessId, Action, URL } = wanted;
  const Name = `Latchkey: ${ACTIONS.get(Action)?.name ?? Action}`;
  await write(client, 'POST', { BusinessId: Number(BusinessId), Name, Action, URL, Active: true }, wanted);
}

/** A PUT replaces the whole record: with a row of a list it would blank what lists leave out. */
async function switchOn(client: NexudusClient, wanted: Wanted, id: string): Promise<void> {
  const record = await client.get(WEBHOOK, id);
  if (record === null) await make(client, wanted);
  else await write(client, 'PUT', { ...record, Active: true }, wanted);
}

async function write(client: NexudusClient, method: 'POST' | 'PUT', json: object, wanted: Wanted): Promise<void> {
  const answer = await client.send(method, WEBHOOK, json);
  if (!answer.done) throw new UpstreamContract(`Nexudus does not take the webhook: ${answer.message}`);
  const record = await client.get(WEBHOOK, answer.id);
  const stored = record === null ? null : checkWebhook(record);
  if (stored?.Active !== true || !isFor(stored, wanted)) throw notKept(wanted.Action);
}

async function remove(client: NexudusClient, id: string): Promise<void> {
  await client.remove(WEBHOOK, id);
  const left = await client.get(WEBHOOK, id);
  if (left !== null) throw notKept(checkWebhook(left).Action);
}

function notKept(action: number): UpstreamUnavailable {
  return new UpstreamUnavailable(`Nexudus did not keep the change of the webhook for action ${action}.`);
}
