import type { UpstreamResponse } from '../http.js';
import { UpstreamError, UpstreamUnavailable } from '../upstream-errors.js';
import { call, segment } from './client.js';
import type { GuestyContext } from './context.js';
import { keyCodeOf, listOf, v3ReservationOf } from './schema.js';
import { forget, isOurs, type Route, remember, written } from './written.js';

/**
 * Writes the key code by the route that works for this reservation: v3 first, for channel bookings the legacy one. Neither
 * says whether it has stored anything, so only what is read back counts.
 *
 * @throws UpstreamUnavailable when Guesty does not show it
 */
export async function writeKeyCode(context: GuestyContext, id: string, pin: string): Promise<void> {
  const known = (await written(context, 'key-code', id))?.route ?? null;
  const now = await readKeyCode(context, id);
  if (now === GONE) return;
  if (now === pin) return remember(context, 'key-code', id, pin, known);
  for (const route of routesFrom(known)) {
    if ((await put(context, id, route, pin)) === 404) continue;
    if (!(await shows(context, id, route, pin))) continue;
    await remember(context, 'key-code', id, pin, route);
    return;
  }
  throw new UpstreamUnavailable('Guesty does not show the key code that was written into a reservation.');
}

/** Takes our key code away, as far as Guesty lets us: it opens nothing any more, so that a failure is no reason to try again. */
export async function clearKeyCode(context: GuestyContext, id: string): Promise<void> {
  const ours = await written(context, 'key-code', id);
  if (ours === null) return;
  const now = await readKeyCode(context, id);
  if (now !== GONE && isOurs(ours, id, now)) {
    const status = await put(context, id, ours.route ?? 'v3', '').catch((error: unknown) => {
      if (error instanceof UpstreamUnavailable || !(error instanceof UpstreamError)) throw error;
      return null;
    });
    if (status === null || (await readKeyCode(context, id)) === now) {
      context.logger.warn('guesty keeps a key code that is not valid any more', { reservation: id });
    }
  }
  await forget(context, 'key-code', id);
}

const GONE = Symbol('the reservation is gone');

async function readKeyCode(context: GuestyContext, id: string): Promise<string | null | typeof GONE> {
  const response = await keyCodeResponse(context, id);
  return response.status === 404 ? GONE : legacyKeyCode(response);
}

function keyCodeResponse(context: GuestyContext, id: string, pin?: string): Promise<UpstreamResponse> {
  return call(context, {
    method: 'GET',
    path: `/reservations/${segment(id)}`,
    query: { fields: '_id keyCode' },
    accepts: [404],
    notYet: (response) => pin !== undefined && response.status === 200 && legacyKeyCode(response) !== pin,
  });
}

/** The route that is known, then the other: what a reservation is may have been guessed wrong once. */
function routesFrom(known: Route | null): readonly Route[] {
  return known === 'legacy' ? ['legacy', 'v3'] : ['v3', 'legacy'];
}

/** A nested `notes` on the legacy route is answered 200 and dropped: there the key code goes to the top. */
async function put(context: GuestyContext, id: string, route: Route, keyCode: string): Promise<number> {
  const { status } = await call(context, {
    method: 'PUT',
    path: route === 'v3' ? `/reservations-v3/${segment(id)}/notes` : `/reservations/${segment(id)}`,
    json: route === 'v3' ? { notes: { keyCode } } : { keyCode },
    repeatable: true,
    accepts: [404],
  });
  return status;
}

async function shows(context: GuestyContext, id: string, route: Route, pin: string): Promise<boolean> {
  // Where v3 shows it there is no need to wait for the legacy read.
  if (route === 'v3' && (await v3KeyCode(context, id)) === pin) return true;
  const response = await keyCodeResponse(context, id, pin);
  return response.status !== 404 && legacyKeyCode(response) === pin;
}

/** null: not told. v3 leaves notes out at times, which says nothing about them. */
async function v3KeyCode(context: GuestyContext, id: string): Promise<string | null> {
  const response = await call(context, { method: 'GET', path: '/reservations-v3', query: { 'reservationIds[]': [id] }, accepts: [404] });
  if (response.status === 404) return null;
  const { items } = listOf(response.json(), v3ReservationOf);
  return textOf(items.find((item) => [item._id, item.reservationId, item.id].includes(id))?.notes?.keyCode);
}

function legacyKeyCode(response: UpstreamResponse): string | null {
  return textOf(keyCodeOf(response.json()).keyCode);
}

function textOf(value: string | number | null | undefined): string | null {
  return value === undefined || value === null || value === '' ? null : String(value);
}
