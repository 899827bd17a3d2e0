import type { Clock } from '../db/clock.js';
import type { Tx } from '../db/database.js';
import { holdLease, type Lease } from '../db/leases.js';
import { statement } from '../db/statement.js';
import { holdRules } from '../db/turns.js';
import { Conflict } from '../errors.js';
import type { StoredIntegration } from '../integrations/integration-rows.js';

/** The integration was disabled, changed or deleted since the pull began: what was read by its old settings is thrown away. */
export class IntegrationChanged extends Conflict {
  constructor() {
    super('The integration was changed while it was being read; what was read before that is not used.');
  }
}

/**
 * A pull that has not been heard of for so long has lost its turn; it is heard of four times as often. How long a restart
 * after a crash may have to wait: whoever was only held up notices by the fence and writes nothing more.
 */
export const LEASE_MS = 20_000;

const epochOf = statement<{ id: string }, { epoch: number }>('sync.epoch', (sql, p) =>
  sql('integrations').where('id', p.id).select('epoch'),
);

export function leaseName(integrationId: string): string {
  return `sync ${integrationId}`;
}

/**
 * First in every transaction of a pull: this process still has its turn, and the integration is as it was when the pull
 * began. It stays so until the transaction ends. Errors: `LeaseLost`, `IntegrationChanged`.
 */
export async function fence(tx: Tx, clock: Clock, { id, epoch }: Pick<StoredIntegration, 'id' | 'epoch'>, lease: Lease): Promise<void> {
  await holdRules(tx, id);
  await holdLease(tx, clock, lease, LEASE_MS);
  if ((await tx.first(epochOf, { id }))?.epoch !== epoch) throw new IntegrationChanged();
}
