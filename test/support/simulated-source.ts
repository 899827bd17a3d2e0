import type { SandboxServer } from '../../sandbox/kernel/server.js';
import type { PulledKind } from '../../src/adapters/adapter.js';
import type { JsonObject } from '../../src/domain/scim.js';

/** A simulated system that an integration can be connected to. */
export interface SimulatedSource {
  readonly kind: PulledKind;
  /** Its clock goes with that of the world that it is connected to. */
  readonly server: SandboxServer;
  /** What an admin gives to connect it. */
  readonly config: JsonObject;
  readonly secrets: JsonObject;
  readonly settings: JsonObject;
  /** Sends the webhooks that wait, each once; how they are answered is the sender's affair. */
  deliver(): Promise<void>;
  stop(): Promise<void>;
}

/** A webhook as it came. */
export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One whose people all have access by one resource, and that can have every trouble that a source can have. */
export interface TroubledSource extends SimulatedSource {
  /** Name of the resource that everybody is in. */
  readonly resource: string;
  /** People who have access beside those who are invited, from the start. */
  readonly others: number;
  /** So many people fill three pages. */
  readonly manyPages: number;
  /** Part of the `METHOD path` of every request for a page of people. */
  readonly list: string;
  /** The same of the third page alone. */
  readonly thirdPage: string;
  /** So many more people with access from now on; @returns their ids at the source */
  invite(count: number): readonly string[];
  /** The source says in so many words that somebody has no access any more. */
  revoke(externalId: string): void;
  /** Gone from every answer, without a word. */
  lose(externalId: string): void;
  /** It cannot be read (yet) until the function that is returned is called. */
  conceal(externalId: string): () => void;
  /** Sends a webhook about somebody of whom nothing changes. */
  touch(externalId: string): void;
  /** The webhooks of the work go out the last first. */
  reorder(work: () => void): Promise<void>;
  /** The same message as nobody but a forger could send it. */
  forge(message: ReceivedWebhook): ReceivedWebhook;
  /** The list of people is empty, with 200. */
  hide(hidden: boolean): void;
  /** Nobody gets in with the credentials that were good before. */
  refuse(refused: boolean): void;
}

/** How many requests of each method came while the work went on, but those for tokens. */
export async function requestsDuring(
  source: Pick<SimulatedSource, 'server'>,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const { seen } = source.server;
  const before = seen.length;
  await work();
  const counts: Record<string, number> = {};
  for (const { method, path } of seen.slice(before)) {
    if (!path.includes('token')) counts[method] = (counts[method] ?? 0) + 1;
  }
  return counts;
}
