import type { DirectoryGroup, DirectoryUser, GroupMember, OrgUnit } from './records.js';
import type { World } from './world.js';

type Shown = Record<string, unknown>;

/** What of a user one request sees. */
export interface UserView {
  readonly projection: string;
  readonly customFieldMask: readonly string[];
  readonly viewType: string;
  readonly omitSuspended: boolean;
}

/** Fields that everybody in the domain may see. */
const PUBLIC: readonly string[] = ['kind', 'id', 'etag', 'primaryEmail', 'name', 'emails', 'phones', 'organizations', 'orgUnitPath'];

export function shownUser(user: DirectoryUser, view: UserView): Shown {
  const { version, customSchemas, ...fields } = user;
  const custom = shownSchemas(customSchemas ?? {}, view);
  const whole: Shown = {
    kind: 'admin#directory#user',
    etag: `"u${user.id.slice(-4)}-${version}"`,
    ...fields,
    isMailboxSetup: true,
    isEnrolledIn2Sv: true,
    isEnforcedIn2Sv: false,
    includeInGlobalAddressList: true,
    recoveryEmail: '',
    recoveryPhone: '',
    ...(Object.keys(custom).length === 0 ? {} : { customSchemas: custom }),
  };
  if (view.omitSuspended) delete whole['suspended'];
  if (view.viewType !== 'domain_public') return whole;
  return Object.fromEntries(Object.entries(whole).filter(([name]) => PUBLIC.includes(name)));
}

function shownSchemas(schemas: NonNullable<DirectoryUser['customSchemas']>, { projection, customFieldMask }: UserView): Shown {
  if (projection === 'full') return { ...schemas };
  if (projection !== 'custom') return {};
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => customFieldMask.includes(name)));
}

export function shownGroup(group: DirectoryGroup, world: World): Shown {
  const { version, ...fields } = group;
  return {
    kind: 'admin#directory#group',
    etag: `"g${group.id}-${version}"`,
    ...fields,
    adminCreated: true,
    // A decimal text; who is in nested groups is not counted.
    directMembersCount: String(world.membersOf(group.id).length),
    nonEditableAliases: [`${group.email}.test-google-a.com`],
  };
}

export function shownMember(member: GroupMember, world: World): Shown {
  const user = world.users.get(member.id);
  const email = user?.primaryEmail ?? world.groups.get(member.id)?.email ?? world.foreignGroups.get(member.id) ?? member.email;
  const status = user?.suspended === true ? 'SUSPENDED' : user?.archived === true ? 'ARCHIVED' : 'ACTIVE';
  return {
    kind: 'admin#directory#member',
    etag: `"m${member.id}"`,
    id: member.id,
    ...(email === undefined ? {} : { email, status }),
    role: member.role,
    type: member.type,
  };
}

export function shownOrgUnit(unit: OrgUnit): Shown {
  return { kind: 'admin#directory#orgUnit', etag: `"o${unit.orgUnitId}"`, ...unit };
}

/** Keeps what a `fields` parameter names: `nextPageToken,users(id,name/givenName)`. */
export function masked(body: unknown, fields: string | undefined): unknown {
  if (fields === undefined) return body;
  return kept(body, partsOf(fields));
}

/** `a,b(c,d),e/f` → a → all of it, b → c and d, e → f. */
function partsOf(fields: string): ReadonlyMap<string, string | undefined> {
  const parts = new Map<string, string | undefined>();
  let depth = 0;
  let part = '';
  for (const character of `${fields},`) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      const at = [...part].findIndex((one) => one === '(' || one === '/');
      if (at < 0) parts.set(part, undefined);
      else parts.set(part.slice(0, at), part[at] === '(' ? part.slice(at + 1, -1) : part.slice(at + 1));
      part = '';
    } else part += character;
  }
  return parts;
}

function kept(value: unknown, parts: ReadonlyMap<string, string | undefined>): unknown {
  if (Array.isArray(value)) return value.map((one) => kept(one, parts));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => parts.has(name) || parts.has('*'));
  return Object.fromEntries(entries.map(([name, inner]) => [name, masked(inner, parts.get(name))]));
}
