import { datesOf, type Guest, type Line, type Reservation, type Stay } from './records.js';
import type { World } from './world.js';

/** What a list shows only when it is asked for it. */
export interface Included {
  readonly rooms: boolean;
  readonly guests: boolean;
  readonly customFields: boolean;
}

type Shape = Record<string, unknown>;

/** A row of getReservations: numbers as texts, rooms with `roomCheckIn` and `roomCheckOut`. */
export function listRow(world: World, reservation: Reservation, included: Included): Shape {
  const { stays, bare } = reservation;
  return {
    ...shared(world, reservation),
    profileID: '77001',
    allotmentBlockCode: null,
    groupCode: null,
    adults: String(stays.length),
    children: '0',
    balance: 120.5,
    sourceName: 'Booking.com',
    ...(included.rooms ? { rooms: stays.flatMap((stay) => stay.lines.map((line) => listRoom(stay, line, bare))) } : {}),
    ...(included.guests ? { guestList: guestList(reservation) } : {}),
    ...(included.customFields ? { customFields: customFields(world, reservation) } : {}),
    origin: 'Booking.com',
  };
}

/** An answer of getReservation: `source` instead of `sourceName`, `assigned` and `unassigned` instead of `rooms`, no status of rooms. */
export function single(world: World, reservation: Reservation): Shape {
  const lines = reservation.stays.flatMap((stay) => stay.lines.map((line) => ({ stay, line })));
  const shown = (assigned: boolean) =>
    lines.filter(({ line }) => (line.room !== null) === assigned).map(({ stay, line }) => singleRoom(stay, line, reservation.bare));
  return {
    ...shared(world, reservation),
    guestEmail: reservation.stays[0]?.guest.email ?? '',
    source: 'Booking.com',
    estimatedArrivalTime: null,
    balance: 120.5,
    total: '120.50',
    guestList: guestList(reservation),
    assigned: shown(true),
    unassigned: shown(false),
    customFields: customFields(world, reservation),
    groupInventory: [],
  };
}

function shared(world: World, reservation: Reservation): Shape {
  const main = reservation.stays[0]?.guest;
  const { start, end } = datesOf(reservation.stays.flatMap(({ lines }) => lines));
  return {
    propertyID: world.propertyId,
    reservationID: reservation.reservationID,
    dateCreated: world.local(reservation.createdAt),
    dateModified: world.local(reservation.modifiedAt),
    status: reservation.status,
    guestID: main?.guestID ?? null,
    guestName: main === undefined ? '' : nameOf(main),
    isAnonymized: main?.isAnonymized ?? false,
    startDate: start,
    endDate: end,
    sourceID: 's-2-1',
    thirdPartyIdentifier: '3344556677',
  };
}

function listRoom(stay: Stay, line: Line, bare: boolean): Shape {
  return {
    roomTypeID: line.room?.roomTypeID ?? '501233',
    roomTypeName: 'Double',
    roomTypeIsVirtual: false,
    subReservationID: stay.subReservationID,
    isRoomLocked: false,
    guestID: stay.guest.guestID,
    guestName: nameOf(stay.guest),
    adults: '1',
    children: '0',
    reservationRoomID: line.reservationRoomID,
    ...(line.room === null ? { roomID: null } : { roomID: line.room.roomID, roomName: line.room.roomName }),
    roomCheckIn: bare ? '' : line.checkIn,
    roomCheckOut: bare ? '' : line.checkOut,
    roomStatus: line.status,
  };
}

function singleRoom(stay: Stay, line: Line, bare: boolean): Shape {
  return {
    reservationRoomID: line.reservationRoomID,
    roomTypeID: line.room?.roomTypeID ?? '501233',
    roomTypeName: 'Double',
    subReservationID: stay.subReservationID,
    ...(line.room === null ? { roomID: null } : { roomID: line.room.roomID, roomName: line.room.roomName }),
    startDate: bare ? '' : line.checkIn,
    endDate: bare ? '' : line.checkOut,
    adults: '1',
    children: '0',
    dailyRates: [],
    roomTotal: '120.50',
    isRoomLocked: false,
  };
}

/** Keyed by guest; PHP makes `[]` of an empty one. */
function guestList({ stays, bare }: Reservation): Shape | readonly never[] {
  if (bare) return [];
  return Object.fromEntries(stays.map((stay, index) => [stay.guest.guestID, guest(stay, index === 0)]));
}

function guest({ guest: who, subReservationID, lines }: Stay, isMainGuest: boolean): Shape {
  const { start, end } = datesOf(lines);
  const rooms = (assigned: boolean) =>
    lines
      .filter(({ room }) => (room !== null) === assigned)
      .map(({ reservationRoomID, room, status }) => ({
        reservationRoomID,
        ...(room === null ? {} : { roomID: room.roomID, roomName: room.roomName }),
        roomTypeName: 'Double',
        roomStatus: status,
        subReservationID,
      }));
  return {
    guestID: who.guestID,
    guestName: nameOf(who),
    guestFirstName: who.firstName,
    guestLastName: who.lastName,
    guestGender: 'N/A',
    guestEmail: who.email,
    guestPhone: '',
    guestCellPhone: who.phone,
    subReservationID,
    startDate: start,
    endDate: end,
    assignedRoom: lines.some(({ room }) => room !== null),
    isMainGuest,
    isAnonymized: who.isAnonymized,
    rooms: rooms(true),
    unassignedRooms: rooms(false),
    customFields: [],
  };
}

function customFields({ customFields: known }: World, reservation: Reservation): readonly Shape[] {
  return known.flatMap(({ customFieldID, shortcode, name }) => {
    const customFieldValue = reservation.customFields.get(shortcode);
    return customFieldValue === undefined ? [] : [{ customFieldID, shortcode, isActive: true, customFieldName: name, customFieldValue }];
  });
}

function nameOf({ firstName, lastName }: Guest): string {
  return `${firstName} ${lastName}`.trim();
}
