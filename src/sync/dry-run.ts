import type { Page } from '../adapters/adapter.js';
import type { Tx } from '../db/database.js';
import type { Pull, PullParts } from './pull.js';
import { type Progress, pullSource, type RunResult } from './run.js';
import type { Source } from './source.js';
import { syncState } from './state-store.js';

/** Thrown to undo everything; carries what would have been done. */
class RolledBack extends Error {
  readonly result: RunResult;

  constructor(result: RunResult) {
    super('rolled back');
    this.result = result;
  }
}

/**
 * Does everything that a run does, by the same code, in one transaction that is rolled back. The source is read first and
 * held in memory, so that the transaction does not wait for it.
 */
export async function dryRun(parts: PullParts, source: Source, onProgress: (progress: Progress) => void): Promise<RunResult> {
  const pages: Page[] = [];
  for await (const page of source.adapter.resources(source.context)) pages.push(page);
  // Inside the transaction nobody is asked: who is missing counts as gone, which is what the admin wants to know.
  const { one, ...adapter } = source.adapter;
  const asked = one === undefined ? {} : { one: async () => [] };
  const replayed: Source = { ...source, adapter: { ...adapter, ...asked, resources: () => replay(pages) } };
  try {
    return await parts.db.transaction(async (tx: Tx) => {
      const pull: Pull = { integration: source.integration, reader: tx, write: (work) => work(tx) };
      const state = await syncState(tx, source.integration.id);
      throw new RolledBack(await pullSource(parts, pull, replayed, state, { run: null, mode: 'full', onProgress }));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.result;
    throw error;
  }
}

async function* replay(pages: readonly Page[]): AsyncIterable<Page> {
  yield* pages;
}
