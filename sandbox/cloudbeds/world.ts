import { DateTime } from 'luxon';
import type { SandboxClock } from '../kernel/clock.js';
import { type CustomField, datesOf, type Guest, type Line, type NewStay, type Reservation, type Room, type Stay } from './records.js';
import type { Switches } from './switches.js';

/** Tells whoever has subscribed; fields in the spelling of that event. */
export type Emit = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** The property with its rooms and reservations, and what the front desk can do with them. */
export class World {
  readonly propertyId: string;
  readonly propertyName = 'Hotel Vela';
  zone = 'America/Santiago';
  checkIn = '15:00';
  checkOut = '11:00';
  readonly rooms: Room[] = [];
  readonly reservations = new Map<string, Reservation>();
  readonly customFields: CustomField[] = [{ customFieldID: '31', shortcode: 'door_code', name: 'Door code' }];
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  readonly #emit: Emit;
  #next = 1;

  constructor(propertyId: string, clock: SandboxClock, switches: Switches, emit: Emit) {
    this.propertyId = propertyId;
    this.#clock = clock;
    this.#switches = switches;
    this.#emit = emit;
  }

  /** `YYYY-MM-DD HH:MM:SS` in the zone of the property. */
  local(ms: number): string {
    return DateTime.fromMillis(ms, { zone: this.zone }).toFormat('yyyy-MM-dd HH:mm:ss');
  }

