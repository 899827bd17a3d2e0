import type { Request, Response, Router } from 'express';
import { bodyText } from '../kernel/server.js';
import { listIn, phpForm, textIn } from './form.js';
import type { Hooks } from './hooks.js';
import { datesOf, type Reservation } from './records.js';
import { listRow, single } from './render.js';
import type { Switches } from './switches.js';
import type { World } from './world.js';

interface Parts {
  readonly world: World;
  readonly hooks: Hooks;
  readonly switches: Switches;
}

const NUMBERS_LIKE_CARDS = /^\d{13,}$/;

/** The classic API: envelopes, forms, and "no" under 200. */
export function mountClassic(router: Router, parts: Parts): void {
  const { world, switches } = parts;
  router.get('/getHotels', (request, response) => {
    const wanted = textOf(request, 'propertyIDs');
    const hotels = wanted === '' || wanted.split(',').includes(world.propertyId) ? [hotel(world)] : [];
    response.json({ success: true, data: hotels, count: hotels.length, total: hotels.length });
  });
  router.get('/getHotelDetails', (request, response) => {
    if (textOf(request, 'propertyID') !== world.propertyId) return no(response, 'Property not found');
    const seconds = switches.shortTimes ? '' : ':00';
    response.json({
      success: true,
      data: {
        propertyID: world.propertyId,
        propertyName: world.propertyName,
        propertyEmail: 'desk@vela.example.test',
        propertyPolicy: {
          propertyCheckInTime: world.checkIn === '' ? '' : world.checkIn + seconds,
          propertyCheckOutTime: world.checkOut === '' ? '' : world.checkOut + seconds,
          propertyLateCheckOutAllowed: false,
        },
      },
    });
  });
  router.get('/getRooms', (request, response) => rooms(world, request, response));
  router.get('/getReservations', (request, response) => list(parts, request, response, false));
  router.get('/getReservationsWithRateDetails', (request, response) => list(parts, request, response, true));
  router.get('/getReservation', (request, response) => {
    const found = world.reservations.get(textOf(request, 'reservationID'));
    if (found === undefined || found.deleted) return no(response, 'Reservation not found');
    response.json({ success: true, data: single(world, found) });
  });
  router.put('/putReservation', (request, response) => put(world, request, response));
  router.post('/postCustomField', (request, response) => {
    const form = phpForm(bodyText(request));
    world.customFields.push({
      customFieldID: String(31 + world.customFields.length),
      shortcode: textIn(form, 'shortcode'),
      name: textIn(form, 'name'),
    });
    response.json({ success: true });
  });
  mountWebhooks(router, parts);
}

function mountWebhooks(router: Router, { world, hooks, switches }: Parts): void {
  router.post('/postWebhook', (request, response) => {
    const form = phpForm(bodyText(request));
    const [object, action, endpointUrl] = ['object', 'action', 'endpointUrl'].map((name) => textIn(form, name));
    if (!object || !action || !endpointUrl) return no(response, 'Invalid webhook');
    response.json({ success: true, data: { subscriptionID: hooks.subscribe(object, action, endpointUrl).id } });
  });
  router.get('/getWebhooks', (_request, response) => {
    const data = hooks.subscriptions.map(({ id, object, action, endpointUrl }) => ({
      id,
      key: { type: 'property', id: world.propertyId },
      event: { entity: object, action },
      owner: { type: 'app', id: 'sandbox-client' },
      subscriptionType: 'webhook',
      subscriptionData: switches.bareWebhookList ? { url: endpointUrl } : { endpoint: endpointUrl },
    }));
    response.json(switches.bareWebhookList ? data : { success: true, data });
  });
  router.delete('/deleteWebhook', (request, response) => {
    if (!hooks.unsubscribe(textOf(request, 'subscriptionID'))) return no(response, 'Subscription not found');
    response.json({ success: true });
  });
}

