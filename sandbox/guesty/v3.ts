import type { Express, Request, Response } from 'express';
import { jsonOf } from '../kernel/server.js';
import { compare } from './query.js';
import { type Parts, text } from './records.js';
import { type Row, v3View } from './views.js';
import type { Reservation } from './world.js';

const IDS_MAX = 10;
const GUEST_STAYS = ['not_set', 'checked_in', 'checked_out', 'no_show'];
const COMPARISONS: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ['gte', (order: number) => order >= 0],
  ['lte', (order: number) => order <= 0],
  ['gt', (order: number) => order > 0],
  ['lt', (order: number) => order < 0],
]);
const SEARCHABLE = ['checkIn', 'checkOut', 'createdAt', 'status', '_id'];

/** The v3 reservations: reading by ids, searching, notes, custom fields, guest stay. */
export function mountV3(app: Express, parts: Parts): void {
  const { world, fields, switches } = parts;
  const view = (one: Reservation) => v3View(one, switches, fields.of(one._id));
  app.get('/v1/reservations-v3', (request, response) => {
    const asked = request.query['reservationIds'];
    const ids = (Array.isArray(asked) ? asked : [asked]).map(String);
    if (ids.length > IDS_MAX) return void invalid(response, `at most ${IDS_MAX} reservationIds`);
    response.json(ids.flatMap((id) => world.reservations.get(id) ?? []).map(view));
  });
  app.get('/v1/reservations-v3/search', (request, response) => search(request, response, parts, view));
  app.put('/v1/reservations-v3/guest-stay', (request, response) => {
    const { reservationId, status } = (jsonOf(request) ?? {}) as Row;
    if (!world.reservations.has(String(reservationId))) return void response.status(404).json('Reservation not found');
    if (!GUEST_STAYS.includes(String(status))) return void invalid(response, 'status');
    world.change(String(reservationId), { guestStay: String(status) });
    response.json({});
  });
  app.put('/v1/reservations-v3/:id/notes', (request, response) => {
    const found = world.reservations.get(request.params.id);
    // Channel bookings exist, but not for this route.
    if (found?.madeBy !== 'v3') return void response.status(404).json('Reservation not found');
    const { notes } = (jsonOf(request) ?? {}) as { readonly notes?: Row };
    if (typeof notes?.['keyCode'] === 'string') world.change(found._id, { keyCode: notes['keyCode'] });
    response.json({ reservationId: found._id, money: {}, notes: notes ?? {} });
  });
  mountCustomFields(app, parts);
}

function mountCustomFields(app: Express, { world, fields }: Parts): void {
  for (const folder of ['reservations-v3', 'reservations'])
    app.put(`/v1/${folder}/:id/custom-fields`, (request, response) => {
      const { id } = request.params as { readonly id: string };
      if (!world.reservations.has(id)) return void response.status(404).json('Reservation not found');
      const { customFields } = (jsonOf(request) ?? {}) as { readonly customFields?: readonly Row[] };
      const isWritten = customFields?.every(({ fieldId, value }) => typeof value === 'string' && fields.set(id, String(fieldId), value));
      if (isWritten !== true)
        return void response.status(422).json({ error: { code: 'VALIDATION_FAILED', message: 'unknown custom field' } });
      response.json({
        reservationId: id,
        customFields: customFields?.map((field) => ({ _id: `${String(field['fieldId'])}00`, ...field })),
      });
    });
  app.get('/v1/reservations-v3/:id/custom-fields/:fieldId', ({ params: { id, fieldId } }, response) => {
    const value = fields.read(id, fieldId);
    if (value === null) response.status(404).json({ message: 'Custom field not found' });
    else response.json({ reservationId: id, customField: { fieldId, value } });
  });
  app.delete('/v1/reservations-v3/:id/custom-fields/:fieldId', ({ params: { id, fieldId } }, response) => {
    fields.set(id, fieldId, null);
    response.status(204).end();
  });
}

/** Without a filter of changes: of no use for reading what is new. */
function search(request: Request, response: Response, { world }: Parts, view: (one: Reservation) => Row): void {
  const filter = (request.query['filter'] ?? {}) as Readonly<Record<string, unknown>>;
  const isKnown = Object.entries(filter).every(
    ([name, wanted]) => SEARCHABLE.includes(name) && operatorsOf(wanted).every((one) => COMPARISONS.has(one)),
  );
  if (!isKnown) return void invalid(response, 'unknown filter or operator');
  const rows = [...world.reservations.values()].filter((one) => Object.entries(filter).every(([name, wanted]) => holds(one, name, wanted)));
  const limit = Math.min(100, Number(text(request, 'limit') ?? 25));
  const skip = Number(text(request, 'skip') ?? 0);
  rows.sort((a, b) => compare(b._id, a._id));
  response.json({ results: rows.slice(skip, skip + limit).map(view), pagination: { hasMore: skip + limit < rows.length } });
}

function holds(one: Reservation, name: string, wanted: unknown): boolean {
  const value = new Map<string, unknown>(Object.entries(one)).get(name);
  if (typeof wanted === 'string') return wanted.split(',').includes(String(value));
  return Object.entries((wanted ?? {}) as Row).every(([operator, bound]) => COMPARISONS.get(operator)?.(compare(value, bound)) === true);
}

function operatorsOf(wanted: unknown): readonly string[] {
  return typeof wanted === 'string' ? [] : Object.keys((wanted ?? {}) as Row);
}

function invalid(response: Response, message: string): void {
  response.status(400).json({ error: { message, code: 'VALIDATION_FAILED', status: 400, data: [message] } });
}
