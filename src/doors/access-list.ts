import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CardStore } from '../credentials/card-store.js';
import { accessListKey } from '../credentials/list-key.js';
import type { PinStore } from '../credentials/pin-store.js';
import type { Reader } from '../db/database.js';
import type { Instant } from '../domain/time.js';
import { entriesAfter, entriesOfMembers, type EntrySource, type ListEntry } from './list-entries.js';
import { listRules } from './list-rules.js';
import { changedSince } from './list-version.js';

/**
 * Members at a time, and ways through doors: a member of a house with a thousand doors has as many. What is built and
 * written between two turns of the loop costs a few milliseconds.
 */
const PAGE = 500;
const WAYS_AT_ONCE = 10_000;

export interface ListFor {
  readonly reader: Reader;
  readonly pins: PinStore;
  readonly cards: CardStore;
  readonly controller: { readonly id: string; readonly tokenHash: string };
  /** As it was presented: hashes of the list are keyed by it. */
  readonly token: string;
  /** Of this list: `beginList`. */
  readonly version: string;
  /** The version that the controller has; null: none. */
  readonly since: string | null;
  readonly now: Instant;
}

/** `{version, full, entries, removed}` as JSON, a piece at a time: a list of a hundred thousand members is never in memory as a whole. */
export async function* accessListJson(wanted: ListFor): AsyncGenerator<string> {
  const { reader, pins, cards, controller, version, since, now } = wanted;
  const changed = since === null ? null : await changedSince(reader, since, controller);
  const rules = await listRules(reader, controller.id);
  const source: EntrySource = { reader, pins, cards, key: accessListKey(wanted.token), rules, now };
  const removed: string[] = [];
  yield `{"version":${JSON.stringify(version)},"full":${changed === null},"entries":[`;
  let isFirst = true;
  for await (const entries of changed === null ? allPages(source) : changedPages(source, changed, removed)) {
    if (entries.length === 0) continue;
    yield `${isFirst ? '' : ','}${entries.map((entry) => JSON.stringify(entry)).join(',')}`;
    isFirst = false;
    // A socket that takes everything at once never makes the writer wait, and nobody else would have a turn.
    await nextTurn();
  }
  yield `],"removed":${JSON.stringify(removed)}}`;
}

function pageOf({ rules }: EntrySource): number {
  const widest = [...rules.values()].reduce((most, { length }) => Math.max(most, length), 1);
  return Math.max(1, Math.min(PAGE, Math.floor(WAYS_AT_ONCE / widest)));
}

async function* allPages(source: EntrySource): AsyncGenerator<readonly ListEntry[]> {
  const page = pageOf(source);
  let after: number | null = 0;
  while (after !== null) {
    const { entries, next } = await entriesAfter(source, after, page);
    yield entries;
    after = next;
  }
}

async function* changedPages(source: EntrySource, changed: readonly string[], removed: string[]): AsyncGenerator<readonly ListEntry[]> {
  const page = pageOf(source);
  for (let at = 0; at < changed.length; at += page) {
    const ids = changed.slice(at, at + page);
    const entries = await entriesOfMembers(source, ids);
    const listed = new Set(entries.map(({ memberId }) => memberId));
    removed.push(...ids.filter((id) => !listed.has(id)));
    yield entries;
  }
}
