import type { NexudusBookable } from '../../domain/generated/upstream/nexudus/bookable.js';
import type { NexudusBusiness } from '../../domain/generated/upstream/nexudus/business.js';
import type { NexudusCoworker } from '../../domain/generated/upstream/nexudus/coworker.js';
import type { NexudusCoworkerRow } from '../../domain/generated/upstream/nexudus/coworker-row.js';
import type { JsonObject } from '../../domain/scim.js';
import { OPEN_WINDOW } from '../../domain/time.js';
import type { SourceGroup, SourceUser } from '../adapter.js';
import type { BookableKind } from './entities.js';
import { type Access, groupIdOf, type Holdings } from './holdings.js';
import { idOf } from './values.js';

const PIN = /^[0-9]{4,20}$/;
const KIND_WORDS: Readonly<Record<BookableKind, string>> = {
  tariff: 'Tariff',
  time_pass: 'Time pass',
  desk: 'Desk',
  resource: 'Resource',
};

/** Names of locations by their ids. */
export type Businesses = ReadonlyMap<string, string>;

export function businessesOf(rows: readonly NexudusBusiness[]): Businesses {
  return new Map(rows.map(({ Id, Name }) => [String(Id), Name]));
}

/** Something to hold → a Group. */
export function toGroup(kind: BookableKind, record: NexudusBookable, businesses: Businesses): SourceGroup {
  const business = idOf(record.FloorPlanBusinessId) ?? idOf(record.BusinessId);
  const location = (business === null ? null : businesses.get(business)) ?? record.BusinessName ?? null;
  return groupOf(kind, String(record.Id), record.Name ?? '', location, businesses);
}

/**
 * Groups that contracts, passes and bookings name and no list has, archived resources for one: what is mapped stays
 * mapped as long as somebody has it.
 */
export function unlistedGroups(holdings: Iterable<Holdings>, listed: ReadonlySet<string>, businesses: Businesses): SourceGroup[] {
  const found = new Map<string, SourceGroup>();
  const add = (kind: BookableKind, given: unknown, name: string | null | undefined, business: unknown): void => {
    const id = idOf(given);
    if (id === null || listed.has(groupIdOf(kind, id)) || found.has(groupIdOf(kind, id))) return;
    found.set(groupIdOf(kind, id), groupOf(kind, id, name ?? '', businesses.get(idOf(business) ?? '') ?? null, businesses));
  };
  for (const { contracts, passes, bookings } of holdings) {
    for (const { TariffId, TariffName, IssuedById, Desks, FloorPlanDeskIds } of contracts) {
      add('tariff', TariffId, TariffName, IssuedById);
      for (const desk of [...(Desks ?? []), ...(FloorPlanDeskIds ?? '').split(',')]) add('desk', String(desk).trim(), null, IssuedById);
    }
    for (const { TimePassId, TimePassName, BusinessId } of passes) add('time_pass', TimePassId, TimePassName, BusinessId);
    for (const { ResourceId, ResourceName, FloorPlanDeskId, FloorPlanDeskName } of bookings) {
      add('resource', ResourceId, ResourceName, null);
      add('desk', FloorPlanDeskId, FloorPlanDeskName, null);
    }
  }
  return [...found.values()].sort((a, b) => (a.externalId < b.externalId ? -1 : 1));
}

function groupOf(kind: BookableKind, id: string, name: string, location: string | null, businesses: Businesses): SourceGroup {
  const words = KIND_WORDS[kind];
  const own = name.trim() === '' ? `${words} ${id}` : name.trim();
  const displayName = businesses.size > 1 ? [location, words, own].filter((part) => part !== null).join(' / ') : own;
  return { resourceType: 'Group', externalId: groupIdOf(kind, id), displayName, kind, members: null };
}

/** Does anything let this coworker in? Only then are PIN and card of interest, which lists do not have. */
export function isAdmitted({ Active, Archived }: Pick<NexudusCoworkerRow, 'Active' | 'Archived'>, access: Access): boolean {
  return Active && !Archived && access.groups.length > 0;
}

/**
 * A coworker → a User. PIN and card come along only where there is access for them: those of all others are in no list,
 * and to ask for each would spend the hour's requests on people who open nothing.
 */
export function toUser(
  coworker: NexudusCoworkerRow | NexudusCoworker,
  access: Access,
  { syncCards = false }: { readonly syncCards?: boolean },
): SourceUser {
  const id = String(coworker.Id);
  const credentials = isAdmitted(coworker, access) && 'AccessPincode' in coworker ? coworker : null;
  return {
    resourceType: 'User',
    externalId: id,
    sourceKey: id,
    attributes: attributesOf(id, coworker),
    skipReason: coworker.Archived ? 'archived' : coworker.Active ? access.skipReason : 'inactive',
    ...(access.unclear !== undefined && coworker.Active && !coworker.Archived ? { unclear: access.unclear } : {}),
    window: OPEN_WINDOW,
    periods: access.periods,
    groups: access.groups,
    pin: credentials === null ? null : pinOf(credentials.AccessPincode),
    card: credentials === null || !syncCards ? null : textOf(credentials.AccessCardId),
  };
}

/** The address is no user name: two coworkers may share one. */
function attributesOf(id: string, { FullName, Email, Active, Archived }: NexudusCoworkerRow): JsonObject {
  const email = textOf(Email);
  return {
    userName: `nexudus:${id}`,
    displayName: textOf(FullName) ?? `Coworker ${id}`,
    active: Active && !Archived,
    ...(email === null ? {} : { emails: [{ value: email, type: 'work', primary: true }] }),
  };
}

function pinOf(given: string | number | null): string | null {
  const text = textOf(given);
  if (text === null) return null;
  return PIN.test(text) ? text : 'invalid';
}

function textOf(given: string | number | null): string | null {
  const text = given === null ? '' : String(given).trim();
  return text === '' ? null : text;
}
