import { PIN_COOLDOWN_DAYS } from '../../src/credentials/pin-rules.js';
import type { AccessChange, AccessPlan, Actual, Credential, Owner } from '../../src/domain/access.js';
import { type Instant, isValid, shift } from '../../src/domain/time.js';
import { DAY_MS } from './access-facts.js';

/**
 * What the database does with a plan, as a model: each change in its order, under the constraints that the tables have.
 * Throws where a real transaction would fail, so that a plan which cannot be applied fails its test.
 */
export function applyPlan(before: Actual, plan: AccessPlan, owner: Owner, now: Instant): Actual {
  let serial = 0;
  return plan.changes.reduce((actual, change) => {
    serial += 1;
    const after = applyChange(actual, change, owner, now, `new_${now}_${serial}`);
    refuseBrokenState(after, now);
    return after;
  }, before);
}

function applyChange(actual: Actual, change: AccessChange, owner: Owner, now: Instant, id: string): Actual {
  if (change.kind === 'member.create') {
    if (actual.member !== null) throw new Error('the member exists');
    const { name, emails, window } = change;
    return { ...actual, member: { id, name, emails, window, endedAt: null, deletedAt: null } };
  }
  const { member } = actual;
  if (member === null) throw new Error(`${change.kind} without a member`);
  switch (change.kind) {
    case 'member.update':
      return { ...actual, member: { ...member, ...change.after } };
    case 'member.end':
      if (member.endedAt !== null || member.deletedAt !== null) throw new Error('the member has ended already');
      return { ...actual, member: { ...member, endedAt: now } };
    case 'member.resume':
      if (member.endedAt === null && member.deletedAt === null) throw new Error('the member has not ended');
      return { ...actual, member: { ...member, endedAt: null, deletedAt: null } };
    case 'association.create':
    case 'association.update':
    case 'association.delete':
      return { ...actual, associations: applyAssociation(actual, change, owner, id) };
    default:
      return applyCredential(actual, change, owner, now, id);
  }
}

function applyAssociation(
  actual: Actual,
  change: Extract<AccessChange, { kind: `association.${string}` }>,
  owner: Owner,
  id: string,
): Actual['associations'] {
  const { memberGroupId } = change;
  if (change.kind === 'association.create') {
    if (actual.member?.endedAt !== null || actual.member.deletedAt !== null) throw new Error('an association for a member that has ended');
    return [...actual.associations, { id, managedBy: owner, memberGroupId, window: change.window }];
  }
  const row = ownRow(actual.associations, change.id, owner);
  if (row.memberGroupId !== memberGroupId) throw new Error('an association does not move between member groups');
  if (change.kind === 'association.delete') return actual.associations.filter((one) => one !== row);
  return actual.associations.map((one) => (one === row ? { ...row, window: change.window } : one));
}

type CredentialChange = Extract<AccessChange, { kind: `${'pin' | 'link' | 'card'}.${string}` }>;

function applyCredential(actual: Actual, change: CredentialChange, owner: Owner, now: Instant, id: string): Actual {
  const list = change.kind.startsWith('pin') ? 'pins' : change.kind.startsWith('link') ? 'links' : 'cards';
  const rows = actual[list];
  switch (change.kind) {
    case 'pin.revoke':
    case 'link.revoke':
    case 'card.revoke': {
      const row = ownRow(rows, change.id, owner);
      if (row.revokedAt !== null) throw new Error('revoked already');
      const coolingUntil = shift(now, PIN_COOLDOWN_DAYS * DAY_MS);
      return { ...actual, [list]: rows.map((one) => (one === row ? { ...row, revokedAt: now, coolingUntil } : one)) };
    }
    case 'pin.resume':
    case 'link.resume':
    case 'card.resume': {
      const row = ownRow(rows, change.id, owner);
      if (row.revokedAt === null || row.coolingUntil === null || row.coolingUntil <= now) throw new Error('nothing to bring back');
      return { ...actual, [list]: rows.map((one) => (one === row ? { ...row, revokedAt: null, coolingUntil: null } : one)) };
    }
    default:
      return {
        ...actual,
        [list]: [
          ...rows,
          { id, managedBy: owner, key: keyOf(change, id), revokedAt: null, coolingUntil: null, fromSource: change.kind === 'pin.set' },
        ],
      };
  }
}

function keyOf(change: CredentialChange, id: string): string {
  if (change.kind === 'pin.set') return change.hash;
  if (change.kind === 'card.create') return change.uid;
  return change.kind === 'pin.generate' ? `generated_${id}` : '';
}

function ownRow<Row extends { readonly id: string; readonly managedBy: Owner }>(rows: readonly Row[], id: string, owner: Owner): Row {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  if (row.managedBy !== owner) throw new Error(`row ${id} belongs to ${row.managedBy}`);
  return row;
}

/** Unique keys over live and cooling rows, and the check constraint on windows. */
function refuseBrokenState(actual: Actual, now: Instant): void {
  for (const rows of [actual.pins, actual.cards]) {
    const keys = rows.filter((row) => isHeld(row, now)).map((row) => row.key);
    if (new Set(keys).size !== keys.length) throw new Error('two rows with the same digits or card');
  }
  if (!actual.associations.every(({ window }) => isValid(window))) throw new Error('an association that ends before it starts');
}

function isHeld(row: Credential, now: Instant): boolean {
  return row.revokedAt === null || (row.coolingUntil !== null && row.coolingUntil > now);
}
