import { instant, shift } from '../../domain/time.js';
import type { Page, SourceGroup, SourceResource, SourceUser } from '../adapter.js';
import { CursorExpired, UpstreamContract } from '../upstream-errors.js';
import { type Filter, lastChange, LIMIT_MAX, reservation as readReservation, reservationsPage } from './client.js';
import type { GuestyContext } from './context.js';
import { Listings } from './listings.js';
import { pagesOf } from './pages.js';
import { needsPlace } from './stay.js';
import { listingIdOf, toGroup, toUser } from './to-scim.js';

const DAY_MS = 24 * 60 * 60_000;
/** Changes show up in the list a little after their time. */
const OVERLAP_MS = 5 * 60_000;

/** All listings, then every reservation whose stay may not have ended, whatever its status. */
export async function* resources(context: GuestyContext): AsyncGenerator<Page> {
  const cursor = await lastChange(context);
  // Nowhere on earth is it earlier than yesterday in UTC.
  const yesterday = shift(context.now(), -DAY_MS).slice(0, 'YYYY-MM-DD'.length);
  yield* read(context, { field: 'checkOutDateLocalized', operator: '$gte', value: yesterday }, cursor);
}

/**
 * All listings, then every reservation changed since the cursor, of any status and date: a filter would hide cancellations
 * and shortened stays.
 */
export async function* changes(context: GuestyContext, cursor: string): AsyncGenerator<Page> {
  const since = Date.parse(cursor);
  if (Number.isNaN(since)) throw new CursorExpired('The place to go on from is not known any more.');
  const newest = await lastChange(context);
  const next = newest === null || Date.parse(newest) < since ? cursor : newest;
  yield* read(context, { field: 'lastUpdatedAt', operator: '$gte', value: shift(instant(since), -OVERLAP_MS) }, next);
}

/** One reservation as it is now. */
export async function one(context: GuestyContext, id: string): Promise<readonly SourceUser[]> {
  const found = await readReservation(context, id);
  if (found === null) return [];
  const listingId = listingIdOf(found);
  if (listingId === null) return [toUser(found, null, null)];
  // The reservation tells all that the times need, as a rule; the listing is asked for only when it does not.
  if (!needsPlace(found)) return [toUser(found, { _id: listingId }, null)];
  const listings = new Listings(context);
  await listings.need([listingId]);
  const { listing, parent } = listings.get(listingId);
  return [toUser(found, listing, parent)];
}

/**
 * @param cursor read before everything else: a row that changes while pages are read is changed after it. The end of the
 * read hands it over.
 */
async function* read(context: GuestyContext, filter: Filter, cursor: string | null): AsyncGenerator<Page> {
  if (cursor !== null && Number.isNaN(Date.parse(cursor))) {
    throw new UpstreamContract('Guesty sent a reservation whose lastUpdatedAt is no time.');
  }
  const listings = new Listings(context);
  const groups = groupsOf(listings, await listings.all());
  for (let at = 0; at < groups.length; at += LIMIT_MAX) {
    yield { resources: groups.slice(at, at + LIMIT_MAX), cursor: null, total: null };
  }
  for await (const { items, count } of pagesOf((skip) => reservationsPage(context, { filter, skip }))) {
    const further = await listings.need(items.flatMap((item) => listingIdOf(item) ?? []));
    const users = items.map((item) => {
      const { listing, parent } = listings.get(listingIdOf(item) ?? '');
      return toUser(item, listing, parent);
    });
    const resources: SourceResource[] = [...groupsOf(listings, further), ...users];
    yield { resources, cursor: null, total: count === null ? null : groups.length + count };
  }
  yield { resources: [], cursor, total: null };
}

function groupsOf(listings: Listings, ids: readonly string[]): SourceGroup[] {
  return ids.flatMap((id) => {
    const { listing, parent } = listings.get(id);
    return listing === null ? [] : [toGroup(listing, parent)];
  });
}
