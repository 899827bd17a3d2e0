import { DateTime } from 'luxon';
import type { ControlAction, ControlField, ControlPanel, Given } from '../kernel/control-panel.js';
import type { Fault } from '../kernel/faults.js';
import type { SandboxServer } from '../kernel/server.js';
import { troubleActions } from '../kernel/trouble.js';
import type { Switches } from './switches.js';
import type { Tokens } from './tokens.js';
import type { Webhooks } from './webhooks.js';
import type { Listing, NewReservation, Reservation, World } from './world.js';

/** What can be led from outside: a `GuestySandbox`. */
export interface Controlled {
  readonly server: SandboxServer;
  readonly world: World;
  readonly switches: Switches;
  readonly tokens: Tokens;
  readonly webhooks: Webhooks;
}

const STATUSES = ['confirmed', 'checked_in', 'checked_out', 'reserved', 'awaiting_payment', 'inquiry', 'declined', 'canceled'];

/** What the host of the holiday lets can do, and what Guesty can suffer. */
export function controlPanel(sandbox: Controlled): ControlPanel {
  const { server, world, webhooks } = sandbox;
  return {
    title: 'Guesty: holiday lets',
    actions: [
      ...hostActions(sandbox),
      ...programActions(sandbox),
      ...troubleActions(server, { on: '/v1/', rateLimit: { body: '{"message":"Too many requests"}' } }),
    ],
    tables: () => [{ title: 'Reservations', head: ['Guest', 'Listing', 'From', 'Until', 'Status', 'Key code', 'Id'], rows: rowsOf(world) }],
    settled: () => webhooks.deliveries.flush(),
  };
}

function hostActions({ world, server }: Controlled): ControlAction[] {
  const day = (days: number) => () => DateTime.fromMillis(server.clock.now(), { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');
  const reservation = reservationField(world);
  const dates: readonly ControlField[] = [
    { name: 'from', label: 'Check-in', type: 'date', value: day(0) },
    { name: 'to', label: 'Check-out', type: 'date', value: day(3) },
  ];
  return [
    {
      name: 'book',
      label: 'New reservation',
      fields: [
        { name: 'firstName', label: 'First name', value: () => 'Hana' },
        { name: 'lastName', label: 'Last name', value: () => 'Byrne' },
        listingField(world),
        ...dates,
      ],
      run: (given) => book(world, given),
    },
    { name: 'cancel', label: 'Cancel', fields: [reservation], run: (given) => world.cancel(given.text('id')) },
    {
      name: 'move-dates',
      label: 'Change the dates',
      fields: [reservation, ...dates],
      run: (given) => world.moveDates(given.text('id'), given.needed('from'), given.needed('to')),
    },
    {
      name: 'move',
      label: 'Move to another listing',
      fields: [reservation, listingField(world)],
      run: (given) => world.move(given.text('id'), given.text('listingId')),
    },
    {
      name: 'status',
      label: 'Set the status',
      fields: [reservation, { name: 'status', label: 'Status', choices: () => STATUSES.map((value) => ({ value, label: value })) }],
      run: (given) => world.setStatus(given.text('id'), given.needed('status')),
    },
    {
      name: 'plan-arrival',
      label: 'Set the planned arrival',
      fields: [reservation, { name: 'time', label: 'Local time, HH:MM', value: () => '18:00' }],
      run: (given) => world.plan(given.text('id'), { plannedArrival: given.text('time') || null }),
    },
  ];
}

/** What takes more than a form can hold. */
function programActions({ world, switches, tokens, server, webhooks }: Controlled): ControlAction[] {
  return [
    { name: 'create', run: (given) => world.create(given.value('reservation') as NewReservation) },
    { name: 'change', run: (given) => world.change(given.text('id'), given.value('changes') as Partial<Reservation>) },
    { name: 'delete', run: (given) => world.remove(given.text('id')) },
    { name: 'add-listing', run: (given) => world.addListing(given.value('listing') as Partial<Listing> & { readonly nickname: string }) },
    { name: 'remove-listing', run: (given) => world.removeListing(given.text('listingId')) },
    { name: 'switches', run: (given) => Object.assign(switches, given.value('switches') as Partial<Switches>) },
    { name: 'fault', run: (given) => server.faults.add(given.value('fault') as Fault) },
    { name: 'advance', run: (given) => server.clock.advance(given.number('ms')) },
    { name: 'deliver', run: () => webhooks.deliveries.flush() },
    { name: 'expire-tokens', label: 'Expire all tokens', run: () => tokens.expireAll() },
  ];
}

function book(world: World, given: Given): Reservation {
  const firstName = given.text('firstName') || 'Hana';
  const lastName = given.text('lastName') || 'Byrne';
  return world.create({
    listingId: given.needed('listingId'),
    checkInDateLocalized: given.needed('from'),
    checkOutDateLocalized: given.needed('to'),
    guest: { firstName, lastName, email: `${firstName}@stays.example.test`.toLowerCase() },
  });
}

function reservationField(world: World): ControlField {
  const choices = () =>
    [...world.reservations.values()].map((one) => ({
      value: one._id,
      label: `${guestName(one)}, ${listingName(world, one.listingId)} (${one.status})`,
    }));
  return { name: 'id', label: 'Reservation', choices };
}

function listingField(world: World): ControlField {
  return {
    name: 'listingId',
    label: 'Listing',
    choices: () => [...world.listings.values()].map(({ _id: value, nickname: label }) => ({ value, label })),
  };
}

function rowsOf(world: World): string[][] {
  return [...world.reservations.values()].map((one) => [
    guestName(one),
    listingName(world, one.listingId),
    `${one.checkInDateLocalized} ${one.plannedArrival ?? ''}`.trim(),
    `${one.checkOutDateLocalized} ${one.plannedDeparture ?? ''}`.trim(),
    one.status,
    one.keyCode ?? '',
    one._id,
  ]);
}

function guestName({ guest }: Reservation): string {
  return `${guest.firstName} ${guest.lastName}`;
}

function listingName(world: World, id: string | null): string {
  return (id === null ? undefined : world.listings.get(id)?.nickname) ?? 'no listing';
}
