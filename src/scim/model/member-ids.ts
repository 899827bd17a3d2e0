import { InvalidValue } from '../errors.js';
import { refuseForbiddenNames } from '../schema/forbidden-names.js';
import { NAME_MAX } from '../schema/limits.js';
import { isObject } from './read-value.js';
import { isBlank, isLonger, isUnstorable } from './text.js';

/**
 * The ids that a list of members names, each once, in its order. One object stands for a list of one. `$ref`, `type`
 * and `display` follow from the id and are ignored: Entra sends `"$ref": null` beside it.
 *
 * @param plainIds accept bare ids beside `{value}` objects: some clients remove members that way
 * @throws InvalidValue
 * @see RFC 7643 section 4.2
 */
export function readMemberIds(value: unknown, plainIds = false): string[] {
  const elements = Array.isArray(value) ? value : [value];
  const ids = new Set<string>();
  for (const element of elements) ids.add(memberId(element, plainIds));
  return [...ids];
}

function memberId(element: unknown, plainIds: boolean): string {
  if (typeof element === 'string' && plainIds) return checkedId(element);
  if (!isObject(element)) throw new InvalidValue('members must be a list of objects with a value.');
  refuseForbiddenNames(element);
  let id: unknown;
  for (const name of Object.keys(element)) {
    if (name.toLowerCase() !== 'value') continue;
    if (id !== undefined) throw new InvalidValue('members.value is given twice in different spellings.');
    id = element[name];
  }
  return checkedId(id);
}

/** @throws InvalidValue when no resource can have this id */
function checkedId(id: unknown): string {
  if (typeof id !== 'string' || isBlank(id)) throw new InvalidValue('members.value must be the id of a User or a Group.');
  if (isLonger(id, NAME_MAX) || isUnstorable(id)) throw new InvalidValue('members.value is not an id of a User or a Group.');
  return id;
}
