import { createHmac } from 'node:crypto';
import type { Webhook } from './records.js';
import type { Tables } from './tables.js';

export interface HookSwitches {
  /** Absent: hooks go out without a signature. */
  sharedSecret: string | null;
  letters: 'upper' | 'lower';
  /** The vendor's own snippet hashes with an ASCII encoder. */
  hash: 'raw' | 'ascii';
  /** So often each message is sent. */
  copies: number;
  /** Failures in a row until a webhook is switched off. */
  disableAfter: number;
}

export interface Delivery {
  readonly webhookId: number;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0: nobody answered. */
  status: number;
}

/** Sends what happens to whoever subscribed: one record in an array, no name of the event, no second try. */
export class Hooks {
  readonly switches: HookSwitches = { sharedSecret: null, letters: 'upper', hash: 'raw', copies: 1, disableAfter: 5 };
  readonly deliveries: Delivery[] = [];
  readonly #tables: Tables;
  readonly #underWay = new Set<Promise<void>>();
  #held: Delivery[] | null = null;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Something happened: `businessIds` are the locations it belongs to. */
  fire(action: number, record: object, businessIds: readonly number[]): void {
    for (const webhook of this.#tables.all('Webhook')) {
      if (!webhook.Active || webhook.Action !== action || !businessIds.includes(webhook.BusinessId)) continue;
      const body = JSON.stringify([record]);
      for (let copy = 0; copy < this.switches.copies; copy += 1) {
        const delivery: Delivery = { webhookId: webhook.Id, url: webhook.URL, body, headers: this.#headers(body), status: 0 };
        if (this.#held === null) this.#start(delivery);
        else this.#held.push(delivery);
      }
    }
  }

  /** Keeps messages back until `release`. */
  hold(): void {
    this.#held = [];
  }

  /** Sends what was kept back, the last one first. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const delivery of held.reverse()) this.#start(delivery);
  }

  /** Sends an old message once more, as it was. */
  replay(index: number): void {
    const delivery = this.deliveries[index];
    if (delivery !== undefined) this.#start({ ...delivery, status: 0 });
  }

  /** Resolves once everything under way has been answered. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #headers(body: string): Record<string, string> {
    const { sharedSecret, letters, hash } = this.switches;
    if (sharedSecret === null) return {};
    // Each UTF-16 unit that is not ASCII becomes a question mark.
    const hashed =
      hash === 'raw' ? body : Array.from({ length: body.length }, (_, at) => (body.charCodeAt(at) < 128 ? body[at] : '?')).join('');
    const digest = createHmac('sha256', sharedSecret).update(hashed, 'utf8').digest('hex');
    return { 'X-Nexudus-Hook-Signature': letters === 'upper' ? digest.toUpperCase() : digest };
  }

  #start(delivery: Delivery): void {
    this.deliveries.push(delivery);
    const work = this.#send(delivery).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #send(delivery: Delivery): Promise<void> {
    const error = await post(delivery);
    const webhook = this.#tables.find('Webhook', delivery.webhookId);
    if (webhook === undefined) return;
    const failures = error === null ? 0 : webhook.ErrorCount + 1;
    const isOff = failures >= this.switches.disableAfter;
    const outcome: Partial<Webhook> = { ErrorCount: failures, LastError: error ?? webhook.LastError, LastTrigger: this.#tables.stamp() };
    this.#tables.update('Webhook', webhook.Id, { ...outcome, Active: webhook.Active && !isOff });
  }
}

async function post(delivery: Delivery): Promise<string | null> {
  try {
    const headers = { 'content-type': 'application/json', ...delivery.headers };
    const response = await fetch(delivery.url, { method: 'POST', headers, body: delivery.body, signal: AbortSignal.timeout(10_000) });
    delivery.status = response.status;
    return response.ok ? null : `The server answered ${response.status}.`;
  } catch {
    return 'The server did not answer.';
  }
}
