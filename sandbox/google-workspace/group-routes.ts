import type { Request } from 'express';
import { type Answer, type DirectoryParts, isIn, listBody, scopeOf, text } from './directory-parts.js';
import { GOOGLE_ERRORS } from './errors.js';
import type { SCOPES_FOR } from './guard.js';
import type { GroupMember } from './records.js';
import { searchGroups } from './search.js';
import { shownGroup, shownMember } from './view.js';
import type { World } from './world.js';

type Get = (path: string, part: keyof typeof SCOPES_FOR, answer: (request: Request) => Answer) => void;

const PAGE = { usual: 200, max: 200 };

/** Groups and who is in them. */
export function mountGroups(get: Get, parts: DirectoryParts): void {
  const { world } = parts;
  get('/groups', 'groups', (request) => listGroups(request, parts));
  get('/groups/:groupKey', 'groups', (request) => {
    const key = String(request.params['groupKey']);
    if (world.foreignGroups.has(key)) return GOOGLE_ERRORS.forbidden;
    const group = world.findGroup(key);
    return group === undefined ? GOOGLE_ERRORS.groupNotFound : { body: shownGroup(group, world) };
  });
  get('/groups/:groupKey/members', 'members', (request) => listMembers(request, parts));
  get('/groups/:groupKey/hasMember/:memberKey', 'members', (request) => {
    const group = world.findGroup(String(request.params['groupKey']));
    if (group === undefined) return GOOGLE_ERRORS.groupNotFound;
    const key = String(request.params['memberKey']);
    const id = world.findUser(key)?.id ?? world.findGroup(key)?.id;
    return id === undefined ? GOOGLE_ERRORS.memberNotFound : { body: { isMember: world.reaches(group.id, id) } };
  });
}

function listGroups(request: Request, { world, pageTokens }: DirectoryParts): Answer {
  const userKey = text(request, 'userKey');
  if (userKey !== undefined && text(request, 'customer') !== undefined) return GOOGLE_ERRORS.badRequest;
  if (text(request, 'sortOrder') !== undefined && text(request, 'orderBy') === undefined) return GOOGLE_ERRORS.invalid;
  const domains = userKey === undefined ? scopeOf(request, world) : world.domains;
  if ('status' in domains) return domains;
  const here = [...world.groups.values()].filter(({ email }) => isIn(email, domains));
  const holds = (groupId: string, key: string) =>
    world.membersOf(groupId).some(({ id }) => id === (world.findUser(key) ?? world.findGroup(key))?.id);
  const of = userKey === undefined ? here : here.filter(({ id }) => holds(id, userKey));
  const found = searchGroups(of, text(request, 'query') ?? '', ({ id }, key) => holds(id, key));
  if (found === null) return GOOGLE_ERRORS.invalid;
  const sorted = [...found].sort((a, b) => (a.email < b.email ? -1 : 1));
  if (text(request, 'sortOrder') === 'DESCENDING') sorted.reverse();
  return listBody('admin#directory#groups', 'groups', pageTokens.page(request, sorted, PAGE), (group) => shownGroup(group, world));
}

function listMembers(request: Request, { world, pageTokens, switches }: DirectoryParts): Answer {
  const key = String(request.params['groupKey']);
  if (world.foreignGroups.has(key)) return GOOGLE_ERRORS.forbidden;
  const group = world.findGroup(key);
  if (group === undefined || switches.goneMemberLists.has(group.id)) return GOOGLE_ERRORS.groupNotFound;
  const roles = text(request, 'roles')?.split(',');
  const direct = world.membersOf(group.id);
  const all = text(request, 'includeDerivedMembership') === 'true' ? derived(group.id, world) : direct;
  const wanted = roles === undefined ? all : all.filter(({ role }) => roles.includes(role));
  return listBody('admin#directory#members', 'members', pageTokens.page(request, wanted, PAGE), (member) => shownMember(member, world));
}

/** Everybody inside, and the groups in between too: callers have to leave them out themselves. */
function derived(groupId: string, world: World): GroupMember[] {
  const found = new Map<string, GroupMember>();
  const visited = new Set([groupId]);
  for (const id of visited) {
    for (const member of world.membersOf(id)) {
      found.set(member.id, member);
      if (member.type === 'GROUP') visited.add(member.id);
    }
  }
  return [...found.values()];
}
