import { createAssociation, deleteAssociation, updateAssociation } from '../access/association-store.js';
import type { StoredMember } from '../access/member-rows.js';
import { createMember, endMember, resumeMember, updateMember } from '../access/member-store.js';
import type { Tx } from '../db/database.js';
import type { AccessChange, AccessPlan } from '../domain/access.js';
import type { ChangeContext } from '../domain/events.js';
import type { CredentialStores } from './facts.js';
import type { Subject } from './subject.js';

/** The digits that the plan wanted went to somebody else since they were looked at: read again and plan again. */
export type ApplyResult = 'applied' | 'pin_taken';

interface Target {
  readonly tx: Tx;
  readonly context: ChangeContext;
  readonly stores: CredentialStores;
  readonly subject: Subject;
  readonly member: { readonly id: string; readonly name: string; readonly integrationId: string };
}

/** Carries out a plan, change by change in its order, in one transaction with the events. */
export async function apply(
  tx: Tx,
  context: ChangeContext,
  stores: CredentialStores,
  subject: Subject,
  stored: StoredMember | null,
  plan: AccessPlan,
): Promise<ApplyResult> {
  let id = stored?.id ?? null;
  let name = stored?.name ?? '';
  for (const change of plan.changes) {
    if (change.kind === 'member.create') {
      name = change.name;
      id = await createMember(tx, context, {
        integrationId: subject.integration.id,
        userId: subject.userId,
        externalId: subject.row?.external_id ?? null,
        name,
        emails: change.emails,
        window: change.window,
        because: change.because,
      });
      continue;
    }
    if (id === null) throw new Error(`the plan says ${change.kind} before there is a member`);
    if (change.kind === 'member.update') name = change.after.name;
    const member = { id, name, integrationId: subject.integration.id };
    if ((await applyChange({ tx, context, stores, subject, member }, change)) === 'pin_taken') return 'pin_taken';
  }
  return 'applied';
}

type Change = Exclude<AccessChange, { kind: 'member.create' }>;

async function applyChange(target: Target, change: Change): Promise<ApplyResult> {
  const { tx, context, stores, member } = target;
  const { because } = change;
  const managedBy = target.subject.integration.id;
  const forMember = { member, managedBy, because };
  switch (change.kind) {
    case 'member.update':
      await updateMember(tx, context, member.id, change.before, change.after, because);
      break;
    case 'member.end':
      await endMember(tx, context, member.id, because);
      break;
    case 'member.resume':
      await resumeMember(tx, context, member.id, because);
      break;
    case 'association.create':
      await createAssociation(tx, context, {
        memberId: member.id,
        memberGroupId: change.memberGroupId,
        window: change.window,
        managedBy,
        because,
      });
      break;
    case 'association.update':
      await updateAssociation(tx, context, { id: change.id, window: change.window, managedBy, because });
      break;
    case 'association.delete':
      await deleteAssociation(tx, context, { id: change.id, managedBy, because });
      break;
    case 'pin.generate':
      await stores.pins.generatePin(tx, context, forMember);
      break;
    case 'pin.set':
      return setSourcePin(target, because);
    case 'pin.resume':
      await stores.pins.resumePin(tx, context, { ...forMember, id: change.id });
      break;
    case 'pin.revoke':
      await stores.pins.revokePin(tx, context, { ...forMember, id: change.id });
      break;
    case 'link.create':
      await stores.links.createLink(tx, context, forMember);
      break;
    case 'link.resume':
      await stores.links.resumeLink(tx, context, { ...forMember, id: change.id });
      break;
    case 'link.revoke':
      await stores.links.revokeLink(tx, context, { ...forMember, id: change.id });
      break;
    case 'card.create':
      await stores.cards.createCard(tx, context, { ...forMember, uid: change.uid });
      break;
    case 'card.resume':
      await stores.cards.resumeCard(tx, context, { ...forMember, id: change.id });
      break;
    case 'card.revoke':
      await stores.cards.revokeCard(tx, context, { ...forMember, id: change.id });
      break;
  }
  return 'applied';
}

async function setSourcePin({ tx, context, stores, subject, member }: Target, because: string): Promise<ApplyResult> {
  const { row } = subject;
  if (row?.pin_hash == null || row.pin_sealed === null) throw new Error('the plan wants a source PIN that the User does not have');
  const set = await stores.pins.setSealedPin(tx, context, {
    member,
    managedBy: subject.integration.id,
    because,
    hash: row.pin_hash,
    sealed: row.pin_sealed,
    sealedFor: { table: 'users', rowId: row.id },
  });
  return set === 'set' ? 'applied' : 'pin_taken';
}
