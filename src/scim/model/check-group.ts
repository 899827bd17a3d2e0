import type { CheckedGroup } from '../../domain/scim.js';
import { GROUP_SCHEMA } from '../schema/schemas.js';
import { optionalKey, textOf } from './check-user.js';
import { checkedKey } from './keys.js';
import { matchForm } from './match-form.js';
import { readMemberIds } from './member-ids.js';
import { documentOf, readResource } from './read-resource.js';
import { DISPLAY_NAME, GROUP_EXTERNAL_ID } from './rules.js';

export interface CheckGroupOptions {
  /** Switch of the connection (D-L4). What a PATCH leaves is checked with `derive`. */
  readonly missingSchemas: 'refuse' | 'derive';
}

export interface CheckedGroupBody extends CheckedGroup {
  /** Ids of Users and Groups, each once. `undefined`: the body does not say (D-A2). Empty: `[]` or null. */
  readonly members: readonly string[] | undefined;
}

/**
 * Checks a Group as a POST or PUT brings it, or as a PATCH leaves it. The members come beside the document,
 * because they are kept as rows; whether they exist is for the directory to say.
 *
 * @throws InvalidSyntax for wrong `schemas`, InvalidValue for everything inside
 * @see RFC 7643 section 4.2
 */
export function checkGroup(body: unknown, options: CheckGroupOptions): CheckedGroupBody {
  const found = readResource(body, GROUP_SCHEMA, options.missingSchemas);
  const document = documentOf(found, GROUP_SCHEMA);
  const match = matchForm(document, GROUP_SCHEMA);
  return {
    document,
    match,
    displayName: textOf(document, DISPLAY_NAME),
    displayNameKey: checkedKey(textOf(match, DISPLAY_NAME), 'displayName'),
    externalId: optionalKey(document, GROUP_EXTERNAL_ID),
    members: found.members === undefined ? undefined : readMemberIds(found.members ?? []),
  };
}
