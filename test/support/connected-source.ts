import type { Instant } from '../../src/domain/time.js';
import type { Answer, Problem } from './admin-api.js';
import type { SimulatedSource } from './simulated-source.js';
import type { SourceWorld } from './source-world.js';

export interface Run {
  readonly id: string;
  readonly state: 'running' | 'succeeded' | 'failed' | 'held';
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly held: number;
  readonly error: string | null;
}

/** A User of the integration, as its list shows it. */
export interface Listed {
  readonly userId: string;
  readonly externalId: string;
  readonly displayName: string;
  readonly status: 'synced' | 'none';
  readonly skipReason: string | null;
  readonly warnings: readonly string[];
  readonly memberId: string | null;
}

export interface Resource {
  readonly id: string;
  readonly externalId: string | null;
  readonly displayName: string;
  readonly kind: string;
  readonly userCount: number;
  readonly memberGroupIds: readonly string[];
}

export interface Alert {
  readonly type: string;
  readonly integrationId: string | null;
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
  readonly message: string;
}

export interface HeldPlan {
  readonly id: string;
  readonly state: string;
  readonly removals: number;
}

interface Member {
  readonly id: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly status: string;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly source: { readonly externalId: string | null } | null;
  readonly associations: readonly { readonly memberGroupId: string; readonly startsAt: Instant | null; readonly endsAt: Instant | null }[];
  readonly pins: readonly { readonly id: string }[];
  readonly magicLinks: readonly { readonly id: string }[];
  readonly cards: readonly { readonly id: string }[];
}

/** What a member may do, with names in place of ids: `from – to` in UTC, `…` where there is no end. */
export interface Access {
  readonly memberId: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly status: string;
  readonly window: string;
  /** Windows by member group, in the order of their starts. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Digits, revealed. */
  readonly pin: string | null;
  /** Revealed. */
  readonly link: string | null;
  readonly cards: number;
}

/** An integration with the simulated system behind it, as its admin sees it through the API. */
export class ConnectedSource<Source extends SimulatedSource = SimulatedSource> {
  readonly world: SourceWorld;
  readonly source: Source;
  readonly id: string;
  readonly webhookUrl: string;

  constructor(world: SourceWorld, source: Source, id: string, webhookUrl: string) {
    this.world = world;
    this.source = source;
    this.id = id;
    this.webhookUrl = webhookUrl;
  }

  get path(): string {
    return `/integrations/${this.id}`;
  }

  /** `POST …/sync`, whatever comes of it. */
  trySync(body: { readonly full?: boolean; readonly dryRun?: boolean; readonly wait?: boolean }): Promise<Answer<Run & Problem>> {
    return this.world.api.send<Run & Problem>('POST', `${this.path}/sync`, body);
  }

  /** A whole read to its end, and all that follows from it. */
  async sync(full = true): Promise<Run> {
    const run = await this.world.api.take<Run>('POST', `${this.path}/sync`, { full, wait: true });
    await this.world.settle();
    return run;
  }

  view<Body = { readonly state: string; readonly stateReason: string | null; readonly account: unknown }>(): Promise<Body> {
    return this.world.api.get<Body>(this.path);
  }

  resources(): Promise<Resource[]> {
    return this.world.api.all<Resource>(`${this.path}/resources`);
  }

  runs(): Promise<Run[]> {
    return this.world.api.all<Run>(`${this.path}/runs`);
  }

  heldPlans(): Promise<HeldPlan[]> {
    return this.world.api.all<HeldPlan>(`${this.path}/held-plans`);
  }

  /** Open alerts about this integration, by type. */
  async openAlerts(): Promise<string[]> {
    return (await this.alerts()).filter(({ closedAt }) => closedAt === null).map(({ type }) => type);
  }

  /** All alerts about this integration, the newest first. */
  async alerts(): Promise<Alert[]> {
    return (await this.world.api.all<Alert>('/alerts')).filter(({ integrationId }) => integrationId === this.id);
  }

