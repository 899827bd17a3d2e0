import {
  ACCESS_URN,
  type CheckedGroup,
  type CheckedUser,
  INVALID_PIN,
  type Json,
  type JsonObject,
  type ResourceDocument,
} from '../../domain/scim.js';
import type { SkipReason } from '../../domain/access.js';
import type { Window } from '../../domain/time.js';
import { InvalidInput } from '../../errors.js';
import { ScimError } from '../errors.js';
import { NAME_MAX, VALUES_MAX } from '../schema/limits.js';
import { checkGroup } from './check-group.js';
import { checkUser } from './check-user.js';
import { isBlank, isEmail } from './text.js';

/** A User as an adapter hands it over. */
export interface SourceUserParts {
  readonly externalId: string;
  readonly attributes: JsonObject;
  readonly skipReason: SkipReason | null;
  readonly window: Window;
  readonly periods: readonly { readonly groupExternalId: string; readonly window: Window }[];
  readonly pin: string | null;
  readonly card: string | null;
}

/** The SCIM id of a Group by the source's own; periods of Groups that are not there are left out. */
type GroupIdOf = (externalId: string) => string | undefined;

/** What nobody can see or what makes one name look like another: people type names into booking forms. */
const UNWANTED = /[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The User that a source's record becomes, through the same checks as every User. Unlike a client on the wire a source
 * may say why there is no access (`skipReason`), and its texts are cleaned instead of refused: a guest with an odd name
 * still has to get in.
 *
 * @throws InvalidInput for what even then cannot be a User
 */
function checkSourceUser(source: SourceUserParts, groupId: GroupIdOf): CheckedUser {
  const { skipReason, pin } = source;
  const access = accessOf(source, groupId);
  const body = {
    ...withAddresses(cleaned(source.attributes)),
    externalId: source.externalId,
    ...(isEmpty(access) ? {} : { [ACCESS_URN]: access }),
  };
  const checked = orInvalid(source.externalId, () => checkUser(body, { missingSchemas: 'derive', activeWhenAbsent: true }));
  // Under another id it would not be found again.
  if (checked.externalId !== source.externalId) throw new InvalidInput('A record of the source has an id that cannot be kept.');
  const found = { ...checked, pin: pin === INVALID_PIN ? pin : checked.pin };
  return skipReason === null ? found : withSkipReason(found, skipReason);
}

/** A User as it is, under another userName; its PIN stays. */
function renamedSourceUser(current: ResourceDocument, userName: string): CheckedUser {
  const access = current[ACCESS_URN];
  const skipReason = isObject(access) ? access['skipReason'] : undefined;
  const renamed = checkUser({ ...current, userName }, { missingSchemas: 'derive', activeWhenAbsent: true });
  return typeof skipReason === 'string' ? withSkipReason(renamed, skipReason as SkipReason) : renamed;
}

/** @throws InvalidInput */
function checkSourceGroup({ externalId, displayName }: { readonly externalId: string; readonly displayName: string }): CheckedGroup {
  const body = { externalId, displayName: shownName(displayName, externalId) };
  const { members: _, ...group } = orInvalid(externalId, () => checkGroup(body, { missingSchemas: 'derive' }));
  return group;
}

/** The errors of the checks are for a client on the wire; here somebody reads them who has to find the record. */
function orInvalid<Checked>(externalId: string, check: () => Checked): Checked {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    throw new InvalidInput(`The record “${cut(externalId) ?? ''}” of the source: ${error.publicMessage}`, undefined, { cause: error });
  }
}

function accessOf({ window, periods, pin, card }: SourceUserParts, groupId: GroupIdOf): JsonObject {
  const known = periods.flatMap((period) => {
    const id = groupId(period.groupExternalId);
    return id === undefined ? [] : [periodOf(id, period.window)];
  });
  return withoutNulls({
    validFrom: window.startsAt,
    validUntil: window.endsAt,
    accessPeriods: known.length === 0 ? null : known.slice(0, VALUES_MAX),
    // null takes a PIN away that the source had before.
    card,
    ...(pin === INVALID_PIN ? {} : { pin }),
  });
}

function periodOf(value: string, window: Window): JsonObject {
  return withoutNulls({ value, validFrom: window.startsAt, validUntil: window.endsAt });
}

/** `pin: null` is said on purpose; everything else that is null is not said. */
function withoutNulls(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => value !== null || name === 'pin'));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}

function withSkipReason(user: CheckedUser, skipReason: SkipReason): CheckedUser {
  const said = user.document[ACCESS_URN];
  const access = isObject(said) ? said : {};
  const schemas = user.document['schemas'];
  const urns = Array.isArray(schemas) && !schemas.includes(ACCESS_URN) ? [...schemas, ACCESS_URN] : (schemas ?? []);
  return {
    ...user,
    document: { ...user.document, schemas: urns, [ACCESS_URN]: { ...access, skipReason } },
    match: { ...user.match, [ACCESS_URN]: { ...((user.match[ACCESS_URN] as JsonObject | undefined) ?? {}), skipReason } },
  };
}

function cleaned(attributes: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => {
      const clean = cleanedValue(value);
      return clean === null ? [] : [[name, clean]];
    }),
  );
}

function cleanedValue(value: Json): Json {
  if (typeof value === 'string') return cut(value.replace(UNWANTED, ' ').trim());
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? (value as readonly Json[]).map(cleanedValue) : cleaned(value as JsonObject);
}

/** What is no address is no way to reach anybody; staff type all kinds of things into that field. */
function withAddresses(attributes: JsonObject): JsonObject {
  const { emails } = attributes;
  if (!Array.isArray(emails)) return attributes;
  const good = emails.filter((email: Json) => {
    const value = isObject(email) ? email['value'] : null;
    return typeof value === 'string' && isEmail(value);
  });
  return { ...attributes, emails: good };
}

function cut(text: string): string | null {
  if (isBlank(text)) return null;
  const characters = [...text];
  return characters.length > NAME_MAX ? characters.slice(0, NAME_MAX).join('') : text;
}

function shownName(name: string, otherwise: string): string {
  const clean = cleanedValue(name);
  return typeof clean === 'string' ? clean : otherwise;
}

/** The checks that every User and Group goes through, for what a source has. All throw `InvalidInput`. */
export const sourceModel = { user: checkSourceUser, group: checkSourceGroup, renamed: renamedSourceUser };
