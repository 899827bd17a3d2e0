import type { Page, SourceGroup } from '../adapter.js';
import { groupsPage, membersPage, usersPage } from './client.js';
import type { GoogleContext } from './context.js';
import { checkCustomer } from './customer.js';
import { type Directory, type Edges, edgesOf, FoundUsers, flattened } from './membership.js';
import { allOf, pagesOf } from './paging.js';
import type { GoogleGroup } from './schema.js';
import { toGroup, toUser } from './to-scim.js';

/** Lists of members that are read at the same time. */
export const CONCURRENT = 8;

/** A page of Groups ends when either is reached. */
const GROUPS_PER_PAGE = 100;
const MEMBERSHIPS_PER_PAGE = 10_000;

/**
 * The whole directory: Users, then Groups with everybody who is in them. Any page that fails ends the read with its error.
 */
export async function* readDirectory(context: GoogleContext): AsyncGenerator<Page> {
  const found = new FoundUsers();
  for await (const users of pagesOf((pageToken) => usersPage(context, pageToken))) {
    await checkCustomer(context, users);
    for (const user of users) found.add(user);
    yield page(users.map(toUser));
  }
  const groups = await allOf((pageToken) => groupsPage(context, pageToken));
  const edges = await readEdges(context, groups, found);
  yield* groupPages(groups, edges, found);
}

/** The lists of members of all groups and, level by level, of the groups that turn up in them. */
async function readEdges(
  context: GoogleContext,
  groups: readonly GoogleGroup[],
  directory: Directory,
): Promise<ReadonlyMap<string, Edges>> {
  const own = new Set(groups.map(({ id }) => id));
  const edges = new Map<string, Edges>();
  for (let level = [...own]; level.length > 0; level = unread(level, edges)) {
    await inParallel(level, async (id) => {
      const members = await allOf((pageToken) => membersPage(context, { id, own: own.has(id) }, pageToken));
      edges.set(id, edgesOf(members, directory));
    });
  }
  return edges;
}

function unread(level: readonly string[], edges: ReadonlyMap<string, Edges>): string[] {
  const nested = level.flatMap((id) => edges.get(id)?.groups ?? []);
  return [...new Set(nested)].filter((id) => !edges.has(id));
}

/** After the first error nothing more is begun. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  let failed = false;
  const lane = async () => {
    for (const item of waiting) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
}

function* groupPages(groups: readonly GoogleGroup[], edges: ReadonlyMap<string, Edges>, { ids }: Directory): Generator<Page> {
  let resources: SourceGroup[] = [];
  let memberships = 0;
  for (const group of groups) {
    const members = flattened(group.id, edges, ids);
    resources.push(toGroup(group, members));
    memberships += members.length;
    if (resources.length < GROUPS_PER_PAGE && memberships < MEMBERSHIPS_PER_PAGE) continue;
    yield page(resources);
    resources = [];
    memberships = 0;
  }
  if (resources.length > 0) yield page(resources);
}

/** Every read is a full one, so there is no cursor; Google gives no totals. */
function page(resources: Page['resources']): Page {
  return { resources, cursor: null, total: null };
}