/** `count` and `total` count properties, and twenty rooms are a page unless somebody says otherwise. */
function rooms(world: World, request: Request, response: Response): void {
  const size = Number(textOf(request, 'pageSize') || 20);
  const page = Number(textOf(request, 'pageNumber') || 1);
  const shown = world.rooms.slice((page - 1) * size, page * size).map((room, index) => ({
    ...room,
    propertyID: world.propertyId,
    roomDescription: '',
    maxGuests: 2,
    isPrivate: room.dormRoomName === '',
    roomTypeNameShort: 'DBL',
    doorlockID: `L-${index}`,
  }));
  response.json({ success: true, data: [{ propertyID: world.propertyId, rooms: shown }], count: 1, total: 1 });
}

function list({ world, switches }: Parts, request: Request, response: Response, withRates: boolean): void {
  const flag = (name: string) => ['true', '1'].includes(textOf(request, name));
  const found = switches.emptyList
    ? []
    : [...world.reservations.values()].filter(
        (one) => matches(world, request, one) && (!one.deleted || (withRates && flag('includeDeleted'))),
      );
  if (flag('sortByRecent')) found.sort((a, b) => b.modifiedAt - a.modifiedAt);
  const size = Math.min(Number(textOf(request, 'pageSize') || 100), 100, switches.pageCap ?? 100);
  const page = Number(textOf(request, 'pageNumber') || 1);
  const start = (page - 1) * size;
  const shown = found.slice(switches.repeatRow && page > 1 && start < found.length ? start - 1 : start, start + size);
  const included = { rooms: flag('includeAllRooms'), guests: flag('includeGuestsDetails'), customFields: flag('includeCustomFields') };
  const data = shown.map((one) => ({
    ...listRow(world, one, included),
    ...(withRates
      ? { isDeleted: one.deleted, dateModifiedUTC: new Date(one.modifiedAt).toISOString().slice(0, 19).replace('T', ' ') }
      : {}),
  }));
  response.json({ success: true, data, count: data.length, total: found.length });
  if (!withRates) switches.afterPage?.(page);
}

function matches(world: World, request: Request, { stays, status, modifiedAt }: Reservation): boolean {
  const { start, end } = datesOf(stays.flatMap(({ lines }) => lines));
  const at = world.local(modifiedAt);
  const within = (value: string, from: string, to: string) => {
    const [first, last] = [textOf(request, from), textOf(request, to)];
    return (first === '' || value >= first) && (last === '' || value <= last);
  };
  const wanted = textOf(request, 'status');
  return (
    (wanted === '' || wanted === status) &&
    within(at, 'modifiedFrom', 'modifiedTo') &&
    within(start, 'checkInFrom', 'checkInTo') &&
    within(end, 'checkOutFrom', 'checkOutTo')
  );
}

function put(world: World, request: Request, response: Response): void {
  const form = phpForm(bodyText(request));
  const found = world.reservations.get(textIn(form, 'reservationID'));
  if (found === undefined || found.deleted) return no(response, 'Reservation not found');
  for (const field of listIn(form, 'customFields')) {
    const [name, value] = [textIn(field, 'customFieldName'), textIn(field, 'customFieldValue')];
    if (!world.customFields.some(({ shortcode }) => shortcode === name)) return no(response, `Custom field ${name} is not valid`);
    if (NUMBERS_LIKE_CARDS.test(value) && passesLuhn(value)) return no(response, 'Payment data is not allowed here');
    world.setCustomField(found.reservationID, name, value);
  }
  const status = textIn(form, 'status');
  if (status !== '') world.setStatus(found.reservationID, status);
  response.json({ success: true, data: { reservationID: found.reservationID } });
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function hotel(world: World): object {
  return {
    propertyID: world.propertyId,
    organizationID: '9001',
    propertyName: world.propertyName,
    propertyTimezone: world.zone,
    propertyCurrency: [{ currencyCode: 'CLP', currencySymbol: '$', currencyPosition: 'before' }],
  };
}

function textOf(request: Request, name: string): string {
  const value = request.query[name];
  return typeof value === 'string' ? value : '';
}

/** How Cloudbeds says no. */
export function no(response: Response, message: string, status = 200): void {
  response.status(status).json({ success: false, message });
}
