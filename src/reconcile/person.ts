import type { SkipReason, UserFacts } from '../domain/access.js';
import { SKIP_REASONS } from '../domain/access.js';
import { ACCESS_URN, type Json, type JsonObject } from '../domain/scim.js';
import type { Window } from '../domain/time.js';

type Person = Omit<NonNullable<UserFacts['user']>, 'active' | 'pin'>;

/**
 * What a SCIM document says about access: who it is, at which addresses, and when. `match` is the comparison form, where
 * dates are instants. Name from displayName, else name.formatted, else given and family name, else userName; e-mails with
 * the primary first, else userName when it is an address.
 */
export function personOf(document: JsonObject, match: JsonObject): Person {
  const access = object(match[ACCESS_URN]);
  const userName = text(document['userName']) ?? '';
  return {
    name: nameOf(document) ?? userName,
    emails: emailsOf(document, userName),
    skipReason: skipReasonOf(text(object(document[ACCESS_URN])['skipReason'])),
    window: windowOf(access),
    periods: list(access['accessPeriods']).map((period) => ({ groupId: text(period['value']) ?? '', window: windowOf(period) })),
    card: text(object(document[ACCESS_URN])['card']),
  };
}

function nameOf(document: JsonObject): string | null {
  const name = object(document['name']);
  const parts = [text(name['givenName']), text(name['familyName'])].filter((part) => part !== null);
  return text(document['displayName']) ?? text(name['formatted']) ?? (parts.length > 0 ? parts.join(' ') : null);
}

function emailsOf(document: JsonObject, userName: string): string[] {
  const emails = list(document['emails']);
  const sorted = [...emails.filter((email) => email['primary'] === true), ...emails.filter((email) => email['primary'] !== true)];
  const addresses = sorted.map((email) => text(email['value'])).filter((value) => value !== null);
  const found = addresses.length > 0 ? addresses : userName.includes('@') ? [userName] : [];
  return [...new Set(found)];
}

function skipReasonOf(code: string | null): SkipReason | null {
  return code !== null && isSkipReason(code) ? code : null;
}

function isSkipReason(code: string): code is SkipReason {
  return Object.hasOwn(SKIP_REASONS, code);
}

function windowOf(source: JsonObject): Window {
  return { startsAt: text(source['validFrom']), endsAt: text(source['validUntil']) };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
