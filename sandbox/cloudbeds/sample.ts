import type { DoorLocks } from './door-locks.js';
import type { NewStay } from './records.js';
import type { World } from './world.js';

const FIRST = [
  'Ada',
  'Bruno',
  'Chiara',
  'Dmitri',
  'Elena',
  'Farid',
  'Greta',
  'Hugo',
  'Inés',
  'Jonas',
  'Kaya',
  'Lena',
  'Mateo',
  'Nadia',
  'Olga',
  'Pablo',
];
const LAST = [
  'Park',
  'Silva',
  'Moretti',
  'Ivanov',
  'García',
  'Haddad',
  'Lindqvist',
  'Martin',
  'Núñez',
  'Schmidt',
  'Aydın',
  'Kowalski',
  'Rojas',
];
const ROOMS_PER_FLOOR = 12;

/** Rooms and reservations that are the same each time, around the day of the clock: a little of everything. */
export function seed(world: World, reservations: number): void {
  const random = generator(20_261_101);
  const pick = <Value>(list: readonly Value[]): Value => {
    const value = list[Math.floor(random() * list.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  };
  for (let index = 0; index < Math.max(24, Math.ceil(reservations / 6)); index += 1) {
    world.addRoom(String((Math.floor(index / ROOMS_PER_FLOOR) + 1) * 100 + (index % ROOMS_PER_FLOOR) + 1));
  }
  for (let index = 0; index < reservations; index += 1) {
    const start = Math.floor(random() * 60) - 2;
    const nights = 1 + Math.floor(random() * 6);
    const stay = (): NewStay => ({
      room: random() < 0.15 ? null : pick(world.rooms).roomID,
      checkIn: world.day(start),
      checkOut: world.day(Math.max(start + nights, 1)),
      guest: {
        firstName: pick(FIRST),
        lastName: pick(LAST),
        email: `guest${index}@example.test`,
        phone: `+5695550${String(index).padStart(4, '0')}`,
      },
    });
    const reservation = world.addReservation(random() < 0.1 ? [stay(), stay()] : [stay()]);
    const lot = random();
    if (lot < 0.05) world.cancel(reservation.reservationID);
    else if (lot < 0.08) world.setStatus(reservation.reservationID, 'not_confirmed');
    else if (start <= 0) world.checkInGuests(reservation.reservationID);
  }
}

/** A small hotel for the demo: somebody in house, somebody arriving today, a family in two rooms, somebody without a room, somebody who has left, a cancellation. */
export function sampleHotel({ world, locks }: { readonly world: World; readonly locks: DoorLocks }): void {
  const [first, second, third, fourth] = ['101', '102', '201', '202'].map((name) => world.addRoom(name).roomID);
  world.addRoom('Bed 1', { dormRoomName: 'Dormitory' });
  const guest = (firstName: string, lastName: string) => ({ firstName, lastName, email: `${firstName.toLowerCase()}@example.test` });
  const stay = (room: string | undefined, from: number, to: number, who: NonNullable<NewStay['guest']>): NewStay => ({
    room: room ?? null,
    checkIn: world.day(from),
    checkOut: world.day(to),
    guest: who,
  });
  locks.setUp();
  world.checkInGuests(world.addReservation([stay(first, -1, 3, guest('Ada', 'Park'))]).reservationID);
  world.addReservation([stay(second, 0, 2, guest('Bruno', 'Silva'))]);
  world.addReservation([stay(third, 0, 5, guest('Chiara', 'Moretti')), stay(fourth, 0, 4, guest('Livio', 'Moretti'))]);
  world.addReservation([stay(undefined, 7, 9, guest('Hugo', 'Martin'))]);
  world.checkOutGuests(world.addReservation([stay(second, -3, 0, guest('Kaya', 'Aydın'))]).reservationID);
  world.cancel(world.addReservation([stay(second, 3, 6, guest('Olga', 'Kowalski'))]).reservationID);
}

/** mulberry32: small, and the same everywhere. */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