  /** Maps the resource of this name to member groups of these names, made where they are missing. */
  async map(resource: string, ...memberGroups: readonly string[]): Promise<void> {
    const found = (await this.resources()).find(({ displayName }) => displayName === resource);
    if (found === undefined) throw new Error(`no resource ${resource}`);
    const memberGroupIds = await Promise.all(memberGroups.map((name) => this.#memberGroup(name)));
    await this.world.api.take('PUT', `${this.path}/resources/${found.id}/mapping`, { memberGroupIds });
    await this.world.settle();
  }

  /** Every User by the source's id. */
  async users(): Promise<Map<string, Listed>> {
    return new Map((await this.world.api.all<Listed>(`${this.path}/members`)).map((user) => [user.externalId, user]));
  }

  /** Of the User with this id of the source. */
  async user(externalId: string): Promise<Listed> {
    const found = (await this.users()).get(externalId);
    if (found === undefined) throw new Error(`no User ${externalId}`);
    return found;
  }

  /** `synced`, or why not, with what is warned of. */
  async verdict(externalId: string): Promise<readonly string[]> {
    return verdictOf(await this.user(externalId));
  }

  /** null: no member, or one that is over. */
  async access(externalId: string): Promise<Access | null> {
    const { memberId } = await this.user(externalId);
    const access = memberId === null ? null : await this.member(memberId);
    return access === null || isOver(access) ? null : access;
  }

  /** The member, whatever its status. */
  async member(memberId: string): Promise<Access> {
    const { api } = this.world;
    const found = await api.get<Member>(`/members/${memberId}`);
    const [pin, link] = [found.pins[0], found.magicLinks[0]];
    const revealed = <Body>(what: string) => api.take<Body>('POST', `/members/${memberId}/${what}/reveal`);
    return {
      ...accessOf(found, await this.#groupNames()),
      pin: pin === undefined ? null : (await revealed<{ pin: string }>(`pins/${pin.id}`)).pin,
      link: link === undefined ? null : (await revealed<{ url: string }>(`magic-links/${link.id}`)).url,
    };
  }

  /** Everybody at once, without what is revealed: the verdict, and of who has access when and where. */
  async everybody(): Promise<Map<string, { readonly verdict: readonly string[]; readonly access: Omit<Access, 'pin' | 'link'> | null }>> {
    const names = await this.#groupNames();
    const found = [...(await this.users())].map(async ([externalId, user]) => {
      const member = user.memberId === null ? null : await this.world.api.get<Member>(`/members/${user.memberId}`);
      const access = member === null || isOver(member) ? null : accessOf(member, names);
      return [externalId, { verdict: verdictOf(user), access }] as const;
    });
    return new Map(await Promise.all(found));
  }

  async #groupNames(): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.world.api.all<{ id: string; name: string }>('/member-groups')).map(({ id, name }) => [id, name]));
  }

  async #memberGroup(name: string): Promise<string> {
    const { api } = this.world;
    const known = (await api.all<{ id: string; name: string }>('/member-groups')).find((one) => one.name === name);
    return known?.id ?? (await api.take<{ id: string }>('POST', '/member-groups', { name })).id;
  }
}

function verdictOf({ status, skipReason, warnings }: Listed): readonly string[] {
  return [skipReason ?? status, ...warnings];
}

function isOver({ status }: Pick<Member, 'status'>): boolean {
  return status === 'ended' || status === 'deleted';
}

function accessOf(member: Member, names: ReadonlyMap<string, string>): Omit<Access, 'pin' | 'link'> {
  const groups: Record<string, string[]> = {};
  for (const { memberGroupId, startsAt, endsAt } of member.associations) {
    const name = names.get(memberGroupId) ?? memberGroupId;
    groups[name] = [...(groups[name] ?? []), windowText(startsAt, endsAt)].sort();
  }
  const { id: memberId, name, emails, status } = member;
  return { memberId, name, emails, status, groups, window: windowText(member.startsAt, member.endsAt), cards: member.cards.length };
}

function windowText(startsAt: Instant | null, endsAt: Instant | null): string {
  const minute = (at: Instant | null) => at?.slice(0, 16).replace('T', ' ') ?? '…';
  return `${minute(startsAt)} – ${minute(endsAt)}`;
}
