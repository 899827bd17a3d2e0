import { DateTime } from 'luxon';
import type { ControlAction, ControlField, ControlPanel, ControlTable, Given } from '../kernel/control-panel.js';
import type { SandboxServer } from '../kernel/server.js';
import { troubleActions } from '../kernel/trouble.js';
import type { DoorLocks } from './door-locks.js';
import type { Grants } from './grants.js';
import type { Hooks } from './hooks.js';
import type { Room, Stay } from './records.js';
import type { Switches } from './switches.js';
import type { World } from './world.js';

/** What can be led from outside: a `CloudbedsSandbox`. */
export interface Controlled {
  readonly server: SandboxServer;
  readonly world: World;
  readonly locks: DoorLocks;
  readonly hooks: Hooks;
  readonly grants: Grants;
  readonly switches: Switches;
  seed(reservations: number): unknown;
}

/** What the front desk of the hotel can do, and what Cloudbeds can suffer. */
export function controlPanel(sandbox: Controlled): ControlPanel {
  const { server, switches, hooks } = sandbox;
  const trouble = troubleActions(server, {
    on: '/api/',
    recover: () => void Object.assign(switches, { rate: null, approverGone: false }),
  });
  return {
    title: `Cloudbeds: ${sandbox.world.propertyName}`,
    actions: [...deskActions(sandbox), ...roomActions(sandbox), ...keyActions(sandbox), ...connectionActions(sandbox), ...trouble],
    tables: () => [stays(sandbox), keys(sandbox)],
    settled: () => hooks.flush(),
  };
}

function deskActions({ world }: Controlled): ControlAction[] {
  const reservation = reservationField(world);
  return [
    {
      name: 'add-reservation',
      label: 'New reservation',
      fields: [
        { name: 'firstName', label: 'First name', value: () => 'Kaya' },
        { name: 'lastName', label: 'Last name', value: () => 'Rojas' },
        roomField(world),
        { name: 'checkIn', label: 'Check-in', type: 'date', value: () => world.day() },
        { name: 'checkOut', label: 'Check-out', type: 'date', value: () => world.day(2) },
      ],
      run: (given) => addReservation(world, given),
    },
    { name: 'cancel', label: 'Cancel', fields: [reservation], run: (given) => world.cancel(given.text('reservationID')) },
    {
      name: 'change-dates',
      label: 'Change the dates',
      fields: [
        stayField(world),
        { name: 'checkIn', label: 'Check-in', type: 'date', value: () => world.day() },
        { name: 'checkOut', label: 'Check-out', type: 'date', value: () => world.day(5) },
      ],
      run: (given) => world.changeDates(given.text('subReservationID'), given.needed('checkIn'), given.needed('checkOut')),
    },
    { name: 'check-in', label: 'Check in', fields: [reservation], run: (given) => world.checkInGuests(given.text('reservationID')) },
    { name: 'check-out', label: 'Check out', fields: [reservation], run: (given) => world.checkOutGuests(given.text('reservationID')) },
    {
      name: 'no-show',
      label: 'Mark as no-show',
      fields: [reservation],
      run: (given) => world.setStatus(given.text('reservationID'), 'no_show'),
    },
    { name: 'set-status', run: (given) => world.setStatus(given.text('reservationID'), given.text('status')) },
    { name: 'delete', label: 'Delete the reservation', fields: [reservation], run: (given) => world.remove(given.text('reservationID')) },
  ];
}

function roomActions(sandbox: Controlled): ControlAction[] {
  const { world } = sandbox;
  return [
    {
      name: 'assign',
      label: 'Give another room, or none',
      fields: [stayField(world), roomField(world)],
      run: (given) => world.assign(given.text('subReservationID'), given.text('roomID') || null),
    },
    {
      name: 'move',
      label: 'Move during the stay',
      fields: [stayField(world), { name: 'date', label: 'From the night of', type: 'date', value: () => world.day(1) }, roomField(world)],
      run: (given) => world.moveFrom(given.text('subReservationID'), given.text('date'), given.text('roomID')),
    },
    { name: 'add-room', label: 'New room', fields: [{ name: 'name', label: 'Name' }], run: (given) => world.addRoom(given.needed('name')) },
    {
      name: 'anonymize',
      label: 'Anonymize the guest',
      fields: [stayField(world)],
      run: (given) => world.anonymize(given.text('subReservationID')),
    },
    { name: 'seed', run: (given) => void sandbox.seed(given.number('reservations')) },
  ];
}

