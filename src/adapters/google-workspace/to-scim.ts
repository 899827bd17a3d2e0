import type { SkipReason } from '../../domain/access.js';
import { fold } from '../../domain/fold.js';
import { ENTERPRISE_URN, type JsonObject } from '../../domain/scim.js';
import { OPEN_WINDOW } from '../../domain/time.js';
import type { SourceGroup, SourceUser } from '../adapter.js';
import type { GoogleGroup, GoogleUser } from './schema.js';
import { addressOf, plainText } from './text.js';

/**
 * A directory user becomes one User without any window. Suspended and archived people are Users too, without access:
 * leaving them out would look like "no longer in the source".
 *
 * The id is Google's own: addresses are renamed, and aliases pass to somebody else.
 *
 * @see RFC 7643 sections 4.1 and 4.3
 */
export function toUser(user: GoogleUser): SourceUser {
  return {
    resourceType: 'User',
    externalId: user.id,
    sourceKey: user.id,
    attributes: attributesOf(user),
    skipReason: skipReasonOf(user),
    window: OPEN_WINDOW,
    periods: [],
    // The groups say who is in them.
    groups: null,
    pin: null,
    card: null,
  };
}

/** @param members ids of users, nested groups already replaced by who is in them */
export function toGroup(group: GoogleGroup, members: readonly string[]): SourceGroup {
  return {
    resourceType: 'Group',
    externalId: group.id,
    displayName: plainText(group.name) ?? plainText(group.email) ?? group.id,
    kind: 'google_group',
    members,
  };
}

function skipReasonOf({ suspended, archived }: GoogleUser): SkipReason | null {
  if (suspended) return 'suspended';
  return archived ? 'archived' : null;
}

function attributesOf(user: GoogleUser): JsonObject {
  const { name } = user;
  const organization = preferred(user.organizations ?? []);
  const employee = (user.externalIds ?? []).find(({ type }) => type === 'organization');
  const shown = plainText(name?.displayName) ?? plainText(name?.fullName);
  const full = present({
    formatted: plainText(name?.fullName),
    givenName: plainText(name?.givenName),
    familyName: plainText(name?.familyName),
  });
  const enterprise = present({ department: plainText(organization?.department), employeeNumber: plainText(employee?.value) });
  return {
    userName: user.primaryEmail,
    active: skipReasonOf(user) === null,
    displayName: shown ?? user.primaryEmail,
    ...(isEmpty(full) ? {} : { name: full }),
    ...present({ title: plainText(organization?.title) }),
    emails: emailsOf(user),
    ...someOf('phoneNumbers', phonesOf(user)),
    ...(isEmpty(enterprise) ? {} : { [ENTERPRISE_URN]: enterprise }),
  };
}

/** The primary address first, then the others, each once. */
function emailsOf(user: GoogleUser): JsonObject[] {
  const primary = addressOf(user.primaryEmail);
  const emails: JsonObject[] = primary === null ? [] : [{ value: primary, type: 'work', primary: true }];
  const known = new Set([fold(user.primaryEmail)]);
  for (const { address, type, customType } of user.emails ?? []) {
    const value = addressOf(address);
    if (value === null || known.has(fold(value))) continue;
    known.add(fold(value));
    emails.push({ value, ...typeOf(type, customType) });
  }
  return emails;
}

/** Google may call several the primary one; SCIM has room for one. @see RFC 7643 section 2.4 */
function phonesOf(user: GoogleUser): JsonObject[] {
  const phones: JsonObject[] = [];
  const known = new Set<string>();
  let hasPrimary = false;
  for (const phone of user.phones ?? []) {
    const value = plainText(phone.value);
    if (value === null || known.has(value)) continue;
    known.add(value);
    const chosen: boolean = phone.primary === true && !hasPrimary;
    hasPrimary ||= chosen;
    phones.push({ value, ...typeOf(phone.type, phone.customType), ...(chosen ? { primary: true } : {}) });
  }
  return phones;
}

function typeOf(type: string | null | undefined, customType: string | null | undefined): JsonObject {
  return present({ type: plainText(type === 'custom' ? customType : type) });
}

function preferred<Entry extends { readonly primary?: boolean | null }>(entries: readonly Entry[]): Entry | undefined {
  return entries.find(({ primary }) => primary === true) ?? entries[0];
}

function present(fields: Readonly<Record<string, string | null>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function someOf(name: string, values: readonly JsonObject[]): JsonObject {
  return values.length === 0 ? {} : { [name]: values };
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}
