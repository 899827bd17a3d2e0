import type { UpstreamRequest, UpstreamResponse } from '../http.js';
import { CursorExpired, UpstreamRefused, UpstreamUnavailable } from '../upstream-errors.js';
import { failure, faultOf, isBadPageToken, isForbidden, isGone } from './answers.js';
import { customerOf, directoryUrl, type GoogleContext } from './context.js';
import type { Listing } from './paging.js';
import {
  checkGroup,
  checkGroupsPage,
  checkMember,
  checkMembersPage,
  checkUser,
  checkUsersPage,
  type GoogleGroup,
  type GoogleMember,
  type GoogleUser,
} from './schema.js';
import { accessToken, renewed } from './token.js';

const USERS = '/admin/directory/v1/users';
const GROUPS = '/admin/directory/v1/groups';
const USERS_PER_PAGE = 500;
const GROUPS_PER_PAGE = 200;
/** Without custom fields, which nothing here reads. */
const PROJECTION = 'basic';

/**
 * One call with an access token. A token that is refused is renewed once.
 *
 * @returns any answer but that the token is not good; what it means is for the caller
 */
export async function call(
  context: GoogleContext,
  path: string,
  request: Omit<UpstreamRequest, 'url' | 'headers'>,
): Promise<UpstreamResponse> {
  const send = (token: string) =>
    context.http.request({ ...request, url: directoryUrl(context, path), headers: { authorization: `Bearer ${token}` } });
  const token = await accessToken(context);
  const first = await send(token);
  if (first.status !== 401 || isAboutAddress(first)) return first;
  const second = await send(await renewed(context, token));
  if (second.status !== 401) return second;
  throw new UpstreamRefused(`Google does not accept its own access token: connect again. Google says: ${faultOf(second).message}`);
}

/** Google answers 401 too when it does not like the address that a push channel is to send to. */
function isAboutAddress(response: UpstreamResponse): boolean {
  return [...faultOf(response).reasons].some((reason) => reason.startsWith('push.'));
}

/** A page of everybody in the directory: suspended and archived people too, since they must not look gone. */
export async function usersPage(context: GoogleContext, pageToken: string | undefined): Promise<Listing<GoogleUser>> {
  const query = { customer: customerOf(context), maxResults: USERS_PER_PAGE, orderBy: 'email', projection: PROJECTION };
  const page = checkUsersPage(await list(context, USERS, query, pageToken));
  return { items: (page.users ?? []).map(checkUser), nextPageToken: page.nextPageToken };
}

/** @param key an id or an address; null: Google says that there is no such user */
export async function userByKey(context: GoogleContext, key: string): Promise<GoogleUser | null> {
  const response = await call(context, `${USERS}/${encodeURIComponent(key)}`, { method: 'GET', query: { projection: PROJECTION } });
  if (response.status === 200) return checkUser(response.json());
  if (isGone(response, 'userKey')) return null;
  throw failure(response, context.now());
}

export async function groupsPage(
  context: GoogleContext,
  pageToken: string | undefined,
  perPage = GROUPS_PER_PAGE,
): Promise<Listing<GoogleGroup>> {
  const query = { customer: customerOf(context), maxResults: perPage, orderBy: 'email' };
  const page = checkGroupsPage(await list(context, GROUPS, query, pageToken));
  return { items: (page.groups ?? []).map(checkGroup), nextPageToken: page.nextPageToken };
}

/**
 * A page of the direct members of a group; `includeDerivedMembership` has been seen to leave people out.
 *
 * @param own is it a group of this account? Another one may be somebody else's, or gone: then nobody is known to be in it
 * @throws UpstreamUnavailable when a group of this account went away meanwhile: that it is empty, nobody said
 */
export async function membersPage(
  context: GoogleContext,
  group: { readonly id: string; readonly own: boolean },
  pageToken: string | undefined,
): Promise<Listing<GoogleMember>> {
  const path = `${GROUPS}/${encodeURIComponent(group.id)}/members`;
  const response = await call(context, path, { method: 'GET', query: { maxResults: GROUPS_PER_PAGE, pageToken } });
  if (!group.own && (isForbidden(response) || isGone(response, 'groupKey'))) return { items: [], nextPageToken: undefined };
  if (isGone(response, 'groupKey')) throw new UpstreamUnavailable('A group was deleted while the groups were read.');
  const page = checkMembersPage(listed(context, response, pageToken));
  return { items: (page.members ?? []).map(checkMember), nextPageToken: page.nextPageToken };
}

async function list(
  context: GoogleContext,
  path: string,
  query: Readonly<Record<string, string | number>>,
  pageToken: string | undefined,
): Promise<unknown> {
  return listed(context, await call(context, path, { method: 'GET', query: { ...query, pageToken } }), pageToken);
}

function listed(context: GoogleContext, response: UpstreamResponse, pageToken: string | undefined): unknown {
  if (response.status === 200) return response.json();
  if (pageToken !== undefined && isBadPageToken(response)) throw new CursorExpired('Google does not know the next page any more.');
  throw failure(response, context.now());
}
