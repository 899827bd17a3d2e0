import { createHash } from 'node:crypto';
import type { Tx } from '../db/database.js';
import type { Actual } from '../domain/access.js';
import type { ChangeContext } from '../domain/events.js';
import { DEFAULT_SETTINGS, type Integration, KINDS_WITH_WRITE_BACK } from '../domain/integration.js';
import { compareText } from '../domain/windows.js';
import { enqueue } from '../outbox/enqueue.js';
import { type CredentialStores, memberOf, readActual } from './facts.js';
import type { Subject } from './subject.js';

export const WRITE_BACK = 'write_back';

/** What of a member its source is told, and by which settings, as one short text: another text, something to write. */
export function writtenForm({ settings }: Integration, externalId: string, { member, pins, links }: Actual): string {
  const live = [...pins, ...links].filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id);
  // What is written, and where to, only settings of the kind itself say.
  const own = Object.entries(settings)
    .filter(([name]) => !(name in DEFAULT_SETTINGS))
    .sort(([a], [b]) => compareText(a, b));
  const parts = [externalId, member?.window.startsAt ?? null, member?.window.endsAt ?? null, own, ...live];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/**
 * Leaves a message when the source of a User does not have what its member was given: level-based, so that a change of
 * the external id, of the window or of a setting counts as much as a new PIN. The message says only whom it is about;
 * what there is to write is looked up when it is sent. No member and nothing written: nothing to say.
 */
export async function requestWriteBack(tx: Tx, context: ChangeContext, stores: CredentialStores, subject: Subject): Promise<void> {
  const { integration, row } = subject;
  if (row === null || row.external_id === null || row.source_key === null) return;
  if (!KINDS_WITH_WRITE_BACK.includes(integration.kind) || !integration.settings.enabled) return;
  const member = await memberOf(tx, subject);
  if (member === null || member.endedAt !== null || member.deletedAt !== null) return;
  const actual = await readActual(tx, stores, member);
  if (writtenForm(integration, row.external_id, actual) === row.written_back) return;
  await enqueue(tx, {
    ...{ destination: `${WRITE_BACK}:${integration.id}`, kind: WRITE_BACK, payload: { userId: row.id }, dedupeKey: row.id },
    ...{ integrationId: integration.id, now: context.now },
  });
}
