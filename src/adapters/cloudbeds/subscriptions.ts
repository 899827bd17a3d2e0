import type { Instant } from '../../domain/time.js';
import type { CloudbedsSubscription } from '../../domain/generated/upstream/cloudbeds/subscription.js';
import { UpstreamContract } from '../upstream-errors.js';
import { isFailure } from './answers.js';
import { CloudbedsClient } from './client.js';
import type { CloudbedsContext } from './context.js';
import { knownProperty, usesDoorKeys } from './property.js';
import { checkSubscription } from './schema.js';

interface Event {
  readonly object: string;
  readonly action: string;
  /** Known from other integrators alone: not every property need have it. */
  readonly unsure?: true;
}

const EVENTS: readonly Event[] = [
  { object: 'reservation', action: 'created' },
  { object: 'reservation', action: 'status_changed' },
  { object: 'reservation', action: 'dates_changed' },
  { object: 'reservation', action: 'accommodation_changed' },
  { object: 'reservation', action: 'accommodation_type_changed' },
  { object: 'reservation', action: 'accommodation_removed', unsure: true },
  { object: 'reservation', action: 'deleted' },
  { object: 'guest', action: 'assigned' },
  { object: 'guest', action: 'removed' },
  { object: 'guest', action: 'details_changed' },
  { object: 'guest', action: 'accommodation_changed' },
  { object: 'integration', action: 'appstate_changed', unsure: true },
];
const KEY_EVENTS: readonly Event[] = [
  { object: 'doorLockKey', action: 'key_requested', unsure: true },
  { object: 'doorLockKey', action: 'key_cancelled', unsure: true },
];

/** One subscription for each event: what is missing is made, what is there twice or goes to a former address of ours is taken away. */
export async function subscribe(
  context: CloudbedsContext,
  { url }: { readonly url: string },
): Promise<{ readonly renewAt: Instant | null }> {
  const client = new CloudbedsClient(context);
  const wanted = usesDoorKeys(client, await knownProperty(client)) ? [...EVENTS, ...KEY_EVENTS] : EVENTS;
  const present = new Set<string>();
  for (const one of await subscriptions(client)) {
    const name = nameOf(one);
    if (addressOf(one) === url && wanted.some(({ object, action }) => name === `${object}/${action}`) && !present.has(name))
      present.add(name);
    else if (isOurs(one, url)) await remove(client, one);
  }
  for (const event of wanted) {
    if (!present.has(`${event.object}/${event.action}`)) await add(client, event, url);
  }
  return { renewAt: null };
}

/** Takes away every subscription that goes to us. */
export async function unsubscribe(context: CloudbedsContext, { url }: { readonly url: string }): Promise<void> {
  const client = new CloudbedsClient(context);
  for (const one of await subscriptions(client)) {
    if (isOurs(one, url)) await remove(client, one);
  }
}

async function add(client: CloudbedsClient, { object, action, unsure }: Event, url: string): Promise<void> {
  const form = { propertyID: client.propertyId, object, action, endpointUrl: url };
  const response = await client.classic('postWebhook', { method: 'POST', form });
  if (unsure === true && response.status < 500 && isFailure(response)) {
    client.context.logger.warn('cloudbeds does not offer this event', { event: `${object}/${action}` });
  } else client.succeeded(response);
}

/** One that is gone meanwhile is what we wanted. */
async function remove(client: CloudbedsClient, { id }: CloudbedsSubscription): Promise<void> {
  const query = { subscriptionID: String(id), propertyIDs: client.propertyId };
  const response = await client.classic('deleteWebhook', { method: 'DELETE', query, repeatable: true });
  if (response.status !== 404 && !isFailure(response) && response.status >= 400) throw client.unexpected(response);
}

/** A bare list, or one in the usual envelope: both are described. */
async function subscriptions(client: CloudbedsClient): Promise<readonly CloudbedsSubscription[]> {
  const response = await client.classic('getWebhooks', { method: 'GET', query: { propertyID: client.propertyId } });
  const body = response.json();
  const list = Array.isArray(body) ? body : client.succeeded(response).data;
  if (!Array.isArray(list)) throw new UpstreamContract('Cloudbeds sent a list of webhook subscriptions that is none.');
  return list.map(checkSubscription);
}

function nameOf({ event }: CloudbedsSubscription): string {
  return `${event?.entity ?? ''}/${event?.action ?? ''}`;
}

/** Some pages of the vendor call it `endpoint`, some `url`. */
function addressOf({ subscriptionData: data }: CloudbedsSubscription): string {
  return data === null || data === undefined || Array.isArray(data) ? '' : (data.endpoint ?? data.url ?? '');
}

/** To the present address, or to one of this integration with a former secret, which is the last part of it. */
function isOurs(one: CloudbedsSubscription, url: string): boolean {
  const prefix = url.slice(0, url.lastIndexOf('/') + 1);
  return addressOf(one) === url || addressOf(one).startsWith(prefix);
}
