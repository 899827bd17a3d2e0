import type { SourceUser } from '../../../src/adapters/adapter.js';
import { nexudusAdapter } from '../../../src/adapters/nexudus/adapter.js';
import type { NexudusSecrets } from '../../../src/domain/generated/adapters/nexudus/secrets.js';
import type { NexudusSettings } from '../../../src/domain/generated/adapters/nexudus/settings.js';
import { NexudusSandbox } from '../../../sandbox/nexudus/sandbox.js';
import { adapterContext, MemoryVault, readAll } from '../../support/adapter-context.js';

export const NOW = '2026-11-23T08:00:00.000Z';

/** A started sandbox whose time stands at `NOW` and moves only when somebody waits. */
export async function startNexudus(): Promise<NexudusSandbox> {
  const sandbox = new NexudusSandbox();
  sandbox.server.clock.freeze(Date.parse(NOW));
  return sandbox.start();
}

export interface Given {
  readonly secrets?: NexudusSecrets;
  readonly settings?: NexudusSettings;
  readonly vault?: MemoryVault;
}

export function contextOf(sandbox: NexudusSandbox, { secrets, settings = {}, vault = new MemoryVault() }: Given = {}) {
  return adapterContext(sandbox.server.clock, nexudusAdapter.limits, {
    config: { apiBaseUrl: sandbox.apiBaseUrl },
    secrets: secrets ?? sandbox.signIn.account,
    settings,
    vault,
  });
}

export const readFull = (sandbox: NexudusSandbox, given: Given = {}) => readAll(nexudusAdapter.resources(contextOf(sandbox, given)));

/** What changed since the cursor. */
export function readSince(sandbox: NexudusSandbox, cursor: string | null, given: Given = {}) {
  if (nexudusAdapter.changes === undefined || cursor === null) throw new Error('nothing to go on from');
  return readAll(nexudusAdapter.changes(contextOf(sandbox, given), cursor));
}

/** The User of one coworker, read by itself. */
export async function readOne(sandbox: NexudusSandbox, coworkerId: number, given: Given = {}): Promise<SourceUser | undefined> {
  const users = await nexudusAdapter.one?.(contextOf(sandbox, given), String(coworkerId));
  return users?.[0];
}

/** What was thrown; fails when nothing was. */
export async function errorOf(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error('it went well');
  return outcome;
}
