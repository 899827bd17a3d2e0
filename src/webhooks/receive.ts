import type { PullHint, WebhookRequest } from '../adapters/adapter.js';
import { UpstreamError } from '../adapters/upstream-errors.js';
import type { Clock } from '../db/clock.js';
import type { Database, Tx } from '../db/database.js';
import { holdRules } from '../db/turns.js';
import type { Logger } from '../domain/logger.js';
import { NotFound } from '../errors.js';
import { getIntegration } from '../integrations/integration-store.js';
import { EVERY_CHANGE, hint } from '../integrations/pull-hint-store.js';
import { noteMessage } from '../integrations/webhook-receipt-store.js';
import type { AnyAdapter, Source } from '../sync/source.js';

/** More entities than this in one message, and everything that changed is asked for instead. */
const HINTS_MAX = 200;
const KEY_MAX = 500;

export interface ReceiveParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Something is due that was not before. */
  readonly wake: () => void;
}

/**
 * A webhook is a hint that something changed: it is verified, and what to look at anew is stored, both in one transaction
 * with the id of the message. Nothing that it says is believed. Returns whether it was genuine.
 * Errors: `NotFound` when the integration was disabled or deleted meanwhile, `DatabaseUnavailable`, those of adapters.
 */
export async function receive(parts: ReceiveParts, source: Source, request: WebhookRequest): Promise<boolean> {
  const { db, clock, logger, wake } = parts;
  const { adapter, context } = source;
  const { id } = source.integration;
  const webhook = webhookOf(adapter);
  const verdict = await webhook.verify(request, context);
  if (verdict.kind === 'refused') {
    logger.info('a webhook was refused', { integrationId: id, reason: verdict.reason });
    return false;
  }
  const keys = sourceKeys(webhook, request, logger, id);
  await db.transaction(async (tx) => {
    await holdEnabled(tx, id);
    const now = clock.now();
    if (verdict.messageId !== null && !(await noteMessage(tx, id, verdict.messageId, now))) return;
    if (keys.length === 0) return;
    await hint(tx, id, keys, now);
    tx.afterCommit(wake);
  });
  return true;
}

/** Until the transaction ends, nobody disables or deletes the integration. Errors: `NotFound`. */
async function holdEnabled(tx: Tx, id: string): Promise<void> {
  await holdRules(tx, id);
  if (!(await getIntegration(tx, id)).settings.enabled) throw new NotFound('There is no such integration.');
}

function webhookOf({ webhook }: AnyAdapter): NonNullable<AnyAdapter['webhook']> {
  if (webhook === undefined) throw new NotFound('This source sends no webhooks.');
  return webhook;
}

function sourceKeys(
  webhook: NonNullable<AnyAdapter['webhook']>,
  request: WebhookRequest,
  logger: Logger,
  integrationId: string,
): readonly string[] {
  try {
    const keys = webhook.hints(request).map(keyOf);
    return keys.length > HINTS_MAX ? [EVERY_CHANGE] : keys;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    // Genuine, and not understood: then anything may have changed.
    logger.warn('a webhook was not understood', { integrationId, error });
    return [EVERY_CHANGE];
  }
}

function keyOf(one: PullHint): string {
  const usable = one.kind === 'entity' && one.sourceKey.length <= KEY_MAX && !one.sourceKey.includes('\u0000');
  return usable ? one.sourceKey : EVERY_CHANGE;
}
