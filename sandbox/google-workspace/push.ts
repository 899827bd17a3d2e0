import type { SandboxClock } from '../kernel/clock.js';
import type { DirectoryUser, GoogleSwitches, UserEvent } from './records.js';

export interface PushChannel {
  readonly id: string;
  readonly resourceId: string;
  readonly resourceUri: string;
  readonly address: string;
  readonly token: string | null;
  /** null: every event. */
  readonly event: UserEvent | null;
  readonly expiresAt: number;
  /** Who opened it. */
  readonly clientId: string;
  readonly subject: string;
}

/** A message on its way, with what became of it. */
export interface Delivery {
  readonly channelId: string;
  readonly state: string;
  readonly messageNumber: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  attempts: number;
  dueAt: number;
  /** The answer's status; 0 when there was none; null while nobody has been asked. */
  status: number | null;
}

const RETRIED: readonly number[] = [0, 500, 502, 503, 504];
const ATTEMPTS_MAX = 6;
const RETRY_FIRST_MS = 1_000;
const TIMEOUT_MS = 10_000;

/** Push channels and their messages, which are really sent. */
export class Push {
  readonly channels = new Map<string, PushChannel>();
  /** Everything that was ever sent, in order of the events. */
  readonly deliveries: Delivery[] = [];
  readonly #clock: SandboxClock;
  readonly #switches: GoogleSwitches;
  readonly #running = new Set<Promise<void>>();
  #waiting: Delivery[] = [];
  /** In order, as far as nothing has to be tried again. */
  #turn: Promise<void> = Promise.resolve();
  #messageNumber = 1;

  constructor(clock: SandboxClock, switches: GoogleSwitches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  /** The first message of a channel: number 1, no body. Settles once it has been tried. */
  async sync(channel: PushChannel): Promise<void> {
    const delivery = this.#message(channel, 'sync', 1, '');
    this.deliveries.push(delivery);
    await this.#tracked(() => this.#send(delivery));
  }

  /** One message for every channel that listens to such an event. */
  tell(event: UserEvent, { id, primaryEmail }: DirectoryUser): void {
    for (const channel of this.channels.values()) {
      if (channel.expiresAt <= this.#clock.now() || (channel.event !== null && channel.event !== event)) continue;
      // Numbers grow and leave gaps.
      this.#messageNumber += 1 + (this.#messageNumber % 7);
      const body = JSON.stringify({ kind: 'admin#directory#user', id, etag: `"n-${this.#messageNumber}"`, primaryEmail });
      if (this.#switches.loseMessages) continue;
      const delivery = this.#message(channel, event, this.#messageNumber, body);
      this.#waiting.push(delivery);
      this.deliveries.push(delivery);
      if (this.#switches.duplicateMessages) this.#waiting.push({ ...delivery });
    }
    this.tick();
  }

  /** Sends what is due, and waits for the answers. */
  async flush(): Promise<void> {
    if (this.#switches.reverseMessages) this.#waiting.reverse();
    this.#start();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Sends what is due, unless messages wait to be put out of order. */
  tick(): void {
    if (!this.#switches.reverseMessages) this.#start();
  }

  #start(): void {
    const due = this.#waiting.filter(({ dueAt }) => dueAt <= this.#clock.now());
    this.#waiting = this.#waiting.filter((delivery) => !due.includes(delivery));
    if (due.length === 0) return;
    const before = this.#turn;
    this.#turn = this.#tracked(async () => {
      await before;
      await this.#inTurn(due);
    });
  }

  /** `flush` waits for it. */
  #tracked(work: () => Promise<void>): Promise<void> {
    const batch = work().finally(() => this.#running.delete(batch));
    this.#running.add(batch);
    return batch;
  }

  async #inTurn(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) await this.#send(delivery);
  }

  /** Only a few failures are tried again; every other answer is final. */
  async #send(delivery: Delivery): Promise<void> {
    delivery.attempts += 1;
    const { url, headers, body } = delivery;
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      () => null,
    );
    delivery.status = answer?.status ?? 0;
    if (!RETRIED.includes(delivery.status) || delivery.attempts >= ATTEMPTS_MAX) return;
    delivery.dueAt = this.#clock.now() + RETRY_FIRST_MS * 2 ** (delivery.attempts - 1);
    this.#waiting.push(delivery);
  }

  #message(channel: PushChannel, state: string, messageNumber: number, body: string): Delivery {
    const headers = {
      'X-Goog-Channel-ID': channel.id,
      ...(channel.token === null ? {} : { 'X-Goog-Channel-Token': channel.token }),
      'X-Goog-Channel-Expiration': new Date(channel.expiresAt).toUTCString(),
      'X-Goog-Resource-ID': channel.resourceId,
      'X-Goog-Resource-URI': channel.resourceUri,
      'X-Goog-Resource-State': state,
      'X-Goog-Message-Number': String(messageNumber),
      // Without "charset=", as Google writes it.
      'Content-Type': 'application/json; utf-8',
    };
    const base = { channelId: channel.id, state, messageNumber, url: channel.address, headers, body };
    return { ...base, attempts: 0, dueAt: this.#clock.now(), status: null };
  }
}
