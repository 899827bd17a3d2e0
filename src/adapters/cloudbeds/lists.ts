import type { CloudbedsReservationRow } from '../../domain/generated/upstream/cloudbeds/reservation-rows.js';
import type { CloudbedsRoom } from '../../domain/generated/upstream/cloudbeds/rooms.js';
import { UpstreamContract, UpstreamUnavailable } from '../upstream-errors.js';
import type { CloudbedsClient, Query } from './client.js';
import { countOf } from './lax.js';
import { checkRooms, checkRows } from './schema.js';

const PAGE_SIZE = 100;
const PASSES = 3;

export interface Rows {
  readonly rows: readonly CloudbedsReservationRow[];
  readonly total: number | null;
}

/** Without these the rows have neither rooms nor guests. */
const INCLUDED: Query = { includeAllRooms: 'true', includeGuestsDetails: 'true' };

/**
 * Every reservation of a query, each once. Pages are numbered over a set that changes meanwhile, so a row can slip from a
 * page not read yet to one that was: a pass that lost count is done again, and rows that came already are left out.
 *
 * @throws UpstreamContract when a page comes twice; UpstreamUnavailable when the list never holds still
 */
export async function* reservationPages(client: CloudbedsClient, path: string, query: Query): AsyncGenerator<Rows> {
  const given = new Set<string>();
  for (let pass = 1; ; pass += 1) {
    const seen = new Set<string>();
    let total: number | null = null;
    let shrunk = false;
    for (let number = 1; ; number += 1) {
      const page = await reservationPage(client, path, query, number);
      shrunk ||= total !== null && page.total !== null && page.total < total;
      total = page.total ?? total;
      const before = seen.size;
      for (const { reservationID } of page.rows) seen.add(String(reservationID));
      yield { rows: page.rows.filter(({ reservationID }) => isNew(given, String(reservationID))), total };
      // A full page is never the end, whatever the total says; a short one is only when nothing is missing.
      if (page.rows.length === 0 || (page.rows.length < PAGE_SIZE && (total === null || seen.size >= total))) break;
      if (seen.size === before) throw new UpstreamContract('Cloudbeds sent the same page of reservations again.');
    }
    const complete = total === null || seen.size >= total;
    if (complete && !shrunk) return;
    if (pass === PASSES) {
      // A row that slipped through here is only absent, and absence is looked into before anything is taken away.
      if (complete) return;
      throw new UpstreamUnavailable(`Cloudbeds says that there are ${total} reservations and sent ${seen.size}.`);
    }
  }
}

async function reservationPage(client: CloudbedsClient, path: string, query: Query, number: number): Promise<Rows> {
  const answer = await client.read(path, { propertyID: client.propertyId, ...INCLUDED, ...query, pageNumber: number, pageSize: PAGE_SIZE });
  return { rows: checkRows(answer.data), total: countOf(answer.total) };
}

/**
 * Every room of the property, each once. `count` and `total` count properties, and a page may be smaller than asked for,
 * so only a page without a new room is the end.
 */
export async function* roomPages(client: CloudbedsClient): AsyncGenerator<readonly CloudbedsRoom[]> {
  const seen = new Set<string>();
  for (let number = 1; ; number += 1) {
    const { data } = await client.read('getRooms', { propertyIDs: client.propertyId, pageNumber: number, pageSize: PAGE_SIZE });
    const rooms = checkRooms(data).flatMap((property) => (String(property.propertyID) === client.propertyId ? property.rooms : []));
    const fresh = rooms.filter(({ roomID }) => isNew(seen, String(roomID)));
    if (fresh.length === 0) {
      if (rooms.length >= PAGE_SIZE) throw new UpstreamContract('Cloudbeds sent the same page of rooms again.');
      return;
    }
    yield fresh;
  }
}

/** Adds it; was it missing? */
function isNew(known: Set<string>, id: string): boolean {
  if (known.has(id)) return false;
  known.add(id);
  return true;
}
