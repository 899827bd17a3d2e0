import { randomBytes } from 'node:crypto';
import { CommandListener, type OpenCommand } from './command-listener.js';
import { Line, LineDown } from './line.js';
import { type ListAnswer, OfflineList } from './offline-list.js';

const UPLOAD_MAX = 1_000;
const WRONG_PER_MINUTE = 5;

/** How an attempt at a door ended, and who decided. */
export interface Entered {
  readonly granted: boolean;
  readonly reason: string;
  readonly by: 'server' | 'list';
}

interface DoorState {
  /** What opened it, oldest first. */
  readonly openings: { readonly at: string; readonly by: 'server' | 'list' | 'command' }[];
  wrongAt: number[];
  /** How the last attempt with a PIN or a card ended. */
  last: Entered | null;
}

interface Kept {
  readonly id: string;
  readonly doorId: string;
  readonly occurredAt: string;
  readonly granted: boolean;
  readonly reason: string;
  readonly credential: { readonly type: 'pin' | 'card'; readonly memberId?: string };
}

export interface ControllerOptions {
  readonly serverUrl: string;
  readonly token: string;
  readonly doorIds: readonly string[];
  readonly now?: () => number;
}

/**
 * A door controller of no particular make. It asks the server as long as it answers, decides by its list when it does not,
 * opens on command, and tells later what happened meanwhile. Its line can be cut, its power and its battery can fail.
 */
export class VirtualController {
  readonly line: Line;
  readonly list: OfflineList;
  readonly doors = new Map<string, DoorState>();
  /** Attempts that the server has not been told of. */
  readonly kept: Kept[] = [];
  power = { mainsPresent: true, batteryPresent: true, batteryPercent: 100 };
  /** Acknowledgements that did not arrive, or came too late. */
  readonly refusals: string[] = [];
  /** Its motor is stuck: commands fail. */
  jammed = false;
  readonly #listener: CommandListener;
  readonly #now: () => number;
  readonly #done = new Set<string>();
  #listening: Promise<void> = Promise.resolve();
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ serverUrl, token, doorIds, now = Date.now }: ControllerOptions) {
    this.line = new Line(serverUrl, token);
    this.list = new OfflineList(token);
    this.#now = now;
    for (const id of doorIds) this.doors.set(id, { openings: [], wrongAt: [], last: null });
    this.#listener = new CommandListener(this.line, (command) => void this.#obey(command));
  }

  get connections(): number {
    return this.#listener.connections;
  }

  start(): void {
    this.#listening = this.#listener.run();
  }

  async stop(): Promise<void> {
    this.#listener.stop();
    this.line.cut();
    await this.#listening;
  }

  cut(): void {
    this.line.cut();
  }

  /** The line is back: first what happened meanwhile is told, then the list is brought up to date. */
  async restore(): Promise<void> {
    this.line.restore();
    await this.upload();
    await this.sync();
  }

  /** Fetches the list, or what has changed in it. Returns whether it was the whole list. */
  sync(): Promise<boolean> {
    return this.#inTurn(() => this.#fetchList());
  }

  /** Somebody types a PIN or presents a card. */
  async enter(doorId: string, type: 'pin' | 'card', value: string): Promise<Entered> {
    const door = this.#door(doorId);
    door.last = await this.#ask(doorId, type, value);
    if (door.last.granted) door.openings.push({ at: this.#iso(), by: door.last.by });
    return door.last;
  }

  /** Tells what was kept, in parts; what has been told is forgotten. Returns how much was new to the server. */
  upload(): Promise<number> {
    return this.#inTurn(() => this.#tell());
  }

  async report(): Promise<void> {
    await this.line.ask('POST', '/status', { online: true, ...this.power });
  }

  /** One after the other: two at once would forget what only one of them has told, or go back to an older list. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #fetchList(): Promise<boolean> {
    const since = this.list.version === null ? '' : `?since=${encodeURIComponent(this.list.version)}`;
    const answer = await this.line.ask<ListAnswer>('GET', `/access-list${since}`);
    this.list.apply(answer);
    return answer.full;
  }

  async #tell(): Promise<number> {
    let accepted = 0;
    while (this.kept.length > 0) {
      const part = this.kept.slice(0, UPLOAD_MAX);
      accepted += (await this.line.ask<{ accepted: number }>('POST', '/events', { events: part })).accepted;
      this.kept.splice(0, part.length);
    }
    return accepted;
  }

  async #ask(doorId: string, type: 'pin' | 'card', value: string): Promise<Entered> {
    try {
      const body = { doorId, credential: { type, value } };
      const { granted, reason } = await this.line.ask<{ granted: boolean; reason: string }>('POST', '/verify', body);
      return { granted, reason, by: 'server' };
    } catch (error) {
      if (!(error instanceof LineDown)) throw error;
      return this.#enterAlone(doorId, type, value);
    }
  }

  #enterAlone(doorId: string, type: 'pin' | 'card', value: string): Entered {
    const door = this.#door(doorId);
    const now = this.#now();
    door.wrongAt = door.wrongAt.filter((at) => at > now - 60_000);
    if (door.wrongAt.length >= WRONG_PER_MINUTE) return { granted: false, reason: 'too_many_attempts', by: 'list' };
    const { granted, reason, memberId } = this.list.decide(doorId, type, value, now);
    if (reason === 'unknown_credential') door.wrongAt.push(now);
    const credential = memberId === null ? { type } : { type, memberId };
    this.kept.push({ id: randomBytes(12).toString('hex'), doorId, occurredAt: this.#iso(), granted, reason, credential });
    return { granted, reason, by: 'list' };
  }

  /** A command may come twice, and opens once. */
  async #obey({ id, doorId, expiresAt }: OpenCommand): Promise<void> {
    const door = this.doors.get(doorId);
    if (this.#done.has(id) || door === undefined || this.#now() >= Date.parse(expiresAt)) return;
    this.#done.add(id);
    if (!this.jammed) door.openings.push({ at: this.#iso(), by: 'command' });
    const answer = this.jammed ? { result: 'failed', detail: 'the motor is stuck' } : { result: 'opened' };
    try {
      await this.line.ask('POST', `/commands/${id}/ack`, answer);
    } catch (error) {
      this.refusals.push(error instanceof Error ? error.message : 'unknown');
    }
  }

  #door(doorId: string): DoorState {
    const door = this.doors.get(doorId);
    if (door === undefined) throw new Error(`this controller does not move ${doorId}`);
    return door;
  }

  #iso(): string {
    return new Date(this.#now()).toISOString();
  }
}
