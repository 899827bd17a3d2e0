import { associationsOf } from '../access/association-store.js';
import type { StoredMember } from '../access/member-rows.js';
import { findReturning, lockMemberOfUser, lockReturning, memberOfUser } from '../access/member-store.js';
import type { CardStore } from '../credentials/card-store.js';
import type { MagicLinkStore } from '../credentials/magic-link-store.js';
import type { PinStore } from '../credentials/pin-store.js';
import type { Reader, Tx } from '../db/database.js';
import { groupPaths } from '../directory/groups-of-users.js';
import type { Actual, UserFacts } from '../domain/access.js';
import { INVALID_PIN, type JsonObject } from '../domain/scim.js';
import type { Instant } from '../domain/time.js';
import { mappingsFor } from '../integrations/mapping-store.js';
import { personOf } from './person.js';
import type { Subject, SubjectRow } from './subject.js';

/** The credentials that plans are about. */
export interface CredentialStores {
  readonly pins: PinStore;
  readonly links: MagicLinkStore;
  readonly cards: CardStore;
}

/** Mappings by resource id, in place of the stored ones: what a preview asks about. */
export type MappingOverride = (stored: UserFacts['mappings']) => UserFacts['mappings'];

/**
 * The member of the subject. A User that comes back after it was deleted finds the member that it left behind, by the
 * source's own id (`externalId`): never by name or address, which the source may give to somebody else.
 */
export async function lockMemberOf(tx: Tx, subject: Subject): Promise<StoredMember | null> {
  const member = await lockMemberOfUser(tx, subject.userId);
  const externalId = subject.row?.external_id ?? null;
  return member !== null || externalId === null ? member : lockReturning(tx, subject.integration.id, externalId);
}

/** The same without locks, to look only. */
export async function memberOf(reader: Reader, subject: Subject): Promise<StoredMember | null> {
  const member = await memberOfUser(reader, subject.userId);
  const externalId = subject.row?.external_id ?? null;
  return member !== null || externalId === null ? member : findReturning(reader, subject.integration.id, externalId);
}

/** The access side as it is stored. */
export async function readActual(reader: Reader, stores: CredentialStores, member: StoredMember | null): Promise<Actual> {
  if (member === null) return { member: null, associations: [], pins: [], links: [], cards: [] };
  return {
    member,
    associations: await associationsOf(reader, member.id),
    pins: await stores.pins.pinsOf(reader, member.id),
    links: await stores.links.linksOf(reader, member.id),
    cards: await stores.cards.cardsOf(reader, member.id),
  };
}

/** The User side: everything that decides access. Its cost depends on this User's own Groups alone. */
export async function readFacts(
  reader: Reader,
  stores: CredentialStores,
  subject: Subject,
  memberId: string | null,
  now: Instant,
  override: MappingOverride = (stored) => stored,
): Promise<UserFacts> {
  const { integration, row } = subject;
  const base = { integrationId: integration.id, settings: integration.settings };
  if (row === null) return { ...base, user: null, groups: [], mappings: [] };
  const groups = await groupPaths(reader, row.id);
  const mappings = await mappingsFor(
    reader,
    integration.id,
    groups.map((group) => group.id),
  );
  const person = personOf(JSON.parse(row.document) as JsonObject, JSON.parse(row.match) as JsonObject);
  const pin = await sourcePin(reader, stores, row, memberId, now);
  return { ...base, user: { ...person, active: row.active === 1, pin }, groups, mappings: override(mappings) };
}

async function sourcePin(reader: Reader, { pins }: CredentialStores, row: SubjectRow, memberId: string | null, now: Instant) {
  if (row.pin_hash === null) return null;
  if (row.pin_hash === INVALID_PIN) return INVALID_PIN;
  return { hash: row.pin_hash, taken: await pins.isTaken(reader, row.pin_hash, memberId, now), weak: row.pin_weak === 1 };
}
