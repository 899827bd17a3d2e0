import type { Page, SourceGroup, SourceUser } from '../adapters/adapter.js';
import { NOTHING_PULLED, type Pull, type PullOutcome, type PullParts, together } from './pull.js';
import { pullGroups, pullMembers } from './pull-groups.js';
import { pullUsers } from './pull-users.js';
import { Seen } from './seen.js';

/** What a read has shown so far. */
export class ReadSoFar {
  readonly users = new Seen();
  readonly groups = new Seen();
  readonly #left: PullOutcome['left'][number][] = [];
  saidByGroups = false;
  cursor: string | null = null;
  pages = 0;
  total: number | null = null;
  outcome: PullOutcome = NOTHING_PULLED;

  get left(): PullOutcome['left'] {
    return this.#left;
  }

  addLeft(left: PullOutcome['left']): void {
    // One by one: arguments of a call go on the stack, and a Group may lose a hundred thousand at once.
    for (const one of left) this.#left.push(one);
  }
}

/** After each page; `wrote` when it changed anything. */
export type OnPage = (read: ReadSoFar, outcome: PullOutcome) => Promise<void>;

/** Stores page after page; holds one at a time. Errors: those of the adapter, after which nothing is known of absence. */
export async function readPages(parts: PullParts, pull: Pull, pages: AsyncIterable<Page>, onPage: OnPage): Promise<ReadSoFar> {
  const read = new ReadSoFar();
  // Before the first page: an adapter may read ahead, so any page may be as old as the read.
  const askedAt = parts.clock.now();
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return read;
      const outcome = await storePage(parts, pull, next.value, askedAt, read);
      await onPage(read, outcome);
    }
  } finally {
    await iterator.return?.();
  }
}

async function storePage(parts: PullParts, pull: Pull, page: Page, askedAt: string, read: ReadSoFar): Promise<PullOutcome> {
  const groups = new Map<string, SourceGroup>();
  const users = new Map<string, SourceUser>();
  for (const resource of page.resources) {
    if (resource.resourceType === 'Group') groups.set(resource.externalId, resource);
    else users.set(resource.externalId, resource);
  }
  let outcome = groups.size === 0 ? NOTHING_PULLED : await pullGroups(parts, pull, [...groups.values()]);
  outcome = users.size === 0 ? outcome : together(outcome, await pullUsers(parts, pull, [...users.values()], askedAt));
  outcome = together(outcome, await pullMembers(parts, pull, [...groups.values()]));
  for (const seq of outcome.userSeqs) read.users.add(seq);
  for (const seq of outcome.groupSeqs) read.groups.add(seq);
  read.addLeft(outcome.left);
  read.saidByGroups ||= [...users.values()].some((user) => user.groups === null);
  read.cursor = page.cursor ?? read.cursor;
  read.total = page.total ?? read.total;
  read.pages += 1;
  // Sentences and row numbers have gone where they belong; only counts are added up.
  const { created, changed, unchanged, skipped } = outcome;
  read.outcome = together(read.outcome, { ...NOTHING_PULLED, created, changed, unchanged, skipped });
  return outcome;
}
