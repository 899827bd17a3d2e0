import type { Instant } from '../../domain/time.js';
import type { Page, SourceGroup, SourceResource, SourceUser } from '../adapter.js';
import { changedSince, concernedCoworkers } from './changed.js';
import type { NexudusClient } from './client.js';
import { collectHoldings, type HoldingsByCoworker } from './collect.js';
import type { NexudusContext } from './context.js';
import { Marks } from './cursor.js';
import { BOOKABLES, BOOKING, BUSINESS, CANCELLED_BOOKING, COWORKER } from './entities.js';
import { accessOf, NO_HOLDINGS } from './holdings.js';
import { checkCoworker } from './schema.js';
import { businessesOf, isAdmitted, toGroup, toUser, unlistedGroups } from './to-scim.js';
import { idOf } from './values.js';

const USERS_PER_PAGE = 100;
/** From so many changed coworkers on, whole lists cost fewer requests than one look at each. */
const SINGLY_MAX = 25;

/** Everything: Groups, then what people have, then people. Whatever list fails, the read fails. */
export async function* readEverything(client: NexudusClient, context: NexudusContext): AsyncGenerator<Page> {
  const now = context.now();
  const marks = Marks.none();
  const businesses = businessesOf(await client.list(BUSINESS));
  const listed = new Set<string>();
  for (const { kind, entity } of BOOKABLES) {
    const groups = (await changedSince(client, entity, marks)).map((record) => toGroup(kind, record, businesses));
    for (const { externalId } of groups) listed.add(externalId);
    yield pageOf(groups);
  }
  const holdings = await collectHoldings(client, { now, marks });
  // From where cancellations are followed: any later one is younger than the youngest booking.
  marks.startAt(CANCELLED_BOOKING.name, BOOKING.name);
  const unlisted = unlistedGroups(holdings.values(), listed, businesses);
  if (unlisted.length > 0) yield pageOf(unlisted);

  const rows = await changedSince(client, COWORKER, marks);
  const total = listed.size + unlisted.length + rows.length;
  yield* pagesOf(rows, marks, total, async (row) => {
    const access = accessOf(holdings.get(String(row.Id)) ?? NO_HOLDINGS, now);
    return isAdmitted(row, access) ? userOf(client, context, String(row.Id), now, holdings) : toUser(row, access, context.settings);
  });
}

/** The Groups that changed, and every coworker whom a change may concern, read anew. */
export async function* readChanges(client: NexudusClient, context: NexudusContext, cursor: string): AsyncGenerator<Page> {
  const now = context.now();
  const marks = Marks.parse(cursor);
  const businesses = businessesOf(await client.list(BUSINESS));
  const holders = new Set<string>();
  for (const { kind, entity } of BOOKABLES) {
    const records = await changedSince(client, entity, marks);
    for (const holder of records.map(({ CoworkerId }) => idOf(CoworkerId))) if (holder !== null) holders.add(holder);
    if (records.length > 0) yield pageOf(records.map((record) => toGroup(kind, record, businesses)));
  }
  const ids = await concernedCoworkers(client, marks, now, holders);
  const holdings = ids.length > SINGLY_MAX ? await collectHoldings(client, { now }) : undefined;
  yield* pagesOf(ids, marks, null, (id) => userOf(client, context, id, now, holdings));
}

/**
 * One coworker with everything they have, read directly; null: Nexudus has none with this id.
 *
 * @param holdings of everybody, where they have been read already
 */
export async function userOf(
  client: NexudusClient,
  context: NexudusContext,
  coworkerId: string,
  now: Instant,
  holdings?: HoldingsByCoworker,
): Promise<SourceUser | null> {
  const record = await client.get(COWORKER, coworkerId);
  if (record === null) return null;
  const coworker = checkCoworker(record);
  const own = (holdings ?? (await collectHoldings(client, { now, coworkerId }))).get(coworkerId) ?? NO_HOLDINGS;
  return toUser(coworker, accessOf(own, now), context.settings);
}

/** In pages of Users; the cursor comes with the last one, and there always is one. */
async function* pagesOf<Item>(
  items: readonly Item[],
  marks: Marks,
  total: number | null,
  user: (item: Item) => Promise<SourceUser | null>,
): AsyncGenerator<Page> {
  for (let at = 0; at === 0 || at < items.length; at += USERS_PER_PAGE) {
    const users = await Promise.all(items.slice(at, at + USERS_PER_PAGE).map(user));
    const isLast = at + USERS_PER_PAGE >= items.length;
    yield { resources: users.filter((one) => one !== null), cursor: isLast ? marks.toString() : null, total };
  }
}

function pageOf(resources: readonly SourceGroup[]): Page {
  return { resources: resources satisfies readonly SourceResource[], cursor: null, total: null };
}
