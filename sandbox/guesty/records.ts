import type { Express, Request, Response } from 'express';
import { jsonOf } from '../kernel/server.js';
import type { CustomFields } from './custom-fields.js';
import { BadQuery, filtered, projected, sorted } from './query.js';
import type { Switches } from './switches.js';
import { listingView, reservationView, type Row } from './views.js';
import type { Listing, Reservation, World } from './world.js';

const LIMIT_DEFAULT = 25;
const LIMIT_MAX = 100;

export interface Parts {
  readonly world: World;
  readonly fields: CustomFields;
  readonly switches: Switches;
}

/** Account, listings and the legacy reservations. */
export function mountRecords(app: Express, parts: Parts): void {
  app.get('/v1/accounts/me', (_request, response) => {
    response.json({ _id: '64b7efffa1d3e40012bb0001', name: 'Harbour Stays', email: 'office@harbour.example.test' });
  });
  app.get('/v1/accounts/:id/custom-fields', (_request, response) => {
    response.json(parts.fields.definitions);
  });
  app.get('/v1/listings', (request, response) => sendList(request, response, listings(request, parts), 'title', parts.switches));
  app.get('/v1/listings/:id', (request, response) => {
    const found = parts.world.listings.get(request.params.id);
    if (found === undefined) response.status(404).json('Listing not found');
    else response.json(projected(listingView(found, parts.switches), text(request, 'fields')));
  });
  mountReservations(app, parts);
}

function mountReservations(app: Express, { world, fields, switches }: Parts): void {
  const view = keptViews(world, fields);
  const views = () => (switches.emptyReservations ? [] : [...world.reservations.values()].map(view));
  const repeated = new Set<string>();
  const order = keptOrder();
  app.get('/v1/reservations', (request, response) => {
    const key = `${text(request, 'filters')} ${text(request, 'skip')}`;
    const isRepeat = switches.repeatPages && skipOf(request) > 0 && !repeated.has(key);
    if (isRepeat) repeated.add(key);
    else repeated.delete(key);
    sendList(request, response, views(), '_id', switches, { shift: isRepeat ? LIMIT_MAX - 1 : 0, order });
  });
  app.get('/v1/reservations/:id', (request, response) => {
    const found = world.reservations.get(request.params.id);
    if (found === undefined) response.status(404).json('Reservation not found');
    else response.json(projected(reservationView(found, world, fields.of(found._id)), text(request, 'fields')));
  });
  app.put('/v1/reservations/:id', (request, response) => {
    const found = world.reservations.get(request.params.id);
    if (found === undefined) return void response.status(404).json('Reservation not found');
    const body = jsonOf(request) as Row | undefined;
    // Nested notes are answered 200 and dropped.
    if (typeof body?.['keyCode'] === 'string') world.change(found._id, { keyCode: body['keyCode'] });
    response.json({ _id: found._id });
  });
}

/** What has not changed is shown as before: of thousands, every page is cut out of all of them. */
function keptViews(world: World, fields: CustomFields): (one: Reservation) => Row {
  const kept = new WeakMap<Reservation, { readonly listing: Listing | undefined; readonly row: Row }>();
  return (one) => {
    const customFields = fields.of(one._id);
    const listing = world.listings.get(one.listingId ?? '');
    const before = kept.get(one);
    if (before !== undefined && before.listing === listing && customFields.length === 0) return before.row;
    const row = reservationView(one, world, customFields);
    if (customFields.length === 0) kept.set(one, { listing, row });
    return row;
  };
}

type Order = (rows: readonly Row[], filters: string | undefined, by: string) => readonly Row[];

const ordered: Order = (rows, filters, by) => sorted(filtered(rows, filters), by);

/** The answer of the last time while the same is asked of the same rows: every page of a long list asks it. */
function keptOrder(): Order {
  let last: { readonly asked: string; readonly rows: readonly Row[]; readonly all: readonly Row[] } | undefined;
  return (rows, filters, by) => {
    const asked = JSON.stringify([filters, by]);
    const isSame = last?.asked === asked && last.rows.length === rows.length && last.rows.every((row, n) => row === rows[n]);
    if (last === undefined || !isSame) last = { asked, rows, all: ordered(rows, filters, by) };
    return last.all;
  };
}

function listings(request: Request, { world, switches }: Parts): readonly Row[] {
  const [ids, nids] = [text(request, 'ids')?.split(','), text(request, 'nids')?.split(',')];
  const active = text(request, 'active') ?? 'true';
  const pmsActive = text(request, 'pmsActive') ?? 'true';
  return [...world.listings.values()]
    .filter((one) => String(one.active) === active && String(one.pmsActive) === pmsActive)
    .filter(({ _id }) => (ids === undefined || ids.includes(_id)) && nids?.includes(_id) !== true)
    .map((one) => listingView(one, switches));
}

/** Filters, sorts, cuts out a page and leaves of each row what was asked for. */
function sendList(
  request: Request,
  response: Response,
  rows: readonly Row[],
  sort: string,
  switches: Switches,
  { shift = 0, order = ordered }: { readonly shift?: number; readonly order?: Order } = {},
): void {
  try {
    const all = order(rows, text(request, 'filters'), text(request, 'sort') ?? sort);
    const limit = Math.min(LIMIT_MAX, Number(text(request, 'limit') ?? LIMIT_DEFAULT));
    const skip = skipOf(request);
    const from = Math.max(0, skip - shift);
    const results = all.slice(from, from + limit).map((row) => projected(row, text(request, 'fields')));
    response.json(switches.bareLists ? results : { results, count: all.length, limit, skip });
  } catch (error) {
    if (!(error instanceof BadQuery)) throw error;
    response.status(400).json({ error: { message: error.message, code: 'VALIDATION_FAILED', status: 400, data: [error.message] } });
  }
}

function skipOf(request: Request): number {
  return Number(text(request, 'skip') ?? 0);
}

export function text(request: Request, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' ? value : undefined;
}
