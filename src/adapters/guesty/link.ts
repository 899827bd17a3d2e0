import type { UpstreamResponse } from '../http.js';
import { UpstreamUnavailable } from '../upstream-errors.js';
import { call, reservation, segment } from './client.js';
import type { GuestyContext } from './context.js';
import { customFieldOf } from './schema.js';
import { forget, isOurs, remember, written } from './written.js';

/**
 * Writes the Magic Link into a custom field of the reservation. Guesty shows it a little later, so it is read back several
 * times.
 *
 * @throws UpstreamUnavailable when Guesty does not show it, UpstreamContract when it does not accept the field
 */
export async function writeLink(context: GuestyContext, id: string, fieldId: string, link: string): Promise<void> {
  if (valueIn(await readField(context, id, fieldId)) === link) return remember(context, 'link', id, link, null);
  if (!(await put(context, id, fieldId, link))) {
    if ((await reservation(context, id)) === null) return;
    throw new UpstreamUnavailable('Guesty has no custom fields for a reservation that it has.');
  }
  if (valueIn(await readField(context, id, fieldId, link)) !== link) {
    throw new UpstreamUnavailable('Guesty does not show the Magic Link that was written into a reservation.');
  }
  await remember(context, 'link', id, link, null);
}

/** Takes our link away; what somebody else put there stays. */
export async function clearLink(context: GuestyContext, id: string, fieldId: string): Promise<void> {
  const ours = await written(context, 'link', id);
  if (ours === null) return;
  if (isOurs(ours, id, valueIn(await readField(context, id, fieldId)))) {
    await call(context, { method: 'DELETE', path: fieldPath(id, fieldId), repeatable: true, accepts: [404] });
  }
  await forget(context, 'link', id);
}

/** By v3, or by the legacy route; false when both say that there is nothing of this id. */
async function put(context: GuestyContext, id: string, fieldId: string, value: string): Promise<boolean> {
  for (const folder of ['reservations-v3', 'reservations']) {
    const { status } = await call(context, {
      method: 'PUT',
      path: `/${folder}/${segment(id)}/custom-fields`,
      json: { customFields: [{ fieldId, value }] },
      repeatable: true,
      accepts: [404],
    });
    if (status !== 404) return true;
  }
  return false;
}

/** 404 while the field is not set. */
function readField(context: GuestyContext, id: string, fieldId: string, wanted?: string): Promise<UpstreamResponse> {
  return call(context, {
    method: 'GET',
    path: fieldPath(id, fieldId),
    accepts: [404],
    notYet: (response) => wanted !== undefined && [200, 404].includes(response.status) && valueIn(response) !== wanted,
  });
}

function fieldPath(id: string, fieldId: string): string {
  return `/reservations-v3/${segment(id)}/custom-fields/${segment(fieldId)}`;
}

function valueIn(response: UpstreamResponse): string | null {
  if (response.status === 404) return null;
  const value = customFieldOf(response.json()).customField?.value;
  return value === undefined || value === null ? null : String(value);
}