function keyActions({ world, locks }: Controlled): ControlAction[] {
  return [
    { name: 'door-locks', run: () => locks.setUp() },
    {
      name: 'request-key',
      label: 'Ask for a door key',
      fields: [
        stayField(world),
        { name: 'startDateTime', label: 'From, with its offset', value: () => `${world.day()}T15:00:00-03:00` },
        { name: 'endDateTime', label: 'Until, with its offset', value: () => `${world.day(2)}T11:00:00-03:00` },
      ],
      run: (given) => requestKey(world, locks, given),
    },
    {
      name: 'cancel-key',
      label: 'Cancel a door key',
      fields: [{ name: 'keyId', label: 'Key', choices: () => [...locks.keys.keys()].map((value) => ({ value, label: value })) }],
      run: (given) => locks.cancel(given.text('keyId')),
    },
  ];
}

function connectionActions({ hooks, grants, switches }: Controlled): ControlAction[] {
  return [
    { name: 'disconnect', run: () => hooks.disconnect(grants.clientId) },
    {
      name: 'approver-gone',
      label: 'Whoever approved the connection leaves',
      run: () => void Object.assign(switches, { approverGone: true }),
    },
    { name: 'approver-back', run: () => void Object.assign(switches, { approverGone: false }) },
  ];
}

function addReservation(world: World, given: Given): string {
  const guest = { firstName: given.text('firstName') || 'Ada', lastName: given.text('lastName') || 'Park' };
  const checkIn = given.text('checkIn') || world.day();
  const checkOut = given.text('checkOut') || world.day(2);
  return world.addReservation([{ room: given.text('roomID') || null, checkIn, checkOut, guest }]).reservationID;
}

function requestKey(world: World, locks: DoorLocks, given: Given): unknown {
  const { reservation, stay } = world.stay(given.text('subReservationID'));
  return locks.request({
    reservationId: reservation.reservationID,
    subReservationId: stay.subReservationID,
    startDateTime: given.text('startDateTime'),
    endDateTime: given.text('endDateTime'),
  });
}

function reservationField(world: World): ControlField {
  const label = (value: string) => world.reservation(value).stays.map(guestName).join(', ');
  const known = () => [...world.reservations.values()].filter(({ deleted }) => !deleted);
  const choices = () => known().map(({ reservationID: value, status }) => ({ value, label: `${label(value)} (${status})` }));
  return { name: 'reservationID', label: 'Reservation', choices };
}

function stayField(world: World): ControlField {
  const choices = () =>
    allStays(world).map(({ stay }) => ({ value: stay.subReservationID, label: `${guestName(stay)}, ${roomsOf(stay)}` }));
  return { name: 'subReservationID', label: 'Room stay', choices };
}

function roomField(world: World): ControlField {
  const rooms = () => world.rooms.map((room) => ({ value: room.roomID, label: nameOf(room) }));
  return {
    name: 'roomID',
    label: 'Room',
    value: () => world.rooms[0]?.roomID ?? '',
    choices: () => [...rooms(), { value: '', label: 'none yet' }],
  };
}

function stays({ world }: Controlled): ControlTable {
  const rows = allStays(world).map(({ reservation, stay }) => [
    guestName(stay),
    roomsOf(stay),
    `${stay.lines[0]?.checkIn ?? ''} ${world.checkIn}`,
    `${stay.lines.at(-1)?.checkOut ?? ''} ${world.checkOut}`,
    reservation.deleted ? 'deleted' : reservation.status,
    [...reservation.customFields.values()].join('; '),
    stay.subReservationID,
  ]);
  return { title: 'Room stays', head: ['Guest', 'Room', 'From', 'Until', 'Reservation', 'Custom fields', 'subReservationID'], rows };
}

function keys({ locks, world }: Controlled): ControlTable {
  const time = (text: string) => DateTime.fromISO(text, { zone: world.zone }).toFormat('yyyy-MM-dd HH:mm');
  const rows = [...locks.keys.values()].map((key) => [
    key.keyId,
    key.subReservationId ?? '',
    time(key.startDateTime),
    time(key.endDateTime),
    key.status,
    key.keyCode ?? '',
  ]);
  return { title: 'Door keys', head: ['Key', 'Room stay', 'From', 'Until', 'Status', 'Code'], rows };
}

function allStays(world: World) {
  return [...world.reservations.values()].flatMap((reservation) => reservation.stays.map((stay) => ({ reservation, stay })));
}

function guestName({ guest }: Stay): string {
  return `${guest.firstName} ${guest.lastName}`.trim() || `Guest ${guest.guestID}`;
}

function roomsOf({ lines }: Stay): string {
  return lines.map(({ room }) => (room === null ? 'no room' : nameOf(room))).join(', then ');
}

function nameOf({ roomName, dormRoomName }: Room): string {
  return dormRoomName === '' ? roomName : `${dormRoomName} / ${roomName}`;
}
