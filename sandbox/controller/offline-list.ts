import { createHmac } from 'node:crypto';
import { DateTime } from 'luxon';

type Method = 'pin' | 'card';

interface Range {
  readonly from: string;
  readonly to: string;
}

interface ListDoor {
  readonly doorId: string;
  readonly timeZone: string;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly methods: readonly string[] | null;
  readonly schedule: readonly (readonly Range[])[] | null;
}

export interface ListEntry {
  readonly memberId: string;
  readonly pins: readonly { readonly hash: string; readonly length: number }[];
  readonly cards: readonly { readonly hash: string }[];
  readonly doors: readonly ListDoor[];
}

export interface ListAnswer {
  readonly version: string;
  readonly full: boolean;
  readonly entries: readonly ListEntry[];
  readonly removed: readonly string[];
}

export interface OfflineDecision {
  readonly granted: boolean;
  readonly reason: 'granted' | 'unknown_credential' | 'before_window' | 'after_window' | 'outside_schedule';
  readonly memberId: string | null;
}

/**
 * What the controller knows while nobody answers. It decides by docs/doors.md alone, with code of its own: where it and the
 * server disagree, one of them is wrong.
 */
export class OfflineList {
  readonly #key: Buffer;
  readonly #entries = new Map<string, ListEntry>();
  /** `pin hash` or `card hash` → member. */
  readonly #holders = new Map<string, string>();
  #version: string | null = null;

  constructor(token: string) {
    this.#key = createHmac('sha256', token).update('latchkey access list v1').digest();
  }

  get version(): string | null {
    return this.#version;
  }

  get size(): number {
    return this.#entries.size;
  }

  apply({ version, full, entries, removed }: ListAnswer): void {
    if (full) for (const id of [...this.#entries.keys()]) this.#forget(id);
    for (const id of removed) this.#forget(id);
    for (const entry of entries) {
      this.#forget(entry.memberId);
      this.#entries.set(entry.memberId, entry);
      for (const { hash } of entry.pins) this.#holders.set(`pin ${hash}`, entry.memberId);
      for (const { hash } of entry.cards) this.#holders.set(`card ${hash}`, entry.memberId);
    }
    this.#version = version;
  }

  decide(doorId: string, type: Method, value: string, nowMs: number): OfflineDecision {
    const memberId = this.#holders.get(`${type} ${createHmac('sha256', this.#key).update(value).digest('hex')}`);
    const ways = (this.#entries.get(memberId ?? '')?.doors ?? []).filter(
      (door) => door.doorId === doorId && (door.methods === null || door.methods.includes(type)),
    );
    if (memberId === undefined || ways.length === 0) return { granted: false, reason: 'unknown_credential', memberId: null };
    const now = DateTime.fromMillis(nowMs);
    const current = ways.filter(({ startsAt, endsAt }) => !isBefore(now, startsAt) && (endsAt === null || isBefore(now, endsAt)));
    if (current.length === 0) {
      const isEarly = ways.some(({ startsAt }) => isBefore(now, startsAt));
      return { granted: false, reason: isEarly ? 'before_window' : 'after_window', memberId };
    }
    const open = current.some(({ schedule, timeZone }) => schedule === null || isIn(schedule, now.setZone(timeZone)));
    return open ? { granted: true, reason: 'granted', memberId } : { granted: false, reason: 'outside_schedule', memberId };
  }

  #forget(memberId: string): void {
    const entry = this.#entries.get(memberId);
    if (entry === undefined) return;
    this.#entries.delete(memberId);
    const keys = [...entry.pins.map(({ hash }) => `pin ${hash}`), ...entry.cards.map(({ hash }) => `card ${hash}`)];
    // A card that was handed on belongs to somebody else by now.
    for (const key of keys) if (this.#holders.get(key) === memberId) this.#holders.delete(key);
  }
}

function isBefore(now: DateTime, instant: string | null): boolean {
  return instant !== null && now.toMillis() < DateTime.fromISO(instant).toMillis();
}

function isIn(schedule: readonly (readonly Range[])[], local: DateTime): boolean {
  const time = local.toFormat('HH:mm');
  return (schedule[local.weekday - 1] ?? []).some(({ from, to }) => from <= time && time < to);
}
