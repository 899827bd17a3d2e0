import type { AccessChange, Credential, Desired, Owner } from '../domain/access.js';
import type { Instant } from '../domain/time.js';
import { compareText } from '../domain/windows.js';

export interface CredentialPlan {
  readonly changes: readonly AccessChange[];
  /**
   * Set while the wanted digits or card cannot be given: somebody else's row of this very member holds them and is
   * cooling down, say because an admin took them away by hand. Not ours to bring back, and unique until then.
   */
  readonly blockedUntil: Instant | null;
}

type MemberDesired = Extract<Desired, { kind: 'member' }>;
type Kind = 'pin' | 'link' | 'card';

/**
 * `any` is satisfied by whatever is there: what the guest already has never changes. But for digits that the source
 * chose and now no longer sends: it has taken them away.
 */
type Wanted = 'any' | { readonly key: string };

interface Steps {
  readonly give: 'nothing' | 'new' | { readonly resume: string };
  readonly revoke: readonly Credential[];
  readonly blockedUntil: Instant | null;
}

export function pinChanges(rows: readonly Credential[], pin: MemberDesired['pin'], owner: Owner, now: Instant): CredentialPlan {
  if (pin === 'none') return unwanted('pin', rows, owner);
  if (pin === 'generate') {
    return wanted('pin', rows, 'any', owner, now, { kind: 'pin.generate', because: 'the integration gives its members a PIN' });
  }
  const { hash } = pin;
  return wanted('pin', rows, { key: hash }, owner, now, { kind: 'pin.set', because: 'the source chose this PIN', hash });
}

export function linkChanges(rows: readonly Credential[], magicLink: boolean, owner: Owner, now: Instant): CredentialPlan {
  if (!magicLink) return unwanted('link', rows, owner);
  return wanted('link', rows, 'any', owner, now, { kind: 'link.create', because: 'the integration gives its members a Magic Link' });
}

export function cardChanges(rows: readonly Credential[], uid: string | null, owner: Owner, now: Instant): CredentialPlan {
  if (uid === null) return unwanted('card', rows, owner);
  return wanted('card', rows, { key: uid }, owner, now, { kind: 'card.create', because: 'the source gives this card', uid });
}

/** Revokes every live row of the owner. */
export function revokeAll(kind: `${Kind}.revoke`, rows: readonly Credential[], owner: Owner, because: string): AccessChange[] {
  return liveOf(ownSorted(rows, owner)).map(({ id }) => ({ kind, because, id }));
}

function unwanted(kind: Kind, rows: readonly Credential[], owner: Owner): CredentialPlan {
  return { changes: revokeAll(`${kind}.revoke`, rows, owner, 'no longer wanted'), blockedUntil: null };
}

function wanted(kind: Kind, rows: readonly Credential[], what: Wanted, owner: Owner, now: Instant, made: AccessChange): CredentialPlan {
  const { give, revoke, blockedUntil } = stepsFor(rows, what, owner, now);
  const changes: AccessChange[] = [];
  if (give === 'new') changes.push(made);
  else if (give !== 'nothing')
    changes.push({ kind: `${kind}.resume`, because: 'back within the cool-down: the one already handed out works again', id: give.resume });
  for (const { id, fromSource } of revoke) changes.push({ kind: `${kind}.revoke`, because: reasonToRevoke(what, fromSource), id });
  return { changes, blockedUntil };
}

function reasonToRevoke(what: Wanted, fromSource: boolean): string {
  if (what !== 'any') return 'the source gives another one';
  return fromSource ? 'the source no longer gives this PIN' : 'one is enough';
}

function stepsFor(rows: readonly Credential[], what: Wanted, owner: Owner, now: Instant): Steps {
  const fits = (row: Credential) => (what === 'any' ? !row.fromSource : row.key === what.key);
  const own = ownSorted(rows, owner);
  const live = liveOf(own);
  const kept = live.find(fits);
  const revoke = live.filter((row) => row !== kept);
  if (kept !== undefined) return { give: 'nothing', revoke, blockedUntil: null };

  if (what !== 'any') {
    const foreign = rows.filter((row) => row.managedBy !== owner && fits(row));
    if (liveOf(foreign).length > 0) return { give: 'nothing', revoke, blockedUntil: null };
    const blockedUntil = coolingAt(foreign, now)
      .map((row) => row.coolingUntil)
      .sort(compareText)
      .at(-1);
    if (blockedUntil !== undefined) return { give: 'nothing', revoke, blockedUntil };
  }
  const back = latestRevoked(coolingAt(own, now).filter(fits));
  return { give: back === undefined ? 'new' : { resume: back.id }, revoke, blockedUntil: null };
}

type Cooling = Credential & { readonly revokedAt: Instant; readonly coolingUntil: Instant };

function coolingAt(rows: readonly Credential[], now: Instant): Cooling[] {
  return rows.filter((row): row is Cooling => row.revokedAt !== null && row.coolingUntil !== null && row.coolingUntil > now);
}

function latestRevoked(rows: readonly Cooling[]): Cooling | undefined {
  return [...rows].sort((a, b) => compareText(b.revokedAt, a.revokedAt) || compareText(a.id, b.id))[0];
}

function liveOf(rows: readonly Credential[]): Credential[] {
  return rows.filter((row) => row.revokedAt === null);
}

function ownSorted(rows: readonly Credential[], owner: Owner): Credential[] {
  return rows.filter((row) => row.managedBy === owner).sort((a, b) => compareText(a.id, b.id));
}
