import { instant } from '../../src/domain/time.js';
import type { Listing, World } from './world.js';

const DAY_MS = 24 * 60 * 60_000;
const FIRST = ['Ada', 'Bruno', 'Chiara', 'Dmitri', 'Elif', 'Farid', 'Grace', 'Hana', 'Igor', 'José', 'Keiko', 'Lena', 'Mateo'];
const LAST = ['Park', 'Okafor', 'Silva', 'Novák', 'Lindqvist', 'Haddad', 'Moreau', 'Tanaka', 'Byrne', 'Ortiz', 'Kaya'];
const STATUSES = ['confirmed', 'confirmed', 'confirmed', 'checked_in', 'reserved', 'confirmed', 'canceled', 'confirmed', 'inquiry'];

/** The n-th guest: the same one every time. */
export function guest(index: number): { readonly firstName: string; readonly lastName: string; readonly email: string } {
  const firstName = FIRST[index % FIRST.length] ?? '';
  const lastName = LAST[Math.floor(index / FIRST.length + index) % LAST.length] ?? '';
  return { firstName, lastName, email: `guest${index}@stays.example.test` };
}

/** `YYYY-MM-DD` so many days after the time given, in UTC. */
export function dayFrom(now: number, days: number): string {
  return instant(now + days * DAY_MS).slice(0, 'YYYY-MM-DD'.length);
}

/** A few houses and `count` reservations over them, of all kinds, from guests inside now to some next year. */
export function seed(world: World, now: number, count: number): void {
  book(world, houses(world), now, count);
}

/** `count` reservations of these units, by turns. */
export function book(world: World, units: readonly Listing[], now: number, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const start = (index % 300) - 3;
    const unit = units[index % units.length];
    if (unit === undefined) throw new Error('no houses');
    world.create({
      listingId: unit._id,
      madeBy: index % 4 === 0 ? 'v3' : 'channel',
      checkInDateLocalized: dayFrom(now, start),
      checkOutDateLocalized: dayFrom(now, start + 4 + (index % 5)),
      plannedArrival: index % 3 === 0 ? '17:30' : null,
      plannedDeparture: index % 5 === 0 ? '10:00' : null,
      status: STATUSES[index % STATUSES.length] ?? 'confirmed',
      guest: guest(index),
    });
  }
}

/** The holiday lets of the demo: a house of studios, four flats, and guests whose stays show what there is to see. */
export function sampleHolidayLets(world: World, now: number): void {
  const [studio101, studio102, loft, villa] = houses(world);
  if (studio101 === undefined || studio102 === undefined || loft === undefined || villa === undefined) throw new Error('no houses');
  const stays: readonly (readonly [unit: Listing, from: number, to: number, status: string, arrival: string | null])[] = [
    [studio101, -2, 3, 'checked_in', null],
    [studio102, 0, 2, 'confirmed', '17:30'],
    [loft, -20, 40, 'confirmed', null],
    [villa, 1, 8, 'confirmed', '16:00'],
    [villa, 9, 12, 'reserved', null],
    [loft, 45, 48, 'confirmed', null],
    [studio102, -4, 0, 'checked_out', null],
    [studio101, 4, 6, 'canceled', null],
    [studio102, 5, 9, 'inquiry', null],
  ];
  for (const [index, [unit, from, to, status, plannedArrival]] of stays.entries()) {
    world.create({
      listingId: unit._id,
      madeBy: index % 2 === 0 ? 'channel' : 'v3',
      checkInDateLocalized: dayFrom(now, from),
      checkOutDateLocalized: dayFrom(now, to),
      plannedArrival,
      status,
      guest: guest(index),
    });
  }
  // Booked as any of the studios; which one is not said yet.
  world.create({
    listingId: studio101.parentId ?? '',
    checkInDateLocalized: dayFrom(now, 2),
    checkOutDateLocalized: dayFrom(now, 5),
    guest: guest(20),
  });
}

/** Two studios of one multi-unit listing first, then single ones, the last of them inactive. */
function houses(world: World): readonly Listing[] {
  const parent = world.addListing({ nickname: 'Harbour Studios', title: 'Studios by the harbour', type: 'MTL' });
  return [
    world.addListing({ nickname: 'Studio 101', parentId: parent._id }),
    world.addListing({ nickname: 'Studio 102', parentId: parent._id }),
    world.addListing({ nickname: 'Old Port Loft', title: 'Loft over the old port' }),
    world.addListing({ nickname: 'Villa Alerce', timezone: 'America/Santiago', defaultCheckInTime: '14:00', defaultCheckOutTime: '12:00' }),
    world.addListing({ nickname: 'Garden Flat', timezone: 'Europe/Madrid' }),
    world.addListing({ nickname: 'Boathouse', timezone: 'Europe/Dublin', active: false }),
  ];
}