  /** Today's date there, moved by days. */
  day(offset = 0): string {
    return DateTime.fromMillis(this.#clock.now(), { zone: this.zone }).plus({ days: offset }).toFormat('yyyy-MM-dd');
  }

  addRoom(name: string, given: Partial<Pick<Room, 'dormRoomName' | 'isVirtual' | 'roomBlocked' | 'roomTypeID'>> = {}): Room {
    const room: Room = {
      roomID: `501233-${this.rooms.length + 1}`,
      roomName: name,
      dormRoomName: given.dormRoomName ?? '',
      roomTypeID: given.roomTypeID ?? '501233',
      roomTypeName: 'Double',
      isVirtual: given.isVirtual ?? false,
      roomBlocked: given.roomBlocked ?? false,
    };
    this.rooms.push(room);
    return room;
  }

  /** A booking with one room stay for each entry. */
  addReservation(stays: readonly NewStay[], status = 'confirmed'): Reservation {
    const reservationID = String(7_400_000_000_000 + this.#id());
    const now = this.#clock.now();
    const reservation: Reservation = {
      reservationID,
      status,
      createdAt: now,
      modifiedAt: now,
      stays: stays.map((stay, index) => this.#stay(`${reservationID}-${index + 1}`, stay)),
      deleted: false,
      bare: false,
      customFields: new Map(),
    };
    this.reservations.set(reservationID, reservation);
    this.#emit('reservation/created', { reservationID, ...this.#dates(reservation) });
    return reservation;
  }

  reservation(id: string): Reservation {
    const found = this.reservations.get(id);
    if (found === undefined) throw new Error(`no reservation ${id}`);
    return found;
  }

  stay(subReservationID: string): { readonly reservation: Reservation; readonly stay: Stay } {
    for (const reservation of this.reservations.values()) {
      const stay = reservation.stays.find((one) => one.subReservationID === subReservationID);
      if (stay !== undefined) return { reservation, stay };
    }
    throw new Error(`no room stay ${subReservationID}`);
  }

  /** Any status, also words that Cloudbeds has not told anybody of. */
  setStatus(id: string, status: string): void {
    const reservation = this.reservation(id);
    reservation.status = status;
    this.touch(reservation);
    this.#emit('reservation/status_changed', { reservationID: id, status, actor: { type: 'user', id: '1' } });
  }

  /** Cancelled with two l on the rooms and one on the reservation. */
  cancel(id: string): void {
    for (const { lines } of this.reservation(id).stays) for (const line of lines) line.status = 'cancelled';
    this.setStatus(id, 'canceled');
  }

  checkInGuests(id: string): void {
    for (const { lines } of this.reservation(id).stays) for (const line of lines) line.status = 'in_house';
    this.setStatus(id, 'checked_in');
  }

  checkOutGuests(id: string): void {
    for (const { lines } of this.reservation(id).stays) for (const line of lines) line.status = 'checked_out';
    this.setStatus(id, 'checked_out');
  }

  /** Of one room stay alone. */
  setRoomStatus(subReservationID: string, status: string): void {
    const { reservation, stay } = this.stay(subReservationID);
    for (const line of stay.lines) line.status = status;
    this.touch(reservation);
    this.#emit('reservation/status_changed', { reservationID: reservation.reservationID, status: reservation.status });
  }

  changeDates(subReservationID: string, checkIn: string, checkOut: string): void {
    const { reservation, stay } = this.stay(subReservationID);
    stay.lines = stay.lines.slice(0, 1).map((line) => ({ ...line, checkIn, checkOut }));
    this.touch(reservation);
    this.#emit('reservation/dates_changed', {
      reservationId: reservation.reservationID,
      ...this.#dates(reservation),
      subReservations: [subReservationID],
    });
  }

  /** Into a room, into another one, or into none. A room of another type sets off three messages for the one click. */
  assign(subReservationID: string, roomID: string | null): void {
    const { reservation, stay } = this.stay(subReservationID);
    const before = stay.lines[0]?.room ?? null;
    const room = roomID === null ? null : this.room(roomID);
    for (const line of stay.lines) line.room = room;
    this.touch(reservation);
    const reservationId = reservation.reservationID;
    if (room !== null && before !== null && room.roomTypeID !== before.roomTypeID) {
      this.#emit('reservation/accommodation_type_changed', {
        subReservationId: subReservationID,
        roomTypeId: room.roomTypeID,
        reservationId,
      });
    }
    this.#emit('reservation/accommodation_changed', {
      reservationId,
      subReservationId: subReservationID,
      roomId: roomID,
      roomIdPrev: before?.roomID ?? null,
    });
    this.#emit('guest/assigned', { guestId: stay.guest.guestID, reservationId, roomID, roomIdPrev: before?.roomID ?? null });
  }

  /** From that night on in another room: two lines for one stay. */
  moveFrom(subReservationID: string, date: string, roomID: string): void {
    const { reservation, stay } = this.stay(subReservationID);
    const last = stay.lines.at(-1);
    if (last === undefined || date <= last.checkIn || date >= last.checkOut) throw new Error('the move must lie within the stay');
    stay.lines.push({ ...last, reservationRoomID: String(900_000 + this.#id()), room: this.room(roomID), checkIn: date });
    last.checkOut = date;
    this.touch(reservation);
    this.#emit('reservation/accommodation_changed', {
      reservationId: reservation.reservationID,
      subReservationId: subReservationID,
      roomId: roomID,
      roomIdPrev: last.room?.roomID ?? null,
    });
  }

  /** Gone from every list but one. */
  remove(id: string): void {
    const reservation = this.reservation(id);
    reservation.deleted = true;
    this.touch(reservation);
    this.#emit('reservation/deleted', { reservationId: id });
  }

  /** On the guest's request: names and addresses are blank from now on. */
  anonymize(subReservationID: string): void {
    const { reservation, stay } = this.stay(subReservationID);
    Object.assign(stay.guest, { firstName: '', lastName: '', email: '', phone: '', isAnonymized: true });
    this.touch(reservation);
    this.#emit('guest/details_changed', { guestId: stay.guest.guestID, reservationId: reservation.reservationID });
  }

  setCustomField(id: string, shortcode: string, value: string): void {
    const reservation = this.reservation(id);
    reservation.customFields.set(shortcode, value);
    this.touch(reservation);
    this.#emit('reservation/custom_fields_changed', {
      reservationId: id,
      createdCustomFields: [],
      updatedCustomFields: [shortcode],
      deletedCustomFields: [],
    });
  }

  room(roomID: string): Room {
    const found = this.rooms.find((room) => room.roomID === roomID);
    if (found === undefined) throw new Error(`no room ${roomID}`);
    return found;
  }

  touch(reservation: Reservation): void {
    if (!this.#switches.silentChanges) reservation.modifiedAt = this.#clock.now();
  }

  #stay(subReservationID: string, { room, checkIn, checkOut, guest }: NewStay): Stay {
    const who: Guest = {
      guestID: String(88_000 + this.#id()),
      firstName: guest?.firstName ?? 'Ada',
      lastName: guest?.lastName ?? 'Park',
      email: guest?.email ?? `guest-${subReservationID}@example.test`,
      phone: guest?.phone ?? '',
      isAnonymized: false,
    };
    const line: Line = {
      reservationRoomID: String(900_000 + this.#id()),
      room: room === null ? null : this.room(room),
      checkIn,
      checkOut,
      status: 'not_checked_in',
    };
    return { subReservationID, guest: who, lines: [line] };
  }

  #dates({ stays }: Reservation): { readonly startDate: string; readonly endDate: string } {
    const { start, end } = datesOf(stays.flatMap(({ lines }) => lines));
    return { startDate: start, endDate: end };
  }

  #id(): number {
    this.#next += 1;
    return this.#next;
  }
}
