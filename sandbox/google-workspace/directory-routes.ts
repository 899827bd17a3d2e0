import type { Express, Request, Response } from 'express';
import { type Answer, type DirectoryParts, isIn, listBody, scopeOf, text } from './directory-parts.js';
import { GOOGLE_ERRORS, send } from './errors.js';
import { mountGroups } from './group-routes.js';
import { admitted, type SCOPES_FOR } from './guard.js';
import type { DirectoryUser } from './records.js';
import { searchUsers } from './search.js';
import { masked, shownOrgUnit, shownUser, type UserView } from './view.js';

const ROOT = '/admin/directory/v1';

/** The read side of the Directory API. Unknown paths are answered 404 by the server itself. */
export function mountDirectory(app: Express, parts: DirectoryParts): void {
  const get = (path: string, part: keyof typeof SCOPES_FOR, answer: (request: Request) => Answer) => {
    app.get(`${ROOT}${path}`, (request: Request, response: Response) => {
      if (admitted(request, response, part, parts) === null) return;
      const result = answer(request);
      if ('status' in result) send(response, result);
      else response.json(masked(result.body, text(request, 'fields')));
    });
  };
  get('/users', 'users', (request) => listUsers(request, parts));
  get('/users/:userKey', 'users', (request) => {
    const user = parts.world.findUser(String(request.params['userKey']));
    return user === undefined ? GOOGLE_ERRORS.userNotFound : { body: shownUser(user, viewOf(request, parts)) };
  });
  mountGroups(get, parts);
  get('/customer/:customerId/orgunits', 'orgUnits', (request) => listOrgUnits(request, parts));
  get('/customer/:customerId/orgunits/*path', 'orgUnits', (request) => {
    const given = [request.params['path'] ?? []].flat().join('/');
    const unit = [...parts.world.orgUnits.values()].find(
      ({ orgUnitId, orgUnitPath }) => orgUnitId === given || orgUnitPath === `/${given}`,
    );
    return unit === undefined ? GOOGLE_ERRORS.orgUnitNotFound : { body: shownOrgUnit(unit) };
  });
}

function listUsers(request: Request, parts: DirectoryParts): Answer {
  const { world, switches, pageTokens } = parts;
  const domains = scopeOf(request, world);
  if ('status' in domains) return domains;
  const deleted = text(request, 'showDeleted') === 'true';
  const all = [...world.users.values()].filter((user) => (user.deletionTime !== undefined) === deleted);
  const here = all.filter(({ primaryEmail }) => isIn(primaryEmail, domains));
  const found = searchUsers(switches.emptyUsers ? [] : here, text(request, 'query') ?? '');
  if (found === null) return GOOGLE_ERRORS.invalid;
  const order = orderOf(text(request, 'orderBy'));
  if (order === null) return GOOGLE_ERRORS.invalid;
  const sorted = [...found].sort((a, b) => compare(order(a), order(b)) || compare(a.id, b.id));
  if (text(request, 'sortOrder') === 'DESCENDING') sorted.reverse();
  const view = viewOf(request, parts);
  return listBody('admin#directory#users', 'users', pageTokens.page(request, sorted, { usual: 100, max: 500 }), (user) =>
    shownUser(user, view),
  );
}

function orderOf(name: string | undefined): ((user: DirectoryUser) => string) | null {
  switch (name) {
    case undefined:
      return ({ id }) => id;
    case 'email':
      return ({ primaryEmail }) => primaryEmail.toLowerCase();
    case 'familyName':
      return ({ name: { familyName } }) => familyName;
    case 'givenName':
      return ({ name: { givenName } }) => givenName;
    default:
      return null;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function viewOf(request: Request, { switches }: DirectoryParts): UserView {
  return {
    projection: text(request, 'projection') ?? 'basic',
    customFieldMask: (text(request, 'customFieldMask') ?? '').split(','),
    viewType: text(request, 'viewType') ?? 'admin_view',
    omitSuspended: switches.omitSuspended,
  };
}

/** No paging; without any unit the key is left out. */
function listOrgUnits(request: Request, { world }: DirectoryParts): Answer {
  const customer = String(request.params['customerId']);
  if (customer !== 'my_customer' && customer !== world.customerId) return GOOGLE_ERRORS.invalidCustomer;
  const under = text(request, 'orgUnitPath') ?? '/';
  const type = text(request, 'type') ?? 'children';
  const units = [...world.orgUnits.values()].filter(({ orgUnitPath, parentOrgUnitPath }) => {
    if (type === 'children') return parentOrgUnitPath === under;
    const below = orgUnitPath.startsWith(under === '/' ? '/' : `${under}/`);
    return below || (type === 'allIncludingParent' && orgUnitPath === under);
  });
  return {
    body: {
      kind: 'admin#directory#orgUnits',
      etag: '"o"',
      ...(units.length === 0 ? {} : { organizationUnits: units.map(shownOrgUnit) }),
    },
  };
}
