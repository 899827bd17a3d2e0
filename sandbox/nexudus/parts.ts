import type { SandboxServer } from '../kernel/server.js';
import type { ListSwitches } from './lists.js';
import type { EntityName } from './records.js';
import type { SignIn } from './sign-in.js';
import type { Space } from './space.js';

/** What routes work with. */
export interface Parts {
  readonly server: SandboxServer;
  readonly space: Space;
  readonly signIn: SignIn;
  readonly lists: ListSwitches;
  /** A page of a list was sent. */
  pageServed(name: EntityName, page: number): void;
}
