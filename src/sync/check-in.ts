import { Throttled, UpstreamContract, UpstreamRefused } from '../adapters/upstream-errors.js';
import type { Database } from '../db/database.js';
import type { DeliveryResult, OutboxHandler } from '../outbox/message.js';
import { readSubject } from '../reconcile/subject.js';
import { failureOf } from './failure.js';
import type { Sources } from './source.js';

const NOTES = {
  made: 'checked in',
  already: 'somebody had checked them in that day',
  off: 'not checked in: the setting is off',
  gone: 'not checked in: the source knows nobody of this id any more',
} as const;

/** Tells a source of the first opening of a day. A check-in may cost money: the adapter looks whether there is one before it makes one. */
export function checkInHandler({ db, sources }: { readonly db: Database; readonly sources: Sources }): OutboxHandler {
  return async ({ payload }, signal): Promise<DeliveryResult> => {
    const subject = await readSubject(db.read, String(payload['userId']));
    const externalId = subject?.row?.external_id ?? null;
    if (subject === null || externalId === null) return { kind: 'delivered', note: 'the User is gone' };
    try {
      const { adapter, context, integration } = await sources.open(subject.integration.id, signal);
      if (!integration.settings.enabled) return { kind: 'delivered', note: 'not checked in: the integration is disabled' };
      if (adapter.checkIn === undefined) return { kind: 'delivered', note: 'this kind of source knows no check-in' };
      const outcome = await adapter.checkIn(context, externalId, String(payload['at']), String(payload['zone']));
      if (outcome.kind === 'refused') return { kind: 'dead', reason: outcome.reason };
      return { kind: 'delivered', note: NOTES[outcome.kind] };
    } catch (error) {
      if (error instanceof Throttled) return { kind: 'retry', at: error.retryAt, reason: failureOf(error) };
      if (error instanceof UpstreamRefused || error instanceof UpstreamContract) return { kind: 'dead', reason: failureOf(error) };
      throw error;
    }
  };
}
