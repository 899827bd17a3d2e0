import { ACCESS_URN, ENTERPRISE_URN } from '../../domain/scim.js';
import type { Attribute } from '../schema/attribute.js';
import { parseDateTime } from '../filter/date-time.js';
import { EXTERNAL_ID_MAX, NAME_MAX, STRING_MAX } from '../schema/limits.js';
import { attributeAt, extensionAt } from '../schema/resolve.js';
import { GROUP_SCHEMA, USER_SCHEMA } from '../schema/schemas.js';
import { isBlank, isDeceiving, isEmail, isLocale, isTimeZone } from './text.js';

/** What we ask of a text beyond its type; the schema language has no words for it. */
export interface TextRule {
  /** Code points. */
  readonly max: number;
  readonly accepts: (text: string) => boolean;
  /** Completes "`attribute` must be …". */
  readonly wanted: string;
  /** An empty text says "nothing": it is read as unassigned. */
  readonly emptyIsUnassigned: boolean;
}

const PLAIN: TextRule = { max: STRING_MAX, accepts: () => true, wanted: 'a text', emptyIsUnassigned: false };
const DATE_TIME: TextRule = {
  ...PLAIN,
  accepts: (text) => parseDateTime(text) !== null,
  wanted: 'a date and time with an offset, as 2026-11-25T15:00:00Z',
};
/** The last year is kept free: buffers are added to the ends of windows. */
const VALIDITY: TextRule = {
  ...DATE_TIME,
  accepts: (text) => (parseDateTime(text) ?? '9999') < '9999',
  wanted: `${DATE_TIME.wanted}, before the year 9999 (leave it out for no limit)`,
};
const BASE64: TextRule = { ...PLAIN, accepts: (text) => /^[A-Za-z0-9+/_=\s-]*$/.test(text), wanted: 'Base64' };
const SHOWN_NAME: TextRule = {
  ...PLAIN,
  accepts: (text) => !isDeceiving(text),
  wanted: 'a name without control characters and direction overrides',
};
const NAME: TextRule = {
  ...SHOWN_NAME,
  max: NAME_MAX,
  accepts: (text) => !isBlank(text) && !isDeceiving(text),
  wanted: 'a name that is not blank, without control characters and direction overrides',
};

const user = (path: string): Attribute => attributeAt(USER_SCHEMA.attributes, path);
const group = (path: string): Attribute => attributeAt(GROUP_SCHEMA.attributes, path);
const ACCESS = extensionAt(USER_SCHEMA, ACCESS_URN);
const access = (path: string): Attribute => attributeAt(ACCESS, path);

export const USER_NAME = user('userName');
export const EXTERNAL_ID = user('externalId');
export const ACTIVE = user('active');
export const PASSWORD = user('password');
export const PIN = access('pin');
export const VALID_FROM = access('validFrom');
export const VALID_UNTIL = access('validUntil');
export const ACCESS_PERIODS = access('accessPeriods');
export const MANAGER = attributeAt(extensionAt(USER_SCHEMA, ENTERPRISE_URN), 'manager');
export const DISPLAY_NAME = group('displayName');
export const GROUP_EXTERNAL_ID = group('externalId');
export const MEMBERS = group('members');

const EXTERNAL: TextRule = { ...PLAIN, max: EXTERNAL_ID_MAX, emptyIsUnassigned: true };

const RULES: ReadonlyMap<Attribute, TextRule> = new Map<Attribute, TextRule>([
  [USER_NAME, NAME],
  [DISPLAY_NAME, NAME],
  [user('displayName'), SHOWN_NAME],
  ...[...user('name').subAttributes.values()].map((part): [Attribute, TextRule] => [part, SHOWN_NAME]),
  [EXTERNAL_ID, EXTERNAL],
  [GROUP_EXTERNAL_ID, EXTERNAL],
  [user('emails.value'), { ...PLAIN, accepts: isEmail, wanted: 'an e-mail address', emptyIsUnassigned: true }],
  [user('timezone'), { ...PLAIN, accepts: isTimeZone, wanted: 'a time zone of the IANA list, as Europe/Madrid' }],
  [user('locale'), { ...PLAIN, accepts: isLocale, wanted: 'a language tag, as en-US' }],
  [VALID_FROM, VALIDITY],
  [VALID_UNTIL, VALIDITY],
  [access('accessPeriods.validFrom'), VALIDITY],
  [access('accessPeriods.validUntil'), VALIDITY],
  [access('accessPeriods.value'), { ...PLAIN, accepts: (text) => !isBlank(text), wanted: 'the id of a Group' }],
  [attributeAt(MANAGER.subAttributes, 'value'), { ...PLAIN, emptyIsUnassigned: true }],
  [PIN, { ...PLAIN, accepts: (text) => /^[0-9]{4,20}$/.test(text), wanted: 'a text of 4 to 20 digits' }],
]);

export function textRule(attribute: Attribute): TextRule {
  const rule = RULES.get(attribute);
  if (rule !== undefined) return rule;
  return attribute.type === 'dateTime' ? DATE_TIME : attribute.type === 'binary' ? BASE64 : PLAIN;
}

/** What a client says about these has no effect: the server owns them, or never keeps them (D-T2). */
export function isIgnored(attribute: Attribute): boolean {
  return attribute.mutability === 'readOnly' || attribute === PASSWORD;
}
