import type { Client } from './client.js';
import type { Feature } from './facts.js';
import type { World } from './world.js';

export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** The number of an RFC and of a section in it. */
export type Section = `${7643 | 7644 | 7235 | 6750 | 9110 | 9865} ${string}`;

export interface Check {
  /** Unique: the area, a dot, and what is looked at. */
  readonly id: string;
  readonly section: Section;
  /** What holds when the check passes. */
  readonly title: string;
  readonly level: Level;
  /** Every one of them must be offered, or the check is skipped. */
  readonly feature?: Feature | readonly Feature[];
  /** Throws `Unmet` when the requirement is not met, and `NotOffered` when there is nothing to look at. */
  readonly run: (client: Client, world: World) => Promise<void>;
}
