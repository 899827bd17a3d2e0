import type { PullParts } from './pull.js';
import type { Sources } from './source.js';

/** What running pulls needs beside storing what they bring. */
export interface EngineParts extends PullParts {
  readonly sources: Sources;
  /** In [0, 1): so that many that failed together do not come back together. */
  readonly random: () => number;
  /** Who this process is, in words for a person: `process 4711 on host-a`. */
  readonly holder: string;
  /** Reconciles whom a transaction was too small for; a run ends when that is done. */
  readonly drain: () => Promise<unknown>;
}
