import type { Reader } from '../../db/database.js';
import { findGroup, type GroupRow } from '../../directory/group-store.js';
import { membersByGroup } from '../../directory/groups-of-users.js';
import type { DirectoryOperation } from '../../directory/operation.js';
import { NotFound } from '../../errors.js';
import { Answer } from '../answer.js';
import type { ScimCall, ScimParts } from '../call.js';
import { checkGroup } from '../model/check-group.js';
import { applyPatch } from '../patch/apply-patch.js';
import { groupPatch } from '../patch/group-patch.js';
import { parsePatch } from '../patch/parse-patch.js';
import { type Projection, parseProjection, wants } from '../projection.js';
import { renderGroup } from '../render.js';
import { GROUP_SCHEMA } from '../schema/schemas.js';
import { etagOf, isUnchanged, parseVersions } from '../transport/versions.js';
import { checkId, perform } from './perform.js';

interface ShownGroup {
  readonly row: GroupRow;
  /** null: the answer has no body, so the members were not read. */
  readonly text: string | null;
}

/** GET /Groups/{id}. @see RFC 7644 section 3.4.1 */
export async function getGroup(parts: ScimParts, call: ScimCall, id: string): Promise<Answer> {
  const row = await find(parts.db.read, call, checkId(id, 'Group'));
  const headers = { ETag: etagOf(row.version) };
  if (isUnchanged(call.ifNoneMatch, row.version)) return new Answer(304, null, headers);
  const [text = ''] = await renderGroups(parts, parts.db.read, [row], projectionOf(call));
  return new Answer(200, text, headers);
}

/** POST /Groups. @see RFC 7644 section 3.3 */
export async function createGroup(parts: ScimParts, call: ScimCall): Promise<Answer> {
  const { missingSchemas } = call.connection.integration.settings.scim;
  const projection = projectionOf(call);
  const group = checkGroup(call.body, { missingSchemas });
  const operation = { kind: 'group.create', group, members: group.members ?? [], id: call.bulk?.newId } as const;
  const { row, text } = await perform(parts, call, operation, show(parts, call, projection, true));
  return new Answer(201, text, { ETag: etagOf(row.version), Location: `${parts.baseUrl}/Groups/${row.id}` });
}

/** PUT /Groups/{id}. Without `members` they stay, `[]` and null empty the Group (D-A2). @see RFC 7644 section 3.5.1 */
export async function replaceGroup(parts: ScimParts, call: ScimCall, id: string): Promise<Answer> {
  const { missingSchemas, absentMembersOnPut } = call.connection.integration.settings.scim;
  const projection = projectionOf(call);
  const group = checkGroup(call.body, { missingSchemas });
  const members = group.members ?? (absentMembersOnPut === 'clear' ? [] : undefined);
  const operation: DirectoryOperation = {
    kind: 'group.change',
    id: checkId(id, 'Group'),
    ifMatch: parseVersions(call.ifMatch),
    change: () => group,
    members: members === undefined ? [] : [{ op: 'replace', ids: members }],
  };
  const { row, text } = await perform(parts, call, operation, show(parts, call, projection, true));
  return new Answer(200, text, { ETag: etagOf(row.version) });
}

/**
 * PATCH /Groups/{id}. Answers 204 unless attributes are asked for: the answer to one more member must not be the list
 * of all the others (D-S1).
 *
 * @see RFC 7644 section 3.5.2
 */
export async function patchGroup(parts: ScimParts, call: ScimCall, id: string): Promise<Answer> {
  const switches = call.connection.integration.settings.scim;
  const projection = projectionOf(call);
  const { steps, attributes } = groupPatch(parsePatch(call.body, GROUP_SCHEMA, switches));
  const operation: DirectoryOperation = {
    kind: 'group.change',
    id: checkId(id, 'Group'),
    ifMatch: parseVersions(call.ifMatch),
    change:
      attributes.length === 0 ? null : (current) => checkGroup(applyPatch(current, attributes, switches), { missingSchemas: 'derive' }),
    members: steps,
  };
  const withBody = projection !== null || switches.patchGroup === 'representation';
  const { row, text } = await perform(parts, call, operation, show(parts, call, projection, withBody));
  return new Answer(withBody ? 200 : 204, text, { ETag: etagOf(row.version) });
}

/** DELETE /Groups/{id}. @see RFC 7644 section 3.6 */
export async function deleteGroup(parts: ScimParts, call: ScimCall, id: string): Promise<Answer> {
  await perform(parts, call, { kind: 'group.delete', id: checkId(id, 'Group'), ifMatch: parseVersions(call.ifMatch) }, async () => null);
  return new Answer(204, null);
}

/** Several Groups with one look-up of their members, or none when nobody wants to see them. */
export async function renderGroups(
  parts: ScimParts,
  reader: Reader,
  rows: readonly GroupRow[],
  projection: Projection | null,
): Promise<string[]> {
  const ids = rows.map((row) => row.id);
  const wanted = wants(projection, 'members');
  const members = wanted && ids.length > 0 ? await membersByGroup(reader, ids) : new Map();
  return rows.map((row) => renderGroup(row, wanted ? (members.get(row.id) ?? []) : null, parts.baseUrl, projection));
}

function show(parts: ScimParts, call: ScimCall, projection: Projection | null, withBody: boolean) {
  return async (reader: Reader, id: string): Promise<ShownGroup> => {
    const row = await find(reader, call, id);
    if (!withBody || call.bulk !== null) return { row, text: null };
    const [text = ''] = await renderGroups(parts, reader, [row], projection);
    return { row, text };
  };
}

async function find(reader: Reader, call: ScimCall, id: string): Promise<GroupRow> {
  const row = await findGroup(reader, call.connection.integration.id, id);
  if (row === undefined) throw new NotFound('There is no Group with this id.');
  return row;
}

function projectionOf(call: ScimCall): Projection | null {
  return parseProjection(call.query.attributes, call.query.excludedAttributes, GROUP_SCHEMA);
}
