import type { GoogleMember, GoogleUser } from './schema.js';
import { domainOf } from './text.js';

/** Everybody whom a full read has found. */
export interface Directory {
  readonly ids: ReadonlySet<string>;
  /** Of their addresses. */
  readonly domains: ReadonlySet<string>;
}

/** Who and what is directly in one group. */
export interface Edges {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** The whole account is a member. */
  readonly everybody: boolean;
}

/** Fills as the users come. */
export class FoundUsers implements Directory {
  readonly ids = new Set<string>();
  readonly domains = new Set<string>();

  add({ id, primaryEmail }: GoogleUser): void {
    this.ids.add(id);
    this.domains.add(domainOf(primaryEmail));
  }
}

/**
 * The members of one group, sorted into kinds. A type that is not known admits nobody.
 *
 * A person counts as external when the read has not found them and their address is of none of our domains. Somebody of our
 * own who is missing in the list, which lags behind for minutes, keeps the membership: whether they are gone is settled by
 * asking for them, not by a group that forgets them.
 */
export function edgesOf(members: readonly GoogleMember[], directory: Directory): Edges {
  const ours = ({ id, email }: GoogleMember) => directory.ids.has(id) || directory.domains.has(domainOf(email ?? ''));
  return {
    users: members.filter((member) => member.type === 'USER' && ours(member)).map(({ id }) => id),
    groups: members.filter(({ type }) => type === 'GROUP').map(({ id }) => id),
    everybody: members.some(({ type }) => type === 'CUSTOMER'),
  };
}

/**
 * The ids of all users in a group, directly or through nested groups, each once and sorted. Groups may contain each other:
 * every group is looked at once.
 */
export function flattened(groupId: string, edges: ReadonlyMap<string, Edges>, everybody: ReadonlySet<string>): readonly string[] {
  const users = new Set<string>();
  const visited = new Set([groupId]);
  // A Set grows while it is walked.
  for (const id of visited) {
    const direct = edges.get(id);
    for (const user of direct?.users ?? []) users.add(user);
    for (const nested of direct?.groups ?? []) visited.add(nested);
    if (direct?.everybody === true) for (const user of everybody) users.add(user);
  }
  return [...users].sort();
}
