import { ACCESS_URN } from '../../domain/scim.js';
import type { CheckedUser, Json } from '../../domain/scim.js';
import { InvalidValue } from '../errors.js';
import type { Attribute } from '../schema/attribute.js';
import { parseDateTime } from '../filter/date-time.js';
import { USER_SCHEMA } from '../schema/schemas.js';
import { checkedKey } from './keys.js';
import { isJsonObject, matchForm } from './match-form.js';
import { documentOf, readResource } from './read-resource.js';
import type { Found } from './read-value.js';
import { ACCESS_PERIODS, ACTIVE, EXTERNAL_ID, PIN, USER_NAME, VALID_FROM, VALID_UNTIL } from './rules.js';

export interface CheckUserOptions {
  /** Switch of the connection (D-L4). What a PATCH leaves is checked with `derive`. */
  readonly missingSchemas: 'refuse' | 'derive';
  /** `active` when the body does not say: the connection's default on POST, the stored value on PUT (D-A1). */
  readonly activeWhenAbsent: boolean;
}

/**
 * Checks a User as a POST or PUT brings it, or as a PATCH leaves it, and brings it into the form to keep.
 *
 * @throws InvalidSyntax for wrong `schemas`, InvalidValue for everything inside
 * @see RFC 7643 section 4.1, RFC 7644 sections 3.3 and 3.5.1
 */
export function checkUser(body: unknown, options: CheckUserOptions): CheckedUser {
  const found = readResource(body, USER_SCHEMA, options.missingSchemas);
  const active = found.core.get(ACTIVE) ?? options.activeWhenAbsent;
  found.core.set(ACTIVE, active);
  const access = found.extensions.get(ACCESS_URN);
  const pin = access === undefined ? undefined : takePin(access);
  if (access !== undefined) checkWindows(access);

  const document = documentOf(found, USER_SCHEMA);
  const match = matchForm(document, USER_SCHEMA);
  return {
    document,
    match,
    userName: textOf(document, USER_NAME),
    userNameKey: checkedKey(textOf(match, USER_NAME), 'userName'),
    externalId: optionalKey(document, EXTERNAL_ID),
    active: active === true,
    emailKeys: emailKeys(match['emails']),
    pin,
  };
}

/** The PIN leaves here: it is never part of a document. */
function takePin(access: Found): string | null | undefined {
  const pin = access.get(PIN);
  access.delete(PIN);
  return typeof pin === 'string' || pin === null ? pin : undefined;
}

/** A window that ends before it begins admits nobody: its sender means something else (B20). */
function checkWindows(access: Found): void {
  checkWindow(access.get(VALID_FROM), access.get(VALID_UNTIL), '');
  const periods = access.get(ACCESS_PERIODS);
  if (!Array.isArray(periods)) return;
  for (const period of periods) {
    if (isJsonObject(period)) checkWindow(period['validFrom'], period['validUntil'], 'accessPeriods.');
  }
}

function checkWindow(from: Json | undefined, until: Json | undefined, prefix: string): void {
  if (typeof from !== 'string' || typeof until !== 'string') return;
  if ((parseDateTime(from) ?? '') >= (parseDateTime(until) ?? '')) throw new InvalidValue(`${prefix}validUntil must be after validFrom.`);
}

function emailKeys(emails: Json | undefined): string[] {
  if (!Array.isArray(emails)) return [];
  const keys = new Set<string>();
  for (const email of emails) {
    if (isJsonObject(email) && typeof email['value'] === 'string') keys.add(checkedKey(email['value'], 'emails.value'));
  }
  return [...keys];
}

/** A text that the reader has made sure of. */
export function textOf(object: { readonly [name: string]: Json }, attribute: Attribute): string {
  const value = object[attribute.name];
  if (typeof value !== 'string') throw new TypeError(`${attribute.name} was not checked`);
  return value;
}

/** A text that is looked up by an index; null when there is none. */
export function optionalKey(object: { readonly [name: string]: Json }, attribute: Attribute): string | null {
  const value = object[attribute.name];
  return typeof value === 'string' ? checkedKey(value, attribute.name) : null;
}
