import type { AccessChange, ActualAssociation, Owner, WantedAssociation } from '../domain/access.js';
import { hasEnded, type Instant, sameWindow, type Window } from '../domain/time.js';
import { compareText, compareWindows } from '../domain/windows.js';

/**
 * Brings the owner's associations in line, one member group at a time: exact windows match first, what remains is
 * paired by start and updated, the rest is created or deleted.
 */
export function associationChanges(
  actual: readonly ActualAssociation[],
  wanted: readonly WantedAssociation[],
  owner: Owner,
  now: Instant,
): AccessChange[] {
  const own = ownSorted(actual, owner);
  const memberGroupIds = [...new Set([...own, ...wanted].map((association) => association.memberGroupId))].sort(compareText);
  return memberGroupIds.flatMap((memberGroupId) => {
    const has = own.filter((association) => association.memberGroupId === memberGroupId);
    const windows = wanted.filter((association) => association.memberGroupId === memberGroupId).map(({ window }) => window);
    return changesOfMemberGroup(memberGroupId, has, windows.sort(compareWindows), now);
  });
}

/** Deletes every association of the owner. */
export function endedAssociations(actual: readonly ActualAssociation[], owner: Owner, because: string): AccessChange[] {
  return ownSorted(actual, owner).map((association) => deletion(association, because));
}

function changesOfMemberGroup(
  memberGroupId: string,
  actual: readonly ActualAssociation[],
  wanted: readonly Window[],
  now: Instant,
): AccessChange[] {
  // Exact matches first: pairing by start alone would rewrite every later stay when the first of several ends.
  const missing = [...wanted];
  const left = actual.filter((association) => {
    const index = missing.findIndex((window) => sameWindow(window, association.window));
    if (index >= 0) missing.splice(index, 1);
    return index < 0;
  });

  const changes: AccessChange[] = [];
  for (const [index, window] of missing.entries()) {
    const association = left[index];
    if (association === undefined) {
      changes.push({
        kind: 'association.create',
        because: 'the User is in a Group that is mapped to this member group',
        memberGroupId,
        window,
      });
    } else {
      const { id, window: before } = association;
      changes.push({ kind: 'association.update', because: 'validity changed', id, memberGroupId, before, window });
    }
  }
  for (const association of left.slice(missing.length)) changes.push(deletion(association, whyGone(association, wanted, now)));
  return changes;
}

function whyGone({ window }: ActualAssociation, wanted: readonly Window[], now: Instant): string {
  if (hasEnded(window, now)) return 'its window has ended';
  return wanted.length > 0 ? 'validity changed' : 'no mapped Group gives this any more';
}

function deletion({ id, memberGroupId, window }: ActualAssociation, because: string): AccessChange {
  return { kind: 'association.delete', because, id, memberGroupId, window };
}

/** By member group, window and id, so that the order of the rows decides nothing. */
function ownSorted(actual: readonly ActualAssociation[], owner: Owner): ActualAssociation[] {
  return actual
    .filter((association) => association.managedBy === owner)
    .sort((a, b) => compareText(a.memberGroupId, b.memberGroupId) || compareWindows(a.window, b.window) || compareText(a.id, b.id));
}
