import { createHmac } from 'node:crypto';
import type { SandboxClock } from '../kernel/clock.js';
import type { Switches } from './switches.js';

/** Svix's schedule: how long after the attempt before. */
const MINUTE_MS = 60_000;
const SCHEDULE_MS = [0, 5_000, 5 * MINUTE_MS, 30 * MINUTE_MS, 120 * MINUTE_MS, 300 * MINUTE_MS, 600 * MINUTE_MS, 600 * MINUTE_MS];
const DEADLINE_MS = 15_000;
const DISABLE_AFTER_MS = 5 * 24 * 60 * MINUTE_MS;

export interface Target {
  readonly url: string;
  readonly secret: string;
  /** Since when nothing has been taken. */
  failingSince: number | null;
  disabled: boolean;
}

interface Message {
  readonly id: string;
  readonly target: Target;
  readonly body: string;
  tries: number;
  dueAt: number;
}

export interface Attempt {
  readonly id: string;
  readonly url: string;
  readonly at: number;
  /** 0: nobody answered in time. */
  readonly status: number;
}

/** Sends webhooks, signed, at least once, again by schedule; disables who takes nothing for five days. */
export class Deliveries {
  readonly attempts: Attempt[] = [];
  /** Nothing is sent while it is on: for sending in another order. */
  held = false;
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  #waiting: Message[] = [];
  #made = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(clock: SandboxClock, switches: Switches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  enqueue(target: Target, payload: object): void {
    this.#made += 1;
    const id = `msg_sandbox${this.#made.toString(36).padStart(12, '0')}`;
    this.#waiting.push({ id, target, body: JSON.stringify(payload), tries: 0, dueAt: this.#clock.now() });
    if (!this.held) void this.flush();
  }

  /** Lets go of what was held, the last first if that is wanted. */
  release({ reversed }: { readonly reversed: boolean }): Promise<void> {
    this.held = false;
    if (reversed) this.#waiting.reverse();
    return this.flush();
  }

  /** Sends everything that is due by the clock of the sandbox. */
  flush(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#sendDue());
    return this.#turn;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  async #sendDue(): Promise<void> {
    const due = this.held ? [] : this.#waiting.filter(({ dueAt }) => dueAt <= this.#clock.now());
    for (const message of due) {
      if (await this.#attempt(message)) this.#drop(message);
      else this.#postpone(message);
    }
  }

  async #attempt({ id, target, body }: Message): Promise<boolean> {
    if (target.disabled) return true;
    let delivered = true;
    for (let times = this.#switches.deliverTwice ? 2 : 1; times > 0; times -= 1) {
      const status = await this.#post(id, target, body);
      this.attempts.push({ id, url: target.url, at: this.#clock.now(), status });
      delivered &&= status >= 200 && status < 300;
    }
    return delivered;
  }

  async #post(id: string, { url, secret }: Target, body: string): Promise<number> {
    const age = this.#switches.staleTimestamp ? 600 : 0;
    const timestamp = String(Math.floor(this.#clock.now() / 1_000) - age);
    const signature = signatureOf(this.#switches.wrongKey ? 'whsec_d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmc=' : secret, id, timestamp, body);
    const headers = { 'content-type': 'application/json', 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature };
    try {
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(DEADLINE_MS) });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return 0;
    }
  }

  #drop(message: Message): void {
    message.target.failingSince = null;
    this.#waiting = this.#waiting.filter((one) => one !== message);
  }

  #postpone(message: Message): void {
    const { target } = message;
    const now = this.#clock.now();
    target.failingSince ??= now;
    if (now - target.failingSince >= DISABLE_AFTER_MS) target.disabled = true;
    message.tries += 1;
    const wait = SCHEDULE_MS[message.tries];
    if (wait === undefined) this.#waiting = this.#waiting.filter((one) => one !== message);
    else message.dueAt = now + wait;
  }
}

/** `v1,` and Base64 of the HMAC over id, time and body, with the decoded key. */
export function signatureOf(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
