import type { WriteBack } from '../adapters/adapter.js';
import { Throttled, UpstreamContract, UpstreamError, UpstreamRefused } from '../adapters/upstream-errors.js';
import type { Database, Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { DeliveryResult, OutboxHandler } from '../outbox/message.js';
import { type CredentialStores, memberOf, readActual } from '../reconcile/facts.js';
import { readSubject } from '../reconcile/subject.js';
import { writtenForm } from '../reconcile/write-back.js';
import { failureOf } from './failure.js';
import type { Sources } from './source.js';

const setWritten = statement<{ id: string; written: string }>('writeBack.set', (sql, p) =>
  sql('users').where('id', p.id).update({ written_back: p.written }),
);

interface WriteBackParts {
  readonly db: Database;
  readonly stores: CredentialStores;
  readonly sources: Sources;
}

interface Wanted {
  readonly integrationId: string;
  readonly message: WriteBack;
  readonly written: string;
}

/** Sends what a User's source should know of its member: what is true now, whatever was when the message was left. */
export function writeBackHandler({ db, stores, sources }: WriteBackParts): OutboxHandler {
  return async ({ id, payload }, signal): Promise<DeliveryResult> => {
    const userId = String(payload['userId']);
    const wanted = await readWanted(db.read, stores, userId);
    if (wanted === null) return { kind: 'delivered', note: 'nothing to write any more' };
    try {
      const { adapter, context, integration } = await sources.open(wanted.integrationId, signal);
      if (!integration.settings.enabled) return { kind: 'delivered', note: 'not written: the integration is disabled' };
      const wants = adapter.writeBack !== undefined && (adapter.wantsWriteBack?.(context.settings, wanted.message) ?? true);
      if (wants) await adapter.writeBack?.(context, wanted.message, id);
      await db.transaction((tx) => tx.run(setWritten, { id: userId, written: wanted.written }));
      return { kind: 'delivered', note: wants ? 'written and read back' : 'nothing to write under these settings' };
    } catch (error) {
      if (error instanceof Throttled) return { kind: 'retry', at: error.retryAt, reason: failureOf(error) };
      if (error instanceof UpstreamRefused || error instanceof UpstreamContract) return { kind: 'dead', reason: failureOf(error) };
      // An outage of somebody else, and said as such: no error of ours.
      if (error instanceof UpstreamError) return { kind: 'retry', reason: failureOf(error) };
      throw error;
    }
  };
}

/** null: nobody, or nobody who may enter. */
async function readWanted(reader: Reader, stores: CredentialStores, userId: string): Promise<Wanted | null> {
  const subject = await readSubject(reader, userId);
  if (subject?.row?.external_id == null || subject.row.source_key === null) return null;
  const member = await memberOf(reader, subject);
  if (member === null || member.endedAt !== null || member.deletedAt !== null) return null;
  const actual = await readActual(reader, stores, member);
  const written = writtenForm(subject.integration, subject.row.external_id, actual);
  if (written === subject.row.written_back) return null;
  const pin = actual.pins.find(({ revokedAt }) => revokedAt === null);
  const link = actual.links.find(({ revokedAt }) => revokedAt === null);
  return {
    integrationId: subject.integration.id,
    written,
    message: {
      externalId: subject.row.external_id,
      sourceKey: subject.row.source_key,
      pin: pin === undefined ? null : await stores.pins.digitsFor(reader, member.id, pin.id),
      magicLink: link === undefined ? null : await stores.links.urlFor(reader, member.id, link.id),
      window: member.window,
    },
  };
}
