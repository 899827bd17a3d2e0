import type { StoredMember } from '../access/member-rows.js';
import { attachToUser, followExternalId } from '../access/member-store.js';
import type { Reader, Tx } from '../db/database.js';
import type { AccessPlan } from '../domain/access.js';
import type { ChangeContext } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { apply } from './apply.js';
import { desired } from './desired.js';
import { type CredentialStores, lockMemberOf, type MappingOverride, memberOf, readActual, readFacts } from './facts.js';
import { type Policy, stated } from './guard.js';
import { plan } from './plan.js';
import { requestWriteBack } from './write-back.js';
import { lockSubject, readSubject, recordOutcome, type Subject } from './subject.js';

/**
 * Brings one User's access in line with what its source wants: read the actual, work out the desired, plan the
 * difference, apply it. Level-based: safe to call at any time, any number of times. null: there is nobody.
 */
export async function reconcileUser(
  tx: Tx,
  context: ChangeContext,
  stores: CredentialStores,
  userId: string,
  policy: Policy = stated,
): Promise<AccessPlan | null> {
  const subject = await lockSubject(tx, userId);
  if (subject === null) return null;
  const stored = await ownMember(tx, subject);
  let accessPlan = policy(await planFor(tx, stores, subject, stored, context.now));
  if ((await apply(tx, context, stores, subject, stored, accessPlan)) === 'pin_taken') {
    // Another member took the digits between the look and the insert; this time the look finds them taken.
    const now = await ownMember(tx, subject);
    accessPlan = policy(await planFor(tx, stores, subject, now, context.now));
    await apply(tx, context, stores, subject, now, accessPlan);
  }
  if (subject.row !== null) {
    await recordOutcome(tx, subject.row, accessPlan.outcome, accessPlan.nextAt);
    await requestWriteBack(tx, context, stores, subject);
  }
  return accessPlan;
}

/** What `reconcileUser` would do, optionally under another mapping. Reads only. */
export async function previewUser(
  reader: Reader,
  now: Instant,
  stores: CredentialStores,
  userId: string,
  override?: MappingOverride,
): Promise<AccessPlan | null> {
  const subject = await readSubject(reader, userId);
  return subject === null ? null : planFor(reader, stores, subject, await memberOf(reader, subject), now, override);
}

async function planFor(
  reader: Reader,
  stores: CredentialStores,
  subject: Subject,
  member: StoredMember | null,
  now: Instant,
  override?: MappingOverride,
): Promise<AccessPlan> {
  const actual = await readActual(reader, stores, member);
  const facts = await readFacts(reader, stores, subject, member?.id ?? null, now, override);
  return plan({ desired: desired(facts, now), actual, owner: subject.integration.id, now });
}

/** The member, tied to the User that it now stands for. */
async function ownMember(tx: Tx, subject: Subject): Promise<StoredMember | null> {
  const member = await lockMemberOf(tx, subject);
  if (member === null || subject.row === null) return member;
  if (member.userId !== subject.userId) await attachToUser(tx, member.id, subject.userId);
  if (member.externalId !== subject.row.external_id) await followExternalId(tx, member.id, subject.row.external_id);
  return member;
}
