import type { Tx } from '../db/database.js';
import { Conflict, DatabaseUnavailable, LatchkeyError, NotFound } from '../errors.js';
import { openAlert } from '../events/alert-store.js';
import type { StoredIntegration } from '../integrations/integration-rows.js';
import { getLocked, setAttention } from '../integrations/integration-store.js';
import type { EngineParts } from './engine-parts.js';
import { failureOf } from './failure.js';
import { changeContext } from './pull.js';
import { retryAt, saveEnd, syncState } from './state-store.js';

const BEGINNING = 'It cannot be opened: ';

/** An integration is there and cannot be made use of: its secrets cannot be read, or its settings do not fit its kind any more. */
export class CannotBeOpened extends Conflict {
  constructor(cause: unknown) {
    super(`${BEGINNING}${failureOf(cause)}`, { cause });
  }
}

/** `error` as it is to be told: that it cannot be opened is not what a deleted or disabled one, SCIM, or a database that is away says. */
export function openingFailure(error: unknown, { kind }: Pick<StoredIntegration, 'kind'>): unknown {
  const isElse = error instanceof Conflict || error instanceof NotFound || error instanceof DatabaseUnavailable;
  return isElse || (kind === 'scim' && error instanceof LatchkeyError) ? error : new CannotBeOpened(error);
}

/** Like a run that has failed: tried again later and later, said aloud until it works, and nobody's access changes. */
export async function recordUnopened(tx: Tx, parts: EngineParts, integrationId: string, error: CannotBeOpened): Promise<void> {
  const integration = await getLocked(tx, integrationId);
  const { dueAt, failures } = await syncState(tx, integrationId);
  if (dueAt === null || !integration.settings.enabled) return;
  const context = changeContext(parts, integration);
  const { now } = context;
  const next = retryAt(now, failures + 1, integration.settings.intervalMinutes, parts.random);
  await saveEnd(tx, integrationId, { now, dueAt: next, failures: failures + 1 });
  await setAttention(tx, context, integrationId, error.publicMessage);
  const message = `${integration.name} could not be read. ${error.publicMessage}`;
  await openAlert(tx, context, { type: 'integration_failing', subjectKey: integrationId, integrationId, message });
}

/** It can be opened again: that reason for attention is over, whatever its run comes to. */
export async function clearUnopened(tx: Tx, parts: EngineParts, integration: StoredIntegration): Promise<void> {
  if (integration.stateReason?.startsWith(BEGINNING) !== true) return;
  await setAttention(tx, changeContext(parts, integration), integration.id, null);
}
