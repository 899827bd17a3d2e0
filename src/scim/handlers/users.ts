import type { Reader } from '../../db/database.js';
import { groupsByUser } from '../../directory/groups-of-users.js';
import { findUser, type UserRow } from '../../directory/user-store.js';
import { NotFound } from '../../errors.js';
import { Answer } from '../answer.js';
import type { ScimCall, ScimParts } from '../call.js';
import { checkUser } from '../model/check-user.js';
import { applyPatch } from '../patch/apply-patch.js';
import { parsePatch } from '../patch/parse-patch.js';
import { type Projection, parseProjection, wants } from '../projection.js';
import { renderUser } from '../render.js';
import { USER_SCHEMA } from '../schema/schemas.js';
import { etagOf, isUnchanged, parseVersions } from '../transport/versions.js';
import { checkId, perform } from './perform.js';

/** A User with what an answer shows of it. */
interface ShownUser {
  readonly row: UserRow;
  /** null: the answer has no body. */
  readonly text: string | null;
}

/** GET /Users/{id}. @see RFC 7644 section 3.4.1 */
export async function getUser(parts: ScimParts, call: ScimCall, id: string): Promise<Answer> {
  const projection = projectionOf(call);
  const { row, text } = await show(parts, call, projection)(parts.db.read, checkId(id, 'User'));
  if (isUnchanged(call.ifNoneMatch, row.version)) return new Answer(304, null, { ETag: etagOf(row.version) });
  return new Answer(200, text, { ETag: etagOf(row.version) });
}

/** POST /Users. @see RFC 7644 section 3.3 */
export async function createUser(parts: ScimParts, call: ScimCall): Promise<Answer> {
  const { missingSchemas, activeByDefault } = call.connection.integration.settings.scim;
  const projection = projectionOf(call);
  const user = checkUser(call.body, { missingSchemas, activeWhenAbsent: activeByDefault });
  const { row, text } = await perform(parts, call, { kind: 'user.create', user, id: call.bulk?.newId }, show(parts, call, projection));
  return new Answer(201, text, { ETag: etagOf(row.version), Location: locationOf(parts, row) });
}

/**
 * PUT /Users/{id}. Without `active` the stored value stays: a client that leaves it out must not re-open doors (D-A1).
 *
 * @see RFC 7644 section 3.5.1
 */
export async function replaceUser(parts: ScimParts, call: ScimCall, id: string): Promise<Answer> {
  const { missingSchemas } = call.connection.integration.settings.scim;
  const projection = projectionOf(call);
  const { row, text } = await perform(
    parts,
    call,
    {
      kind: 'user.change',
      id: checkId(id, 'User'),
      ifMatch: parseVersions(call.ifMatch),
      change: (current) => checkUser(call.body, { missingSchemas, activeWhenAbsent: current['active'] === true }),
    },
    show(parts, call, projection),
  );
  return new Answer(200, text, { ETag: etagOf(row.version) });
}

/** PATCH /Users/{id}: all operations or none (RFC 7644 section 3.5.2). */
export async function patchUser(parts: ScimParts, call: ScimCall, id: string): Promise<Answer> {
  const switches = call.connection.integration.settings.scim;
  const projection = projectionOf(call);
  const operations = parsePatch(call.body, USER_SCHEMA, switches);
  const { row, text } = await perform(
    parts,
    call,
    {
      kind: 'user.change',
      id: checkId(id, 'User'),
      ifMatch: parseVersions(call.ifMatch),
      change: (current) =>
        checkUser(applyPatch(current, operations, switches), { missingSchemas: 'derive', activeWhenAbsent: switches.activeByDefault }),
    },
    show(parts, call, projection),
  );
  const bare = switches.patchUser === 'none' && projection === null;
  return new Answer(bare ? 204 : 200, bare ? null : text, { ETag: etagOf(row.version) });
}

/** DELETE /Users/{id}: access, PIN and link are gone when the 204 is sent. @see RFC 7644 section 3.6 */
export async function deleteUser(parts: ScimParts, call: ScimCall, id: string): Promise<Answer> {
  await perform(parts, call, { kind: 'user.delete', id: checkId(id, 'User'), ifMatch: parseVersions(call.ifMatch) }, async () => null);
  return new Answer(204, null);
}

/** Several Users with one look-up of their Groups. */
export async function renderUsers(
  parts: ScimParts,
  reader: Reader,
  rows: readonly UserRow[],
  projection: Projection | null,
): Promise<string[]> {
  const ids = rows.map((row) => row.id);
  const groups = ids.length > 0 && wants(projection, 'groups') ? await groupsByUser(reader, ids) : new Map();
  return rows.map((row) => renderUser(row, groups.get(row.id) ?? [], parts.baseUrl, projection));
}

function show(parts: ScimParts, call: ScimCall, projection: Projection | null) {
  return async (reader: Reader, id: string): Promise<ShownUser> => {
    const row = await findUser(reader, call.connection.integration.id, id);
    if (row === undefined) throw new NotFound('There is no User with this id.');
    if (call.bulk !== null) return { row, text: null };
    const [text = ''] = await renderUsers(parts, reader, [row], projection);
    return { row, text };
  };
}

function projectionOf(call: ScimCall): Projection | null {
  return parseProjection(call.query.attributes, call.query.excludedAttributes, USER_SCHEMA);
}

function locationOf(parts: ScimParts, row: UserRow): string {
  return `${parts.baseUrl}/Users/${row.id}`;
}
