import type { Clock } from '../db/clock.js';
import type { Database, Reader, Tx } from '../db/database.js';
import type { SourcePinVault } from '../directory/context.js';
import type { Actor, ChangeContext } from '../domain/events.js';
import type { Logger } from '../domain/logger.js';
import type { StoredIntegration } from '../integrations/integration-rows.js';
import type { CredentialStores } from '../reconcile/facts.js';
import type { SourceModel } from './model.js';

/** What storing what a source says needs, whichever integration it is about. */
export interface PullParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: CredentialStores;
  readonly pins: SourcePinVault;
  readonly model: SourceModel;
  /** Has the worker take the Users for whom a transaction was too small. */
  readonly wake: () => void;
}

/**
 * How one pull reads and writes. A durable one writes in transactions that first make sure that the pull may still write;
 * a dry one does all of it in a single transaction that is rolled back in the end.
 */
export interface Pull {
  readonly integration: StoredIntegration;
  readonly reader: Reader;
  write<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

/** The integration itself does it: what the audit log says of everything that a source brings about. */
export function actorOf({ id, name }: Pick<StoredIntegration, 'id' | 'name'>): Actor {
  return { type: 'integration', id, name };
}

export function changeContext({ clock }: Pick<PullParts, 'clock'>, integration: StoredIntegration): ChangeContext {
  return { actor: actorOf(integration), now: clock.now() };
}

/** What a run did to somebody's access, in the words of the plan. */
export interface RunChange {
  readonly userId: string;
  readonly name: string;
  readonly change: string;
  readonly because: string;
}

/** What storing some resources led to; counts are of Users. */
export interface PullOutcome {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Of all of them, those without a member. */
  readonly skipped: number;
  /** Row numbers of what the source has. */
  readonly userSeqs: readonly number[];
  readonly groupSeqs: readonly number[];
  readonly changes: readonly RunChange[];
  /** Members that a Group does not list any more. Applied at the end of a complete read: it is absence. */
  readonly left: readonly { readonly groupId: string; readonly userId: string }[];
}

export const NOTHING_PULLED: PullOutcome = {
  ...{ created: 0, changed: 0, unchanged: 0, skipped: 0 },
  ...{ userSeqs: [], groupSeqs: [], changes: [], left: [] },
};

export function together(one: PullOutcome, other: PullOutcome): PullOutcome {
  return {
    created: one.created + other.created,
    changed: one.changed + other.changed,
    unchanged: one.unchanged + other.unchanged,
    skipped: one.skipped + other.skipped,
    userSeqs: [...one.userSeqs, ...other.userSeqs],
    groupSeqs: [...one.groupSeqs, ...other.groupSeqs],
    changes: [...one.changes, ...other.changes],
    left: [...one.left, ...other.left],
  };
}
