import type { SandboxClock } from '../kernel/clock.js';
import type { Switches } from './switches.js';

export interface Subscription {
  readonly id: string;
  readonly object: string;
  readonly action: string;
  readonly endpointUrl: string;
}

/** One message on its way, and what came of it. */
export interface Delivery {
  readonly url: string;
  readonly body: string;
  tries: number;
  dueAt: number;
  /** Status of the last try; 0: no answer in time. */
  status: number;
  done: boolean;
}

const DEADLINE_MS = 2_000;
const RETRIES = 5;
const RETRY_MS = 60_000;

/** Webhooks as Cloudbeds sends them: unsigned, one subscription per event, two seconds to answer, five more tries a minute apart. */
export class Hooks {
  readonly subscriptions: Subscription[] = [];
  readonly deliveries: Delivery[] = [];
  /** Real time, since a server that is too slow is. */
  deadlineMs = DEADLINE_MS;
  readonly #propertyId: string;
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  #next = 1;
  #running: Promise<void> = Promise.resolve();
  #micro = 0;

  constructor(propertyId: string, clock: SandboxClock, switches: Switches) {
    this.#propertyId = propertyId;
    this.#clock = clock;
    this.#switches = switches;
  }

  subscribe(object: string, action: string, endpointUrl: string): Subscription {
    const subscription = { id: `sub${String(this.#next).padStart(5, '0')}`, object, action, endpointUrl };
    this.#next += 1;
    this.subscriptions.push(subscription);
    return subscription;
  }

  unsubscribe(id: string): boolean {
    const at = this.subscriptions.findIndex((one) => one.id === id);
    if (at >= 0) this.subscriptions.splice(at, 1);
    return at >= 0;
  }

  /** The app was disconnected: its last message, then every subscription is gone. */
  disconnect(clientID: string): void {
    this.emit('integration/appstate_changed', { clientID, oldState: 'enabled', newState: 'disabled' });
    this.subscriptions.length = 0;
  }

  emit(event: string, fields: Readonly<Record<string, unknown>>): void {
    const { duplicate, foreign } = this.#switches.hooks;
    const [object, action] = event.split('/');
    this.#micro += 1;
    const timestamp = Math.floor(this.#clock.now() / 1_000) + this.#micro / 1_000_000;
    for (const { endpointUrl } of this.subscriptions.filter((one) => one.object === object && one.action === action)) {
      const message = (propertyId: string) =>
        JSON.stringify({ version: '1.0', event, timestamp, ...property(event, propertyId), ...fields });
      const bodies = [
        message(this.#propertyId),
        ...(duplicate ? [message(this.#propertyId)] : []),
        ...(foreign ? [message('999999')] : []),
      ];
      for (const body of bodies)
        this.deliveries.push({ url: endpointUrl, body, tries: 0, dueAt: this.#clock.now(), status: 0, done: false });
    }
  }

  /** Sends what is due; resolves when each has been tried. */
  flush(): Promise<void> {
    this.#running = this.#running.then(() => this.#send());
    return this.#running;
  }

  async #send(): Promise<void> {
    const due = this.deliveries.filter(({ done, dueAt }) => !done && dueAt <= this.#clock.now());
    if (this.#switches.hooks.reverse) due.reverse();
    for (const delivery of due) {
      delivery.tries += 1;
      delivery.status = await post(delivery, this.deadlineMs);
      const taken = delivery.status >= 200 && delivery.status < 300;
      delivery.done = taken || delivery.tries > RETRIES;
      delivery.dueAt = this.#clock.now() + RETRY_MS;
    }
  }
}

async function post({ url, body }: Delivery, deadlineMs: number): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(deadlineMs),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

/** The spelling of the keys is not the same in all events. */
function property(event: string, propertyId: string): Readonly<Record<string, unknown>> {
  const upper = event === 'reservation/created' || event === 'reservation/status_changed' || event.startsWith('integration/');
  return upper
    ? { propertyID: Number(propertyId), propertyID_str: propertyId }
    : { propertyId: Number(propertyId), propertyId_str: propertyId };
}
