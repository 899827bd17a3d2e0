import type { Clock, Timers } from '../db/clock.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../domain/logger.js';
import { SYSTEM } from '../domain/events.js';
import { epochMs, type Instant } from '../domain/time.js';
import { type PendingCommand, pendingCommands, tokenHashes } from './command-store.js';
import { LOOK_EVERY_MS, onCommand } from './command-wakes.js';
import { handOver } from './hand-over.js';

/** Well below the silence after which proxies and we ourselves cut a connection. */
const HEARTBEAT_MS = 15_000;

/** The connection to one controller. */
export interface StreamSink {
  readonly send: (command: PendingCommand) => void;
  readonly beat: () => void;
  readonly end: () => void;
}

export interface StreamOf {
  readonly controllerId: string;
  /** Of the token that the stream was opened with: once the controller has another, the stream ends. */
  readonly tokenHash: string;
  /** The last command that the controller got on a connection before; null: send all that wait. */
  readonly lastSeq: number | null;
  readonly sink: StreamSink;
}

interface Open extends Omit<StreamOf, 'lastSeq'> {
  /** null as soon as it has been looked at: from then on `sent` says what went out. */
  lastSeq: number | null;
  /** What was looked at for this connection and may still wait: it went out, or must not. */
  sent: ReadonlySet<string>;
  beatAt: Instant;
}

interface StreamParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * Carries commands to the controllers that are connected to this process. What was committed here goes out at once, what
 * another process committed a quarter of a second later: one look for all of them, and none while nobody is connected. A
 * command goes out once on each connection, and only if it is still allowed; who connects anew gets what still waits.
 */
export class CommandStreams {
  readonly #parts: StreamParts;
  readonly #open = new Map<string, Open>();
  #running: Promise<void> | null = null;
  #again = false;
  #cancel: (() => void) | null = null;
  #stopListening: (() => void) | null = null;
  #failed = false;
  #stopped = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  /** A controller has one stream: a newer one ends the one before, which may be a connection that nobody holds any more. */
  add(stream: StreamOf): () => void {
    if (this.#stopped) {
      stream.sink.end();
      return () => undefined;
    }
    this.#open.get(stream.controllerId)?.sink.end();
    const open: Open = { ...stream, sent: new Set(), beatAt: this.#parts.clock.now() };
    this.#open.set(stream.controllerId, open);
    this.#stopListening ??= onCommand(() => this.#look());
    this.#look();
    return () => {
      if (this.#open.get(stream.controllerId) === open) this.#remove(open);
    };
  }

  /** Ends all of them: controllers connect anew, to whoever is there. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const open of [...this.#open.values()]) {
      this.#remove(open);
      open.sink.end();
    }
    await this.#running;
  }

  #remove(open: Open): void {
    this.#open.delete(open.controllerId);
    if (this.#open.size > 0) return;
    this.#cancel?.();
    this.#cancel = null;
    this.#stopListening?.();
    this.#stopListening = null;
  }

  #look(): void {
    this.#again = true;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && this.#open.size > 0) {
        this.#again = false;
        await this.#once();
      }
      this.#failed = false;
    } catch (error) {
      // A database that is away is no reason to end the streams, nor to say so four times a second.
      if (!this.#failed) this.#parts.logger.error('commands could not be looked for, will be tried again', { error });
      this.#failed = true;
    } finally {
      this.#running = null;
      this.#cancel?.();
      this.#cancel = this.#open.size === 0 ? null : this.#parts.timers.after(LOOK_EVERY_MS, () => this.#look());
    }
  }

  async #once(): Promise<void> {
    const { db, clock } = this.#parts;
    const ids = [...this.#open.keys()];
    const hashes = await tokenHashes(db.read, ids);
    for (const open of [...this.#open.values()]) {
      if (!ids.includes(open.controllerId) || hashes.get(open.controllerId) === open.tokenHash) continue;
      this.#remove(open);
      open.sink.end();
    }
    const now = clock.now();
    const waiting = await pendingCommands(db.read, ids, now);
    // One that came meanwhile is looked at in the next round.
    const looked = [...this.#open.values()].filter(({ controllerId }) => ids.includes(controllerId));
    const failures: unknown[] = [];
    for (const taking of takings(looked, waiting)) await this.#give(taking).catch((error: unknown) => failures.push(error));
    for (const open of looked) this.#settle(open, waiting, now);
    // One that could not be decided keeps no other from its door, and is tried again.
    if (failures.length > 0) throw failures[0];
  }

  /** To all who are connected here at once: who fails must not end what another has not been sent yet. */
  async #give({ commandId, takers }: Taking): Promise<void> {
    const { db, clock } = this.#parts;
    const controllerIds = takers.map(({ open }) => open.controllerId);
    const mayOpen = await db.transaction((tx) => handOver(tx, { actor: SYSTEM, now: clock.now() }, { commandId, controllerIds }));
    for (const { open, command } of takers) {
      open.sent = new Set([...open.sent, commandId]);
      if (mayOpen && this.#open.get(open.controllerId) === open) open.sink.send(command);
    }
  }

  #settle(open: Open, waiting: readonly PendingCommand[], now: Instant): void {
    const own = waiting.filter(({ controllerId }) => controllerId === open.controllerId);
    open.sent = new Set(own.filter((command) => open.sent.has(command.id) || isKnown(open, command)).map(({ id }) => id));
    open.lastSeq = null;
    if (epochMs(now) - epochMs(open.beatAt) < HEARTBEAT_MS && now >= open.beatAt) return;
    open.beatAt = now;
    open.sink.beat();
  }
}

/** A command, and the connections on which it has not gone out. */
interface Taking {
  readonly commandId: string;
  readonly takers: readonly { readonly open: Open; readonly command: PendingCommand }[];
}

/** In the order in which the commands were made. */
function takings(streams: readonly Open[], waiting: readonly PendingCommand[]): Taking[] {
  const byCommand = new Map<string, { open: Open; command: PendingCommand }[]>();
  for (const command of waiting) {
    for (const open of streams) {
      if (command.controllerId !== open.controllerId || open.sent.has(command.id)) continue;
      if (isKnown(open, command)) continue;
      byCommand.set(command.id, [...(byCommand.get(command.id) ?? []), { open, command }]);
    }
  }
  return [...byCommand].map(([commandId, takers]) => ({ commandId, takers }));
}

/**
 * Has the controller got it on a connection before? Both must say so: it was sent and may not have arrived, and the number
 * alone says nothing, since a lower one may be stored later, and a database that was put back numbers anew.
 */
function isKnown({ lastSeq }: Open, { seq, wasSent }: PendingCommand): boolean {
  return wasSent && lastSeq !== null && seq <= lastSeq;
}
