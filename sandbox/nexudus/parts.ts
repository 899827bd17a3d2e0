import type { SandboxServer } from '../kernel/server.js';
import type { ListSwitches } from './lists.js';
import type { EntityName } from './records.js';
import type { SignIn } from './sign-in.js';
import type { Space } from './space.js';
import type { Tables } from './tables.js';
import type { Throttle } from './throttle.js';

/** What the routes of the simulated Nexudus work on. */
export interface NexudusParts {
  readonly server: SandboxServer;
  readonly space: Space;
  readonly signIn: SignIn;
  readonly throttle: Throttle;
  readonly lists: ListSwitches;
  readonly tables: Tables;
  seed(count: number): unknown;
  pageServed(name: EntityName, page: number): void;
}
