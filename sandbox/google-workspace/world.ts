import type { SandboxClock } from '../kernel/clock.js';
import type { DirectoryGroup, DirectoryUser, GroupMember, MemberType, OrgUnit, UserEvent } from './records.js';

export type NewUser = Partial<Omit<DirectoryUser, 'id' | 'customerId' | 'name' | 'version'>> & {
  readonly primaryEmail: string;
  readonly givenName?: string;
  readonly familyName?: string;
};

type Listener = (event: UserEvent, user: DirectoryUser) => void;

const NEVER_SIGNED_IN = '1970-01-01T00:00:00.000Z';
const RECOVERABLE_MS = 20 * 24 * 60 * 60_000;

/** The directory of one Workspace account, and how it changes. People and groups are named by id, address or alias. */
export class World {
  customerId = 'C0acme01';
  readonly domains = ['acme.test', 'acme-labs.test'];
  readonly users = new Map<string, DirectoryUser>();
  readonly groups = new Map<string, DirectoryGroup>();
  readonly orgUnits = new Map<string, OrgUnit>();
  /** By group id. */
  readonly members = new Map<string, GroupMember[]>();
  /** Groups of other accounts: nobody here may look inside. Id → address. */
  readonly foreignGroups = new Map<string, string>();
  readonly #clock: SandboxClock;
  readonly #listeners: Listener[] = [];
  #count = 0;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  onUserEvent(listener: Listener): void {
    this.#listeners.push(listener);
  }

  createUser({ givenName = 'Ana', familyName = 'Lopez', ...given }: NewUser): DirectoryUser {
    const id = `1${String(this.#next()).padStart(20, '0')}`;
    const user: DirectoryUser = {
      isAdmin: false,
      isDelegatedAdmin: false,
      suspended: false,
      archived: false,
      creationTime: this.#at(),
      lastLoginTime: NEVER_SIGNED_IN,
      emails: [{ address: given.primaryEmail, primary: true }],
      aliases: [],
      phones: [],
      externalIds: [],
      organizations: [],
      orgUnitPath: '/',
      ...given,
      id,
      customerId: this.customerId,
      name: { givenName, familyName, fullName: `${givenName} ${familyName}` },
      version: 1,
    };
    this.users.set(id, user);
    this.#tell('add', user);
    return user;
  }

  updateUser(key: string, changes: Partial<DirectoryUser>): DirectoryUser {
    const before = this.user(key);
    const user = { ...before, ...changes, id: before.id, version: before.version + 1 };
    this.users.set(user.id, user);
    this.#tell(changes.isAdmin === true && !before.isAdmin ? 'makeAdmin' : 'update', user);
    return user;
  }

  /** The former address stays as an alias, as Google does it. */
  renameUser(key: string, primaryEmail: string): DirectoryUser {
    const { primaryEmail: former, aliases, emails } = this.user(key);
    const others = emails.filter(({ address }) => address !== former && address !== primaryEmail);
    return this.updateUser(key, {
      primaryEmail,
      emails: [{ address: primaryEmail, primary: true }, ...others],
      aliases: [...aliases.filter((alias) => alias !== primaryEmail), former],
    });
  }

  /** An address that belonged to one person belongs to another from now on. */
  moveAlias(alias: string, from: string, to: string): void {
    const giver = this.user(from);
    const taker = this.user(to);
    this.updateUser(giver.id, { aliases: giver.aliases.filter((one) => one !== alias) });
    this.updateUser(taker.id, { aliases: [...taker.aliases, alias] });
  }

  suspendUser(key: string): DirectoryUser {
    return this.updateUser(key, { suspended: true, suspensionReason: 'ADMIN', suspensionTime: this.#at() });
  }

  restoreUser(key: string): DirectoryUser {
    const { suspensionReason: _reason, suspensionTime: _time, archivalTime: _archived, ...rest } = this.user(key);
    this.users.set(rest.id, rest);
    return this.updateUser(rest.id, { suspended: false, archived: false });
  }

  archiveUser(key: string): DirectoryUser {
    return this.updateUser(key, { archived: true, archivalTime: this.#at() });
  }

  deleteUser(key: string): DirectoryUser {
    const user = { ...this.user(key), deletionTime: this.#at() };
    this.users.set(user.id, user);
    this.#tell('delete', user);
    return user;
  }

  /** With the same id, within twenty days. */
  undeleteUser(id: string): DirectoryUser {
    const { deletionTime, ...user } = this.users.get(id) ?? missing(id);
    if (deletionTime === undefined || this.#clock.now() - Date.parse(deletionTime) > RECOVERABLE_MS) missing(id);
    this.users.set(id, user);
    this.#tell('undelete', user);
    return user;
  }

  createGroup(given: { readonly name: string; readonly email: string; readonly description?: string }): DirectoryGroup {
    const id = `01${this.#next().toString(36).padStart(6, '0')}`;
    const group: DirectoryGroup = { description: '', ...given, id, aliases: [], version: 1 };
    this.groups.set(id, group);
    this.members.set(id, []);
    return group;
  }

  renameGroup(key: string, name: string): DirectoryGroup {
    const before = this.group(key);
    const group = { ...before, name, version: before.version + 1 };
    this.groups.set(group.id, group);
    return group;
  }

  deleteGroup(key: string): void {
    const { id } = this.group(key);
    this.groups.delete(id);
    this.members.delete(id);
    for (const [groupId, members] of this.members)
      this.members.set(
        groupId,
        members.filter((member) => member.id !== id),
      );
  }

  /** A group of another account that can be nested here. @returns its id */
  createForeignGroup(email: string): string {
    const id = `02${this.#next().toString(36).padStart(6, '0')}`;
    this.foreignGroups.set(id, email);
    return id;
  }

  /** @param options `force` builds a cycle that Google itself refuses to make */
  addMember(groupKey: string, key: string, options: { readonly role?: GroupMember['role']; readonly force?: boolean } = {}): GroupMember {
    const { id } = this.group(groupKey);
    const member = { ...this.#memberOf(key), role: options.role ?? ('MEMBER' as const) };
    if (member.type === 'GROUP' && options.force !== true && this.reaches(member.id, id)) throw new Error('Cyclic memberships not allowed');
    this.members.set(id, [...this.membersOf(id).filter((one) => one.id !== member.id), member]);
    return member;
  }

  /** Everybody in the account is a member. */
  addEverybody(groupKey: string): void {
    const { id } = this.group(groupKey);
    this.members.set(id, [...this.membersOf(id), { id: this.customerId, type: 'CUSTOMER', role: 'MEMBER' }]);
  }

  /** Somebody from outside: has an id as a member and is no user here. */
  addOutsider(groupKey: string, email: string, type: MemberType = 'USER'): string {
    const { id } = this.group(groupKey);
    const outsider = `9${String(this.#next()).padStart(20, '0')}`;
    this.members.set(id, [...this.membersOf(id), { id: outsider, type, role: 'MEMBER', email }]);
    return outsider;
  }

  removeMember(groupKey: string, key: string): void {
    const { id } = this.group(groupKey);
    const member = this.#memberOf(key);
    this.members.set(
      id,
      this.membersOf(id).filter((one) => one.id !== member.id),
    );
  }

  createOrgUnit(name: string, parentOrgUnitPath = '/'): OrgUnit {
    const orgUnitPath = `${parentOrgUnitPath === '/' ? '' : parentOrgUnitPath}/${name}`;
    const unit: OrgUnit = { orgUnitId: `id:03ph8a2z${this.#next()}`, name, orgUnitPath, parentOrgUnitPath };
    this.orgUnits.set(orgUnitPath, unit);
    return unit;
  }

  /** @throws Error for somebody who is not there, or deleted */
  user(key: string): DirectoryUser {
    return this.findUser(key) ?? missing(key);
  }

  findUser(key: string): DirectoryUser | undefined {
    const byId = this.users.get(key);
    if (byId !== undefined) return byId.deletionTime === undefined ? byId : undefined;
    const wanted = key.toLowerCase();
    const named = ({ primaryEmail, aliases }: DirectoryUser) => [primaryEmail, ...aliases].some((one) => one.toLowerCase() === wanted);
    return this.liveUsers().find(named);
  }

  liveUsers(): DirectoryUser[] {
    return [...this.users.values()].filter(({ deletionTime }) => deletionTime === undefined);
  }

  group(key: string): DirectoryGroup {
    return this.findGroup(key) ?? missing(key);
  }

  findGroup(key: string): DirectoryGroup | undefined {
    const wanted = key.toLowerCase();
    const named = ({ email, aliases }: DirectoryGroup) => [email, ...aliases].some((one) => one.toLowerCase() === wanted);
    return this.groups.get(key) ?? [...this.groups.values()].find(named);
  }

  /** Deleted people are in no list. */
  membersOf(groupId: string): GroupMember[] {
    return (this.members.get(groupId) ?? []).filter(({ id }) => this.users.get(id)?.deletionTime === undefined);
  }

  /** Is `wanted` inside the group, over any number of groups? Cycles end. */
  reaches(groupId: string, wanted: string): boolean {
    const visited = new Set([groupId]);
    for (const id of visited) {
      if (id === wanted && id !== groupId) return true;
      for (const member of this.membersOf(id)) {
        if (member.id === wanted) return true;
        if (member.type === 'GROUP') visited.add(member.id);
      }
    }
    return groupId === wanted;
  }

  #memberOf(key: string): { readonly id: string; readonly type: MemberType } {
    const user = this.findUser(key);
    if (user !== undefined) return { id: user.id, type: 'USER' };
    const id = this.findGroup(key)?.id ?? (this.foreignGroups.has(key) ? key : missing(key));
    return { id, type: 'GROUP' };
  }

  #tell(event: UserEvent, user: DirectoryUser): void {
    for (const listener of this.#listeners) listener(event, user);
  }

  #at(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}

function missing(key: string): never {
  throw new Error(`${key} is not in the directory`);
}
