import { messageOf, type UpstreamRequest, type UpstreamResponse } from '../http.js';
import { UpstreamContract, UpstreamRefused } from '../upstream-errors.js';
import { apiBaseUrl, type GuestyContext } from './context.js';
import {
  accountOf,
  type GuestyAccount,
  type GuestyListing,
  type GuestyReservation,
  listingOf,
  type ListPage,
  listOf,
  newestOf,
  reservationOf,
} from './schema.js';
import { currentToken, tokenAfterRefusal } from './token.js';

/** What Guesty sends at most in one answer. */
export const LIMIT_MAX = 100;

/** Only what is read, and nothing of a guest beyond name and e-mail. `status` comes only when asked for. */
const RESERVATION_FIELDS = [
  '_id listingId status confirmationCode checkIn checkOut checkInDateLocalized checkOutDateLocalized plannedArrival plannedDeparture',
  'guest.fullName guest.firstName guest.lastName guest.email',
  'listing.timezone listing.defaultCheckInTime listing.defaultCheckOutTime lastUpdatedAt',
].join(' ');
const LISTING_FIELDS = '_id nickname title mtl timezone defaultCheckInTime defaultCheckOutTime';

export interface Filter {
  readonly field: 'lastUpdatedAt' | 'checkOutDateLocalized';
  readonly operator: '$gte';
  readonly value: string;
}

export interface Call extends Pick<UpstreamRequest, 'method' | 'query' | 'json' | 'repeatable' | 'notYet'> {
  /** Below the address of the API, with a slash in front. */
  readonly path: string;
  /** Statuses beside 2xx that the caller makes sense of. */
  readonly accepts?: readonly number[];
}

/**
 * One request with a token. An expired token is answered 403 as well as 401, so the first of either gets one new token and
 * one more try; the second is about rights.
 */
export async function call(context: GuestyContext, one: Call): Promise<UpstreamResponse> {
  const token = await currentToken(context);
  let response = await send(context, one, token);
  if (isRefusal(response)) {
    const other = await tokenAfterRefusal(context, token);
    if (other !== null) response = await send(context, one, other);
  }
  const { status } = response;
  if ((status >= 200 && status < 300) || one.accepts?.includes(status) === true) return response;
  context.logger.warn('guesty did not do what it was asked', { status, requestId: response.headers['x-request-id'] ?? null });
  const said = `Guesty answered ${status}: ${messageOf(response)}`;
  throw isRefusal(response) ? new UpstreamRefused(said) : new UpstreamContract(said);
}

/** An id as a part of a path. @throws UpstreamContract for one that would lead elsewhere */
export function segment(id: string): string {
  if (!/^[\w-]{1,100}$/.test(id)) throw new UpstreamContract('This is not an id of Guesty.');
  return id;
}

export async function accountMe(context: GuestyContext): Promise<GuestyAccount> {
  return accountOf((await call(context, { method: 'GET', path: '/accounts/me' })).json());
}

/** Sorted by id, which never changes, so that pages join. */
export async function listingsPage(
  context: GuestyContext,
  { active, skip }: { readonly active: boolean; readonly skip: number },
): Promise<ListPage<GuestyListing>> {
  const query = { active: String(active), fields: LISTING_FIELDS, sort: '_id', limit: LIMIT_MAX, skip };
  return listOf((await call(context, { method: 'GET', path: '/listings', query })).json(), listingOf);
}

/** null: Guesty says that there is no such listing. */
export async function listing(context: GuestyContext, id: string): Promise<GuestyListing | null> {
  const query = { fields: LISTING_FIELDS };
  const response = await call(context, { method: 'GET', path: `/listings/${segment(id)}`, query, accepts: [404] });
  return answered(response, id, listingOf);
}

/** Sorted by id, of any status. */
export async function reservationsPage(
  context: GuestyContext,
  { filter, skip }: { readonly filter: Filter; readonly skip: number },
): Promise<ListPage<GuestyReservation>> {
  const query = { filters: JSON.stringify([filter]), sort: '_id', limit: LIMIT_MAX, skip, fields: RESERVATION_FIELDS };
  return listOf((await call(context, { method: 'GET', path: '/reservations', query })).json(), reservationOf);
}

/** null: Guesty says that there is no such reservation. */
export async function reservation(context: GuestyContext, id: string): Promise<GuestyReservation | null> {
  const query = { fields: RESERVATION_FIELDS };
  const response = await call(context, { method: 'GET', path: `/reservations/${segment(id)}`, query, accepts: [404] });
  return answered(response, id, reservationOf);
}

/** When the reservation was changed that was changed last; null when there is none. */
export async function lastChange(context: GuestyContext): Promise<string | null> {
  const query = { sort: '-lastUpdatedAt', limit: 1, fields: '_id lastUpdatedAt' };
  const { items } = listOf((await call(context, { method: 'GET', path: '/reservations', query })).json(), newestOf);
  return items[0]?.lastUpdatedAt ?? null;
}

function send(context: GuestyContext, { accepts: _, path, ...request }: Call, token: string): Promise<UpstreamResponse> {
  return context.http.request({ ...request, url: apiBaseUrl(context.config) + path, headers: { authorization: `Bearer ${token}` } });
}

/** A 404 counts when it is JSON, as Guesty's own are: any server in between, or a wrong address, says 404 of everything. */
function answered<Item extends { readonly _id: string }>(
  response: UpstreamResponse,
  id: string,
  itemOf: (body: unknown) => Item,
): Item | null {
  const body = response.json();
  if (response.status === 404) return null;
  const item = itemOf(body);
  if (item._id !== id) throw new UpstreamContract('Guesty sent something else than what was asked for.');
  return item;
}

function isRefusal({ status }: UpstreamResponse): boolean {
  return status === 401 || status === 403;
}
